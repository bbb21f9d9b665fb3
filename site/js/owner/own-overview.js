// The owner's place: what waits for an answer, the albums, what couldn't be processed, today's ceilings.

import pages from "../../pages.json" with { type: "json" };
import { make } from "../elements.js";
import { formatDay, formatList, formatMoment, t, tn } from "../language.js";
import { countPhotos } from "../words.js";
import { ask } from "./asking.js";
import { faceImage } from "./face-image.js";
import { dropPhotos, grantRequest, readCeilings, readDeadLetters, readOverview, readRequests, refuseRequest, retryPhotos } from "./manage-calls.js";
import { learnTitles, whyNot } from "./manage-refusals.js";
import { audienceWords, ceilingWords, deadLetterWords, needsReason } from "./own-words.js";
import { audiencePanel, comeIn } from "./own-audience.js";
import { membersPanel } from "./own-members.js";
import { removeRow, section, thumbnail } from "./own-parts.js";
import { told } from "./owner-toast.js";
import { setForm } from "./set-form.js";
import { countWaiting } from "./waiting-calls.js";

/**
 * @typedef {import("./manage-calls.js").AskedRemoval} AskedRemoval
 * @typedef {import("./manage-calls.js").DeadLetter} DeadLetter
 * @typedef {import("./manage-calls.js").Overview} Overview
 * @typedef {import("./manage-calls.js").OwnSet} OwnSet
 */

const FACE_PX = 72;
const SHOWN_FACES = 6;
const TRY_MS = 10_000;
const TRIES = 12;

/** Show it. Throws a `CodedError` if the album can't be asked. @param {HTMLElement} place */
export async function showOverview(place) {
  const seen = await readOverview();
  learnTitles(seen.sets);
  await comeIn(seen);
  /** @type {string[]} */
  const troubles = [];
  if (!seen.published_at) troubles.push(t("Since an album was made private here, the front page, the search box and the feeds are empty for visitors without JavaScript and for search engines. Run `kinpics publish` on your computer to bring them back."));
  const [requests, letters] = await Promise.all([seen.requests ? readRequests().catch(noneOf(troubles)) : [], seen.dead_letters ? readDeadLetters().catch(noneOf(troubles)) : []]);
  const saved = make("div", { className: "own-saved" });
  saved.dataset.saved = "";
  place.replaceChildren(
    make("h1", { textContent: t("Your site") }),
    make("p", { className: "actions own-ways" }, ...ways()),
    ...troubles.map((textContent) => make("p", { className: "problem", textContent })),
    ...(requests.length ? [section(t("Removal requests"), make("ul", { className: "own-rows" }, ...requests.map(requestRow)))] : []),
    ...(letters.length ? [lettersSection(letters)] : []),
    section(t("Albums"), albums(seen)),
    section(t("Who may see the site"), audiencePanel(seen, null)),
    section(t("Members"), membersPanel(seen.sets)),
    section(t("Today"), today(seen)),
    saved,
  );
}

/** What can't be read is told, and the rest is shown. @param {string[]} troubles */
const noneOf = (troubles) => (/** @type {unknown} */ error) => {
  troubles.push(whyNot(error));
  return [];
};

/** What is left to do is done with the next calls (functions/manage/later.py). @param {number} tries */
function seeItThrough(tries) {
  if (tries) setTimeout(() => void readCeilings().catch(() => {}).then(() => seeItThrough(tries - 1)), TRY_MS);
}

/** Links to what else the owner does. */
function ways() {
  /** @type {[string, string][]} */
  const known = [["naming", t("Say who is who")], ["people", t("People")], ["waiting", t("Waiting photos")], ["upload", t("Add photos")]];
  /** @type {Record<string, {path: string}>} */
  const there = pages;
  return known.flatMap(([name, textContent]) => {
    const page = there[name];
    const link = page ? make("a", { className: "button", href: page.path, textContent }) : null;
    if (link && name === "waiting") void tellWaiting(link);
    return link ? [link] : [];
  });
}

