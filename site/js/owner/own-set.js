// A set's photos in the owner's place: select some, then caption, choose a cover, move or delete.

import pages from "../../pages.json" with { type: "json" };
import { make } from "../elements.js";
import { formatDay, t, tn } from "../language.js";
import { isFilm } from "../photos/film-urls.js";
import { setUrl } from "../photos/urls.js";
import { filmLength } from "../viewer/film-words.js";
import { ask, field } from "./asking.js";
import { changePhotoWords, changeSet, deletePhotos, movePhotos, readOverview, readOwnPhotos, readPhotoWords, restorePhotos } from "./manage-calls.js";
import { learnTitles, refusalInWords, whyNot } from "./manage-refusals.js";
import { told } from "./owner-toast.js";
import { Chosen } from "./chosen.js";
import { audiencePanel, comeIn } from "./own-audience.js";
import { eventPanel } from "./own-event.js";
import { folded, thumbnail } from "./own-parts.js";
import { setForm } from "./set-form.js";

/**
 * @typedef {import("./manage-calls.js").OwnPhoto} OwnPhoto
 * @typedef {import("./manage-calls.js").OwnSet} OwnSet
 */

const LOOK_AGAIN_MS = 3000;
// A photo on its way may wait for others that are being processed.
const LOOKS = 60;
const NAMED = 5;

/**
 * Show it. Throws a `CodedError` if the album can't be asked.
 * @param {HTMLElement} place
 * @param {string} name  Of the set.
 */
export async function showOwnSet(place, name) {
  const [seen, first] = await Promise.all([readOverview(), readOwnPhotos(name)]);
  const set = seen.sets.find((one) => one.set === name);
  if (!set) {
    place.replaceChildren(back(), make("h1", { textContent: t("This album isn't there") }), make("p", { textContent: t("It has no photos any more, or a different name.") }));
    return;
  }
  learnTitles(seen.sets);
  await comeIn(seen);
  new OwnSetPage(place, set, seen, first);
}

const back = () => make("p", {}, make("a", { className: "textlink", href: pages.owner.path, textContent: t("Your site") }));

