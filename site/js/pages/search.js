// The search page: albums and photos by words and dates, as the visitor types.

import { byId, make } from "../elements.js";
import { Grid } from "../grid/grid.js";
import { t, tn } from "../language.js";
import { clear, tell } from "../notice.js";
import { keyOf, largeUrl, searchUrl, setUrl, thumbnailUrl } from "../photos/urls.js";
import { keepPlace, returnToPlace } from "../place.js";
import { readContents } from "../search/contents.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";

/**
 * @typedef {import("../search/contents.js").Contents} Contents
 * @typedef {import("../search/contents.js").SearchedSet} SearchedSet
 */

// Results appear when the visitor pauses this long; browsers also limit how often an address may change.
const PAUSE_MS = 180;
// How many photos a heading is worth, on average; with fewer, all come under one.
const MIN_PHOTOS = 4;
const HINT = t("Titles, captions, keywords and dates: try a place, or a month and a year.");

/** Start the page. */
export async function showSearch() {
  const form = byId("search", HTMLFormElement);
  const field = byId("words", HTMLInputElement);
  const suggestions = byId("suggestions");
  const trouble = byId("trouble");
  /** @type {Contents} */
  let contents = { sets: [], photos: [] };
  /** @type {import("../search/finder.js").Prepared | null} */
  let finder = null;
  /** What the results are for; null before the first. @type {string | null} */
  let shown = null;
  let timer = 0;

  const grid = new Grid(byId("grid"), (index) => viewer.choose(index), sectionOf);
  const viewer = new Viewer(grid, keyOf);
  /** Titles and captions, by the photo's key. @type {Map<string, string>} */
  const descriptions = new Map();
  grid.watchers.add({ changed: () => {}, dress });

  async function read() {
    try {
      const [answer, { prepare }] = await Promise.all([readContents(form.dataset.index ?? ""), import("../search/finder.js")]);
      contents = answer;
      finder = await prepare(contents);
      for (const { place, title, caption } of contents.sets.flatMap(({ words }) => words)) {
        const photo = contents.photos[place];
        if (photo && (title || caption)) descriptions.set(keyOf(photo), title || caption);
      }
      clear(trouble);
      show();
    } catch (error) {
      byId("count").textContent = "";
      tell(error, read, t("Try again"), trouble);
    }
  }

  /** A tile says what its photo is called. @param {HTMLElement} tile */
  function dress(tile) {
    const image = tile.querySelector("img");
    const said = descriptions.get(tile.dataset.key ?? "");
    if (image && said) image.alt = said;
  }

  /**
   * Photos of a set under its title; of several, with too few for a title each, under a common one.
   * @param {import("../grid/days.js").Group} group  Its key is the set's name, or empty.
   */
  function sectionOf({ key, start, end }) {
    const set = contents.sets.find(({ name }) => name === key);
    const title = set ? make("a", { href: setUrl(set.name), textContent: set.title }) : t("Photos");
    const count = make("span", { className: "quiet num small", textContent: countPhotos(end - start) });
    const day = make("div", { className: "day" }, make("h2", { dir: "auto" }, title), count);
    const section = make("section", {}, day, make("div", { className: "grid edge" }));
    section.dataset.group = key;
    return section;
  }

  /** Show the results for the words in the field. */
  function show() {
    const query = field.value.trim();
    if (!finder || query === shown) return;
    shown = query;
    const { sets, photos } = finder.find(query);
    const places = photos.flatMap((group) => group.places);
    const isSparse = photos.length > 1 && places.length < MIN_PHOTOS * photos.length;
    let start = 0;
    byId("nothing").hidden = !query || sets.length > 0 || places.length > 0;
    const albums = byId("albums");
    albums.hidden = !sets.length;
    albums.querySelector("ul")?.replaceChildren(...sets.map(card));
    grid.show(
      places.flatMap((place) => contents.photos[place] ?? []),
      isSparse
        ? [{ key: "", start, end: places.length }]
        : photos.map(({ set, places: own }) => ({ key: set.name, start, end: (start += own.length) })),
    );
    byId("count").textContent = query ? said(sets.length, places.length) : HINT;
    for (const chip of suggestions.children) {
      if (chip.textContent === query) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  }

  /** Show what the address asks for. */
  function followAddress() {
    field.value = asked();
    show();
  }

  /** Search for what is in the field. @param {boolean} isStep  Whether Back leads to the previous results. */
  function search(isStep) {
    clearTimeout(timer);
    const query = field.value.trim();
    if (query === asked()) return;
    const address = query ? searchUrl(query) : location.pathname;
    if (isStep) history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
    show();
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(false), PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(false);
    if (matchMedia("(pointer: coarse)").matches) field.blur(); // the keyboard would hide the results
  });
  suggestions.addEventListener("click", (event) => {
    const chip = event.target instanceof Element ? event.target.closest("a") : null;
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field.value = chip.textContent ?? "";
    search(true);
  });
  addEventListener("popstate", () => {
    const before = shown;
    followAddress();
    if (shown !== before) returnToPlace();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement || viewer.isOpen) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  keepPlace();
  followAddress();
  byId("count").textContent = field.value ? t("Searching…") : HINT;
  if (!field.value && matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
  await read();
  returnToPlace();
  viewer.followAddress();
}

/** What the address asks for. */
const asked = () => new URLSearchParams(location.search).get("q") ?? "";

/**
 * @param {number} sets
 * @param {number} photos
 */
function said(sets, photos) {
  if (!sets && !photos) return t("Nothing found");
  const albums = sets ? [tn("%(num)s album", "%(num)s albums", sets)] : [];
  return [...albums, countPhotos(photos)].join(" · ");
}

/** @param {SearchedSet} set */
function card(set) {
  const stacked = set.panoramas.map((file) => picture(largeUrl({ setName: set.name, file })));
  const photo = make("div", { className: "photo" }, ...stacked);
  photo.classList.toggle("panoramas", stacked.length > 0);
  if (set.cover && !stacked.length) {
    const image = picture(thumbnailUrl({ setName: set.name, file: set.cover.file }));
    image.style.objectPosition = `${set.cover.x}% ${set.cover.y}%`;
    photo.append(image);
  }
  const title = make("h3", { textContent: set.title, dir: "auto" });
  const count = make("p", { className: "meta num", textContent: countPhotos(set.end - set.start) });
  return make("li", {}, make("a", { className: "set", href: setUrl(set.name) }, photo, title, count));
}

/** @param {string} src */
const picture = (src) => make("img", { alt: "", loading: "lazy", decoding: "async", src });