/** Say how many photos wait. The link is of use without it, so no failure is told. @param {HTMLElement} link */
async function tellWaiting(link) {
  const waiting = Object.values(await countWaiting().catch(() => ({}))).reduce((sum, count) => sum + count, 0);
  if (waiting) link.textContent = tn("%(num)s photo waiting", "%(num)s photos waiting", waiting);
}

// Albums

/** @param {Overview} seen */
function albums({ sets, published_at: publishedAt }) {
  if (!sets.length) return make("p", { className: "quiet", textContent: t("There are no photos yet. `kinpics upload FOLDER` adds some.") });
  return make("ul", { className: "own-rows" }, ...sets.map((set) => setRow(set, Boolean(publishedAt))).reverse());
}

/** @param {OwnSet} set @param {boolean} tellsChanges  Not where all pages wait for the next publish. */
function setRow(set, tellsChanges) {
  const item = make("li", { className: "own-row" });
  const view = () => {
    const href = `${pages.owner.path}?${new URLSearchParams({ set: set.set })}`;
    const image = set.cover ? thumbnail(set.set, set.cover) : "";
    const counts = [set.photos === null ? "" : countPhotos(set.photos), set.faces === null ? "" : tn("%(num)s face", "%(num)s faces", set.faces), set.audience === "public" && set.inherits ? "" : audienceWords(set.audience)];
    const words = make(
      "div",
      { className: "own-words" },
      make("h3", { dir: "auto", textContent: set.shown_title }),
      make("p", { className: "quiet small", textContent: counts.filter(Boolean).join(" · ") }),
      ...(set.description ? [make("p", { className: "own-description", dir: "auto", textContent: set.description })] : []),
      ...(set.is_published || !tellsChanges ? [] : [make("p", { className: "small own-late", textContent: t("Changed since the last publish") })]),
    );
    const edit = make("button", { type: "button", className: "button", textContent: t("Title and date…") });
    edit.setAttribute("aria-label", t("Title and date of %(title)s", { title: set.shown_title }));
    const open = make("a", { className: "button", href, textContent: t("Photos and access") });
    open.setAttribute("aria-label", t("Photos and access of %(title)s", { title: set.shown_title }));
    edit.addEventListener("click", () => item.replaceChildren(setForm(set, () => {
      view();
      item.querySelector("button")?.focus();
    })));
    item.replaceChildren(make("div", { className: "own-cover" }, image), words, make("div", { className: "actions" }, open, edit));
  };
  view();
  return item;
}

// Removal requests

/** @param {AskedRemoval} asked */
function requestRow(asked) {
  const { faces, names, message, warnings, made_at } = asked;
  const item = make("li", { className: "own-row" });
  const photos = new Set(faces.map(({ path }) => path)).size;
  const shown = make("div", { className: "own-faces" }, ...faces.slice(0, SHOWN_FACES).map((face) => faceImage(face, FACE_PX)));
  const words = make(
    "div",
    { className: "own-words" },
    make("p", {}, make("strong", { textContent: names.length ? formatList(names) : t("Somebody without a name") }), " · ", countPhotos(photos)),
    make("p", { className: "quiet small", textContent: t("Asked on %(date)s", { date: formatDay(made_at) }) }),
    ...(message ? [make("blockquote", { className: "own-description", dir: "auto", textContent: message })] : []),
    ...(warnings.length ? [make("p", { className: "problem", textContent: t("One photo shows several of these faces, so they are probably not all one person's.") })] : []),
    ...(faces.length ? [] : [make("p", { className: "quiet", textContent: t("None of these faces is in the album any more.") })]),
  );
  const grant = make("button", { type: "button", className: "button danger", textContent: t("Remove…") });
  const refuse = make("button", { type: "button", className: "button", textContent: t("Refuse…") });
  grant.addEventListener("click", () => {
    const sure = [
      make("p", { textContent: tn("In %(num)s photo, this face isn't found any more, even if the photo is processed again.", "In %(num)s photos, this face isn't found any more, even if the photos are processed again.", photos) }),
      ...(names.length ? [make("p", { textContent: t("The name %(name)s goes from all pages, exports and decisions.", { name: formatList(names) }) })] : []),
      make("p", { textContent: t("The photos stay. This can't be undone.") }),
    ];
    ask(t("Remove this person from search?"), sure, t("Remove this person"), async () => {
      await grantRequest(asked.request);
      removeRow(item);
      seeItThrough(TRIES);
      told(t("Removed. Within a minute or two, nobody finds this person any more. `kinpics publish` takes them off the front page and out of the search box."));
    }, { isDangerous: true });
  });
  refuse.addEventListener("click", () => {
    const words = [make("p", { textContent: t("Nobody is removed. Whoever asked can ask again.") })];
    ask(t("Refuse this request?"), words, t("Refuse"), async () => {
      await refuseRequest(asked.request);
      removeRow(item);
      told(t("Refused. Nobody was removed."));
    });
  });
  item.append(shown, words, make("div", { className: "actions" }, grant, refuse));
  return item;
}