class OwnSetPage {
  /** @param {HTMLElement} place @param {OwnSet} set @param {import("./manage-calls.js").Overview} seen @param {OwnPhoto[]} photos */
  constructor(place, set, seen, photos) {
    this.set = set;
    this.sets = seen.sets;
    this.photos = photos;
    this.looks = 0;
    /** Files that move or are deleted, and those that come back. @type {Set<string>} */
    this.leaving = new Set();
    this.head = make("div", { className: "own-head" });
    this.grid = make("ul", { className: "own-grid" });
    this.chosen = new Chosen(this.grid, () => this.#showTray());
    this.count = make("strong");
    this.count.setAttribute("role", "status");
    const button = (/** @type {string} */ textContent, /** @type {() => void} */ act, more = "") => {
      const made = make("button", { type: "button", className: `button ${more}`, textContent });
      made.addEventListener("click", act);
      return made;
    };
    this.all = button(t("Select all"), () => this.chosen.toggleAll());
    this.caption = button(t("Words…"), () => void this.#caption(), "strong");
    this.cover = button(t("Make cover"), () => void this.#chooseCover());
    this.move = button(t("Move…"), () => this.#move());
    this.remove = button(t("Delete…"), () => this.#delete(), "danger");
    const saved = make("div", { className: "own-saved" });
    saved.dataset.saved = "";
    const tray = make("div", { className: "own-tray" }, saved, this.count, this.all, this.caption, this.cover, this.move, this.remove);
    tray.setAttribute("role", "region");
    tray.setAttribute("aria-label", t("Selected photos"));
    const hint = make("p", { className: "quiet small", textContent: t("Choose photos, then what to do with them. With Shift, everything in between is chosen too.") });
    const access = folded(t("Who may see this album"), audiencePanel(seen, set));
    const guests = folded(t("Guests"), eventPanel(set));
    const letting = make("div", { className: "own-letting" }, access, guests);
    place.replaceChildren(back(), this.head, letting, hint, this.grid, tray);
    this.#showHead();
    this.#show();
  }

  #showHead() {
    const { set } = this;
    const title = make("h1", { dir: "auto", textContent: set.shown_title });
    const edit = make("button", { type: "button", className: "button", textContent: t("Title and date…") });
    edit.addEventListener("click", () => this.head.replaceChildren(title, setForm(set, () => {
      this.#showHead();
      this.head.querySelector("button")?.focus();
    })));
    const look = make("a", { className: "button", href: setUrl(set.set), textContent: t("As visitors see it") });
    const words = set.description ? [make("p", { className: "own-description", dir: "auto", textContent: set.description })] : [];
    this.head.replaceChildren(title, ...words, make("p", { className: "actions" }, edit, look));
  }

  #show() {
    this.grid.replaceChildren(...this.photos.map((photo) => this.#tile(photo)));
    this.chosen.refresh();
  }

  /** @param {OwnPhoto} photo */
  #tile({ sortkey: file, taken_at: takenAt, film_seconds: seconds }) {
    const button = make("button", { type: "button", className: "own-tile" }, thumbnail(this.set.set, file));
    const isCover = this.set.cover === file;
    if (isCover) button.append(make("span", { className: "own-mark", textContent: t("Cover") }));
    const length = seconds === undefined ? "" : filmLength(seconds);
    if (length) button.append(make("span", { className: "length num", textContent: length }));
    const name = length && isFilm(file) ? t("Film %(file)s, %(length)s", { file, length }) : file;
    const facts = [name, takenAt ? formatDay(takenAt) : "", isCover ? t("Cover") : ""];
    button.setAttribute("aria-label", facts.filter(Boolean).join(", "));
    button.dataset.file = file;
    button.disabled = this.leaving.has(file);
    return make("li", {}, button);
  }

  #showTray() {
    const { size } = this.chosen.files;
    this.count.textContent = tn("%(num)s selected", "%(num)s selected", size);
    this.all.textContent = size && size === this.chosen.most ? t("Select none") : t("Select all");
    for (const button of [this.caption, this.move, this.remove]) button.disabled = !size;
    this.cover.disabled = size !== 1;
  }

  /** @param {string} file */
  #path = (file) => `${this.set.set}/${file}`;

  get #files() {
    return this.photos.map(({ sortkey }) => sortkey).filter((file) => this.chosen.files.has(file));
  }

  async #caption() {
    const files = this.#files;
    const title = make("input", {});
    const caption = make("textarea", { rows: 4 });
    const [only] = files.length === 1 ? files : [];
    /** @type {import("./manage-calls.js").PhotoWords | null} */
    let before = null;
    if (only) {
      try {
        before = await readPhotoWords(this.#path(only));
      } catch (error) {
        return told(whyNot(error));
      }
      title.value = before.title;
      caption.value = before.caption;
    }
    const all = only ? [] : [make("p", { className: "quiet", textContent: t("What you leave empty stays as it is.") })];
    const heading = only ? t("Title and caption") : tn("Title and caption of %(num)s photo", "Title and caption of %(num)s photos", files.length);
    ask(heading, [...all, field(t("Title"), title), field(t("Caption"), caption)], t("Save"), async () => {
      // What isn't changed stays what it was: the owner's words, or those in the file.
      const was = before ?? { title: "", caption: "" };
      const given = { ...(title.value.trim() !== was.title && { title: title.value }), ...(caption.value.trim() !== was.caption && { caption: caption.value }) };
      /** @type {[string, import("./manage-calls.js").PhotoWords][]} */
      const old = [];
      if (!Object.keys(given).length) return;
      for (const file of files) old.push([file, (await changePhotoWords(this.#path(file), given)).before]);
      told(tn("Saved: %(num)s photo has new words.", "Saved: %(num)s photos have new words.", old.length), () => void this.#undo(async () => {
        for (const [file, { title: oldTitle, caption: oldCaption }] of old) {
          await changePhotoWords(this.#path(file), { ...("title" in given && { title: oldTitle }), ...("caption" in given && { caption: oldCaption }) });
        }
      }));
    });
  }

  async #chooseCover() {
    const [file] = this.#files;
    if (!file) return;
    try {
      const { before } = await changeSet(this.set.set, { cover: file });
      this.#showCover(file);
      told(t("Saved: this photo is the album's cover."), () => void this.#undo(async () => {
        if (!before.cover) return;
        await changeSet(this.set.set, { cover: before.cover });
        this.#showCover(before.cover);
      }));
    } catch (error) {
      told(whyNot(error));
    }
  }

  /** @param {string} file */
  #showCover(file) {
    this.set.cover = file;
    this.#show();
  }

  #move() {
    const files = this.#files;
    const others = this.sets.filter(({ set }) => set !== this.set.set);
    const options = others.map(({ set, shown_title: title }) => make("option", { value: set, textContent: title }));
    const choice = make("select", {}, ...options, make("option", { value: "", textContent: t("A new album") }));
    const name = make("input", {});
    const named = field(t("Name of the new album's folder"), name);
    const check = () => {
      named.hidden = Boolean(choice.value);
      name.required = !choice.value;
    };
    choice.addEventListener("change", check);
    check();
    const words = make("p", { className: "quiet", textContent: t("Titles, captions and people's names go along. Each photo is processed again there, which costs one paid call.") });
    ask(tn("Move %(num)s photo", "Move %(num)s photos", files.length), [field(t("To the album"), choice), named, words], t("Move"), async () => {
      const target = choice.value || name.value.trim();
      const { moving, refused } = await movePhotos(files.map(this.#path), target);
      const [why] = Object.entries(refused);
      const leaving = files.filter((file) => this.#path(file) in moving);
      const number = leaving.length;
      this.#leave(leaving);
      const going = number ? tn("%(num)s photo is moving. It leaves this album once it is in the other one.", "%(num)s photos are moving. They leave this album once they are in the other one.", number) : "";
      told([going, why ? t("Not moved: %(photo)s. %(reason)s", { photo: why[0], reason: refusalInWords(why[1]) }) : ""].filter(Boolean).join(" "));
    });
  }

  #delete() {
    const files = this.#files;
    const more = files.length > NAMED ? [t("and %(number)s more", { number: files.length - NAMED })] : [];
    const list = make("ul", { className: "own-lines" }, ...[...files.slice(0, NAMED), ...more].map((textContent) => make("li", { dir: "auto", textContent })));
    const words = make("p", { textContent: t("They go for everybody, with their faces, titles and captions. Copies of the originals are kept for 30 days.") });
    ask(tn("Delete %(num)s photo?", "Delete %(num)s photos?", files.length), [list, words], tn("Delete %(num)s photo", "Delete %(num)s photos", files.length), async () => {
      const { deleted, names } = await deletePhotos(files.map(this.#path));
      this.#leave(files);
      const kept = names.map(({ name, path }) => t("%(name)s was named only there, and is now named in %(photo)s.", { name, photo: path }));
      told([tn("%(num)s photo deleted.", "%(num)s photos deleted.", files.length), ...kept].join(" "), () => void this.#undo(async () => {
        const restored = await restorePhotos(deleted);
        this.leaving.clear();
        this.#lookAgain();
        if (!restored.length) throw new Error("nothing came back");
      }, t("They are coming back. That takes a minute.")));
    }, { isDangerous: true, otherwise: files.length === 1 ? t("Keep it") : t("Keep them") });
  }

  /** Photos go: they can't be chosen any more, and are looked after until they are gone. @param {string[]} files */
  #leave(files) {
    for (const file of files) this.leaving.add(file);
    this.chosen.clear();
    this.#show();
    this.#lookAgain();
  }

  #lookAgain() {
    const isLooking = this.looks > 0;
    this.looks = LOOKS;
    if (!isLooking) setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
  }

  async #look() {
    this.looks -= 1;
    try {
      const photos = await readOwnPhotos(this.set.set);
      const there = new Set(photos.map(({ sortkey }) => sortkey));
      for (const file of this.leaving) if (!there.has(file)) this.leaving.delete(file);
      if (photos.map(({ sortkey }) => sortkey).join("/") !== this.photos.map(({ sortkey }) => sortkey).join("/")) {
        this.photos = photos;
        this.#show();
      }
      if (!this.leaving.size && this.looks < LOOKS - 10) this.looks = 0;
    } catch {
      // The next look may do better.
    }
    if (this.looks > 0) setTimeout(() => void this.#look(), LOOK_AGAIN_MS);
  }

  /** @param {() => Promise<void>} act @param {string} [words] */
  async #undo(act, words = t("Undone.")) {
    try {
      await act();
      told(words);
    } catch (error) {
      told(t("That couldn't be undone. %(reason)s", { reason: whyNot(error) }));
    }
  }
}
