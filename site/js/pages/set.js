// The page of a set: its first photos are in the page, the rest comes from DynamoDB, and so does what changes later.

import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { dateIn, groupByDay } from "../grid/days.js";
import { Grid } from "../grid/grid.js";
import { onLongPress } from "../grid/press.js";
import { sectionOf } from "../grid/sections.js";
import { formatDays, t } from "../language.js";
import { onFirstMove } from "../move.js";
import { clear, tell } from "../notice.js";
import { readPhotos, readSet } from "../photos/read.js";
import { titleOf } from "../photos/rows.js";
import { keyOf, setNameOfPage } from "../photos/urls.js";
import { isReturn, keepPlace, returnToPlace, store, stored } from "../place.js";
import { whileVisible } from "../refresh.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/** Start the page. The fallback page has this script too: if it isn't about a set or a person, it stays as it is. */
export function showSet() {
  const name = setNameOfPage();
  if (name === null) {
    void import("../people/newcomer.js").then(({ showNewcomer }) => showNewcomer(), (error) => tell(error, showSet));
    return;
  }
  document.getElementById("unknown")?.remove();
  const grid = new Grid(byId("grid"), (index) => viewer.choose(index), sectionOf);
  // Another set's photo that is shown here too may be called like one of its own.
  const viewer = new Viewer(grid, (photo) => (photo.setName === name ? photo.file : keyOf(photo)));
  /** The keys of the photos to show; null for all. @type {Set<string> | null} */
  let only = null;
  /** @type {Photo[]} */
  let photos = [];
  const show = () => {
    const shown = photos.filter((photo) => !only || only.has(keyOf(photo)));
    grid.show(shown, groupByDay(shown));
    return shown;
  };
  work(grid, viewer, name, (keys) => {
    only = keys;
    say("count", countPhotos(show().length));
  });
  const memory = `photos:${name}`;
  /** @type {string | null} */
  let version = null;
  let settled = false;

  keepPlace();
  const kept = isReturn() ? stored(memory) : null;
  if (kept) {
    photos = kept;
    show();
    returnToPlace();
    viewer.followAddress();
    settled = true;
  } else {
    grid.adopt();
  }

  const refresh = async () => {
    if (settled && viewer.isOpen) return; // not while the visitor looks at a photo
    try {
      const set = await readSet(name);
      if (set && set.updatedAt === version) return;
      photos = set ? await readPhotos(set) : [];
      version = set?.updatedAt ?? "";
      clear(byId("notice"), refresh);
      head(set?.title ?? titleOf(name), photos);
      const shown = show();
      if (only) say("count", countPhotos(shown.length));
      store(memory, photos);
      void offline()?.then(({ keepRows }) => keepRows(name, photos));
      if (!settled) {
        settled = true;
        returnToPlace();
        viewer.followAddress();
      }
    } catch (error) {
      const kept = settled ? null : await (await offline())?.keptRows(name);
      if (kept) {
        photos = kept;
        show();
      }
      tell(error, refresh);
    }
  };
  whileVisible(refresh);
}

/** What keeps an album for later, if a service worker can open its page without a connection. */
const offline = () => (navigator.serviceWorker?.controller ? import("../offline/rows.js") : null);

/**
 * Make the buttons work, in the large header and in the small one. Most of what they do is loaded when it is asked for.
 * @param {Grid} grid
 * @param {Viewer} viewer
 * @param {string} name  Of the set.
 * @param {(keys: Set<string> | null) => void} showOnly  Told which photos to show; null for all.
 */
function work(grid, viewer, name, showOnly) {
  /** @type {Promise<import("../grid/tools.js").Tools> | null} */
  let loading = null;
  let isSelecting = false; // whether selecting was asked for and is still being loaded
  /**
   * @param {(tools: import("../grid/tools.js").Tools) => void} act
   * @param {boolean} [selects]  Whether tiles are selected from now on, instead of opened.
   */
  const use = async (act, selects = false) => {
    isSelecting ||= selects;
    /** @type {import("../grid/tools.js").Tools} */
    let tools;
    try {
      tools = await (loading ??= import("../grid/tools.js").then(({ Tools }) => new Tools(grid, name)));
    } catch (error) {
      loading = null;
      return void tell(new CodedError("Offline", String(error)), () => use(act, selects));
    } finally {
      isSelecting = false;
    }
    act(tools);
  };
  /** @param {HTMLElement} tile */
  const press = (tile) => use((tools) => tools.press(tile.dataset.key ?? ""));
  onLongPress(grid.element, press);
  grid.element.addEventListener("click", (event) => {
    const tile = event.target instanceof Element ? event.target.closest("a.tile") : null;
    if (!isSelecting || !(tile instanceof HTMLElement)) return;
    event.preventDefault();
    void press(tile);
  }, { capture: true });
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    const act = button instanceof HTMLElement ? button.dataset.act : null;
    const chip = event.target instanceof Element ? event.target.closest("[data-person]") : null;
    if (chip instanceof HTMLElement) await choose(chip);
    if (act === "play" && grid.photos.length) await viewer.play();
    if (act === "select" || act === "download" || act === "share") await use((tools) => tools[act](), act === "select");
  });
  /** @param {HTMLElement} chip */
  const choose = async (chip) => {
    try {
      showOnly(await (await import("../people/filter.js")).choose(chip, name));
    } catch (error) {
      tell(error instanceof CodedError ? error : new CodedError("Offline", String(error)), () => choose(chip));
    }
  };
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || target.dataset.jump === undefined) return;
    grid.goTo(target.value);
    target.selectedIndex = 0;
  });
  onFirstMove(() => void import("../grid/afloat.js").then(({ settle }) => settle(grid, name)));
}

/**
 * @param {string} title
 * @param {Photo[]} photos
 */
function head(title, photos) {
  const days = photos.map((photo) => dateIn(photo.takenAt)).filter(Boolean);
  const [first, last] = [days[0], days.at(-1)];
  say("title", title);
  const dates = byId("dates");
  const wanted = first && last ? `${first}/${last}` : "";
  // What the page already says stays: the browser may write the same dates a little wider.
  if (dates.dataset.days !== wanted) say("dates", first && last ? formatDays(`${first}T00:00`, `${last}T00:00`) : "");
  dates.dataset.days = wanted;
  // Where an album may be private, nothing is said of one that has nothing to show.
  say("count", photos.length ? countPhotos(photos.length) : config.hasPrivate ? "" : t("There are no photos in this album."));
  byId("none").hidden = photos.length > 0;
  document.title = document.title.replace(/^[^·]*·/, `${title} ·`);
}

/**
 * Write a text only if it has changed: screen readers read it again whenever it is written.
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}