// What couldn't be processed

/** @param {DeadLetter[]} letters */
function lettersSection(letters) {
  const list = make("ul", { className: "own-rows" }, ...letters.map((letter) => letterRow(letter, () => count(list.childElementCount))));
  const all = make("button", { type: "button", className: "button", textContent: t("Try all again") });
  const made = section("", list, make("p", { className: "actions" }, all));
  const count = (/** @type {number} */ left) => {
    const heading = made.querySelector("h2");
    if (heading) heading.textContent = tn("%(num)s photo couldn't be processed", "%(num)s photos couldn't be processed", left);
  };
  count(letters.length);
  all.addEventListener("click", async () => {
    all.disabled = true;
    try {
      await retryPhotos(letters.map(({ key }) => key));
      made.remove();
      told(t("They are being tried again. What fails comes back here."));
    } catch (error) {
      told(whyNot(error));
      all.disabled = false;
    }
  });
  return made;
}

/** @param {DeadLetter} letter @param {() => void} left  The row has left the list. */
function letterRow(letter, left) {
  const { key, path, reason } = letter;
  const item = make("li", { className: "own-row" });
  const again = make("button", { type: "button", className: "button", textContent: t("Try again") });
  const drop = make("button", { type: "button", className: "button danger", textContent: t("Delete…") });
  again.addEventListener("click", async () => {
    again.disabled = true;
    try {
      await retryPhotos([key]);
      removeRow(item);
      left();
      told(t("It is being tried again. If it fails, it comes back here."));
    } catch (error) {
      told(whyNot(error));
      again.disabled = false;
    }
  });
  drop.addEventListener("click", () => {
    const sure = [make("p", { dir: "auto", textContent: path ?? key }), make("p", { textContent: t("The file is deleted. A copy is kept for 30 days.") })];
    ask(t("Delete this file?"), sure, t("Delete"), async () => {
      await dropPhotos([key]);
      removeRow(item);
      left();
      told(t("Deleted."));
    }, { isDangerous: true });
  });
  const words = make("div", { className: "own-words" }, make("p", {}, make("strong", { dir: "auto", textContent: path ?? key })), make("p", { textContent: deadLetterWords(letter) }), ...(needsReason(letter) ? [make("p", { className: "quiet small", lang: "en", textContent: reason })] : []));
  item.append(words, make("div", { className: "actions" }, again, drop));
  return item;
}

// Today

/** @param {Overview} seen */
function today({ ceilings, processing, published_at: publishedAt, sets }) {
  const late = sets.filter(({ is_published: isPublished }) => !isPublished).length;
  const lines = [
    ...ceilings.map(ceilingWords),
    ...(processing ? [tn("%(num)s photo is being processed.", "%(num)s photos are being processed.", processing)] : []),
    ...(publishedAt ? [t("Last published on %(date)s UTC.", { date: formatMoment(publishedAt) })] : []),
    ...(late && publishedAt ? [
      tn(
        "%(num)s album has changed since. Open albums show it at once; the front page's words, search, feeds and links follow with `kinpics publish`.",
        "%(num)s albums have changed since. Open albums show it at once; the front page's words, search, feeds and links follow with `kinpics publish`.",
        late,
      ),
    ] : []),
  ];
  return make("ul", { className: "own-lines" }, ...lines.map((textContent) => make("li", { textContent })));
}
