// The search page: people, albums and photos by names, words and dates, as the visitor types.

import { byId, make } from "../elements.js";
import { Grid } from "../grid/grid.js";
import { t, tn } from "../language.js";
import { clear, tell } from "../notice.js";
import { readPeople } from "../people/files.js";
import { personCard } from "../people/heads.js";
import { keyOf, largeUrl, personUrl, searchUrl, setUrl, thumbnailUrl } from "../photos/urls.js";
import { keepPlace, returnToPlace } from "../place.js";
import { SearchBox } from "../search/box.js";
import { countOf, readContents } from "../search/contents.js";
import { PersonPlaces } from "../search/person-places.js";
import { readQuery } from "../search/reading.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";

/**
 * @typedef {import("../people/files.js").Person} Person
 * @typedef {import("../search/contents.js").Contents} Contents
 * @typedef {import("../search/contents.js").SearchedSet} SearchedSet
 */

// Results appear when the visitor pauses this long; browsers also limit how often an address may change.
const PAUSE_MS = 180;
// How many photos a heading is worth, on average; with fewer, all come under one.
const MIN_PHOTOS = 4;
// The most people among the results.
const MAX_PEOPLE = 12;

/** Start the page. */
export async function showSearch() {
  const form = byId("search", HTMLFormElement);
  const field = byId("words", HTMLInputElement);
  const suggestions = byId("suggestions");
  const trouble = byId("trouble");
  const hint = form.dataset.hint ?? "";
  /** @type {Contents} */
  let contents = { sets: [], photos: [] };
  let places = new PersonPlaces(contents);
  /** What finds, once it is there. @type {{finder: import("../search/finder.js").Finder, named: import("../search/named.js").Named} | null} */
  let engine = null;
  /** What the results are for; null before the first. @type {string | null} */
  let shown = null;
  let timer = 0;

  const grid = new Grid(byId("grid"), (index) => viewer.choose(index), sectionOf);
  const viewer = new Viewer(grid, keyOf);
  /** Titles and captions, by the photo's key. @type {Map<string, string>} */
  const descriptions = new Map();
  grid.watchers.add({ changed: () => {}, dress });
  const box = new SearchBox(field, byId("matches"), byId("suggested"), {
    search: () => search(true),
    open: (photo) => viewer.choose(grid.photos.indexOf(photo)),
  });

  async function read() {
    try {
      const [answer, { people }, { Finder, Named }] = await Promise.all([
        readContents(form.dataset.index ?? ""),
        // Without them, everything else is found all the same.
        readPeople().catch(() => ({ people: [] })),
        import("../search/engine.js"),
      ]);
      contents = answer;
      places = new PersonPlaces(contents);
      for (const { place, title, caption } of contents.sets.flatMap(({ words }) => words)) {
        const photo = contents.photos[place];
        if (photo && (title || caption)) descriptions.set(keyOf(photo), title || caption);
      }
      const named = new Named(people, contents.sets);
      box.learn(named);
      engine = { named, finder: await Finder.of(contents) };
      await show();
    } catch (error) {
      fail(error, read);
    }
  }

  /** @param {unknown} error @param {() => void} again */
  function fail(error, again) {
    byId("count").textContent = "";
    tell(error, again, t("Try again"), trouble);
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
  async function show() {
    const query = field.value.trim();
    if (!engine || query === shown) return;
    shown = query;
    const { finder, named } = engine;
    const parts = readQuery(query, (words) => named.called(words, (word) => finder.has(word)));
    // Who is named beside other words, or others: only their photos are wanted. Somebody alone has a page.
    const beside = parts && parts.length > 1 ? parts.flatMap((part) => part.people) : [];
    try {
      const theirs = await places.of(beside);
      if (query !== shown) return; // the visitor has typed on
      const found = finder.find(parts, theirs);
      const there = new Set(found.photos.flatMap((group) => group.places));
      const seen = beside.filter((person) => theirs.get(person)?.some((place) => there.has(place)));
      clear(trouble);
      list(query, beside.length ? seen : named.peopleCalled(query), found);
    } catch (error) {
      shown = null;
      fail(error, show);
    }
  }

  /**
   * @param {string} query
   * @param {Person[]} people
   * @param {ReturnType<import("../search/finder.js").Finder["find"]>} found
   */
  function list(query, people, { sets, photos, best }) {
    const places = photos.flatMap((group) => group.places);
    const isSparse = photos.length > 1 && places.length < MIN_PHOTOS * photos.length;
    let start = 0;
    byId("nothing").hidden = !query || people.length + sets.length + places.length > 0;
    fill(byId("people"), people.slice(0, MAX_PEOPLE).map(personOf));
    fill(byId("albums"), sets.map(card));
    grid.show(
      places.flatMap((place) => contents.photos[place] ?? []),
      isSparse
        ? [{ key: "", start, end: places.length }]
        : photos.map(({ set, places: own }) => ({ key: set.name, start, end: (start += own.length) })),
    );
    byId("count").textContent = query ? said(people.length, sets.length, places.length) : hint;
    box.offerPhotos(best.flatMap((place) => {
      const photo = contents.photos[place];
      const said = photo && descriptions.get(keyOf(photo));
      return said ? [{ photo, said }] : [];
    }));
    for (const chip of suggestions.children) {
      if (chip.textContent === query) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  }

  /** Show what the address asks for. */
  async function followAddress() {
    field.value = asked();
    box.close();
    await show();
  }

  /** Search for what is in the field. @param {boolean} isStep  Whether Back leads to the previous results. */
  function search(isStep) {
    clearTimeout(timer);
    const query = field.value.trim();
    if (query === asked()) return void show();
    const address = query ? searchUrl(query) : location.pathname;
    if (isStep) history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
    void show();
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(false), PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { sure } = box;
    if (sure) return location.assign(sure);
    box.close();
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
  addEventListener("popstate", async () => {
    const before = shown;
    await followAddress();
    if (shown !== before) returnToPlace();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement || viewer.isOpen) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  keepPlace();
  if (field.value && field.value !== asked()) {
    // The visitor was faster than this script.
    box.offer();
    search(false);
  } else field.value = asked();
  byId("count").textContent = field.value ? t("Searching…") : hint;
  if (!field.value && matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
  await read();
  returnToPlace();
  viewer.followAddress();
}

/** What the address asks for. */
const asked = () => new URLSearchParams(location.search).get("q") ?? "";

/**
 * @param {number} people
 * @param {number} sets
 * @param {number} photos
 */
function said(people, sets, photos) {
  if (!people && !sets && !photos) return t("Nothing found");
  const others = people ? [tn("%(num)s person", "%(num)s people", people)] : [];
  const albums = sets ? [tn("%(num)s album", "%(num)s albums", sets)] : [];
  return [...others, ...albums, countPhotos(photos)].join(" · ");
}

/** @param {HTMLElement} section @param {HTMLElement[]} items */
function fill(section, items) {
  section.hidden = !items.length;
  section.querySelector("ul")?.replaceChildren(...items);
}

/** @param {Person} person */
const personOf = ({ name, slug, portrait, photos }) => personCard(personUrl(slug), portrait, make("bdi", { textContent: name }), photos);

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
  const count = make("p", { className: "meta num", textContent: countPhotos(countOf(set)) });
  return make("li", {}, make("a", { className: "set", href: setUrl(set.name) }, photo, title, count));
}

/** @param {string} src */
const picture = (src) => make("img", { alt: "", loading: "lazy", decoding: "async", src });
