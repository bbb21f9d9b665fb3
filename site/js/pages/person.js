// A person's page: all their photos by year or by album. And that of two or three people, with the photos that show all of them. The
// first has its first photos in it; the rest of it, and the second, come from files of the site, without any search.

import { config } from "../config.js";
import { byId, make } from "../elements.js";
import { albumSection, groupByAlbum } from "../grid/albums.js";
import { Grid } from "../grid/grid.js";
import { groupByYear, yearSection } from "../grid/years.js";
import { formatList, formatNumber, learn, t } from "../language.js";
import { clear, tell } from "../notice.js";
import { readPeople, readPerson, readTitles } from "../people/files.js";
import { headOf } from "../people/heads.js";
import { titleOf } from "../photos/rows.js";
import { keyOf, peopleOfPage, personUrl } from "../photos/urls.js";
import { isReturn, keepPlace, returnToPlace } from "../place.js";
import { watchActions } from "../sharing/actions.js";
import { Viewer } from "../viewer/viewer.js";
import { isOwner } from "../visitor/owner.js";
import { countPhotos } from "../words.js";

/**
 * @typedef {import("../people/files.js").Person} Person
 * @typedef {import("../people/files.js").PersonFile} PersonFile
 */

// As many as scripts/site/people_shown.py renders into a page.
const MAX_OTHERS = 12;
// A page shows at most so many people at once.
const MAX_TOGETHER = 3;
const HEAD_PX = 176;
const CHIP_PX = 36;
// A longer name is set smaller.
const LONG = 24;
const NOBODY = { person: null, etag: "" };

/** Start the page. */
export async function showPerson() {
  const slugs = peopleOfPage() ?? [];
  const [first = "", ...others] = slugs;
  const place = byId("grid");
  /** Of albums, once they are asked for. @type {Record<string, string> | null} */
  let titles = null;
  const grid = new Grid(place, (index) => viewer.choose(index), (group) =>
    isByAlbum() ? albumSection(group, (name) => titles?.[name] ?? titleOf(name)) : yearSection(group),
  );
  const viewer = new Viewer(grid, keyOf);
  /** @type {PersonFile["photos"]} */
  let byTime = [];
  /** @type {NodeListOf<HTMLButtonElement>} */
  const ways = document.querySelectorAll("[data-by]");

  async function load() {
    try {
      // A page that wasn't made for one person first asks who there is: perhaps nobody has that address.
      const people = place.dataset.etag ? null : (await readPeople()).people;
      const { person, etag } = people && !find(slugs, people) ? NOBODY : await readPerson(first);
      clear(byId("notice"), load);
      clear(byId("trouble"), load);
      if (!person) return nobody();
      byTime = withOthers(person, others);
      const isAsRendered = etag === place.dataset.etag && !others.length;
      if (!isAsRendered && !head(slugs, person, byTime, people ?? (await readPeople()).people)) return nobody();
      await show();
      byId("download", HTMLButtonElement).disabled = byId("play", HTMLButtonElement).disabled = !byTime.length;
      if (!byTime.length) none(t("No photo shows all of them."));
    } catch (error) {
      if (byTime.length || place.children.length) tell(error, load);
      else tell(error, load, t("Try again"), byId("trouble"));
    }
  }

  /** Lay the photos out as the address asks for. */
  async function show() {
    if (isByAlbum()) titles ??= await readTitles().catch(() => null);
    const shown = isByAlbum() ? groupByAlbum(byTime) : groupByYear(byTime);
    byId("by").hidden = byTime.length < 2;
    place.className = isByAlbum() ? "albums" : "years";
    for (const button of ways) {
      button.disabled = false;
      button.setAttribute("aria-pressed", String((button.dataset.by === "album") === isByAlbum()));
    }
    grid.show(shown.photos, shown.groups);
  }

  for (const button of ways) {
    button.addEventListener("click", () => {
      const url = new URL(location.href);
      if (button.dataset.by === "album") url.searchParams.set("by", "album");
      else url.searchParams.delete("by");
      history.replaceState(history.state, "", url);
      void show();
    });
  }
  byId("play").addEventListener("click", () => viewer.play(byTime));
  watchActions({
    photos: () => byTime,
    url: () => personUrl(...slugs),
    archive: `${slugs.join("-")}.zip`,
  });
  keepPlace();
  grid.adopt();
  await load();
  if (isReturn()) returnToPlace();
  viewer.followAddress();
  if (isOwner() && !others.length) void learn(config.ownerTexts).then(() => import("../owner/person-tools.js")).then(({ offerPersonTools }) => offerPersonTools(first));
}

/** Whether the address asks for albums instead of years. */
const isByAlbum = () => new URLSearchParams(location.search).get("by") === "album";

/**
 * The photos that show a person and all of the others too.
 * @param {PersonFile} person
 * @param {string[]} others  Their parts of the address.
 */
function withOthers(person, others) {
  const places = others.map((slug) => person.others.findIndex((other) => other.slug === slug));
  return person.photos.filter((photo) => places.every((at) => photo.with.includes(at)));
}

/**
 * The people with these parts of the address; null unless all of them are shown.
 * @param {string[]} slugs
 * @param {Person[]} people
 */
function find(slugs, people) {
  const found = slugs.flatMap((slug) => people.find((one) => one.slug === slug) ?? []);
  return found.length === slugs.length ? found : null;
}

/**
 * Write who it is, how many photos there are, and who else is on them.
 * @param {string[]} slugs
 * @param {PersonFile} person  The first of them.
 * @param {PersonFile["photos"]} photos
 * @param {Person[]} people  All of them.
 * @returns {boolean}  False if the site shows nobody by one of these names.
 */
function head(slugs, person, photos, people) {
  const shown = find(slugs, people);
  if (!shown) return false;
  const bySlug = new Map(people.map((entry) => [entry.slug, entry]));
  const name = formatList(shown.map((one) => one.name));
  const title = byId("name");
  title.textContent = name;
  title.classList.toggle("long", name.length > LONG);
  document.title = document.title.replace(/^[^·]*·/, () => `${name} ·`);
  byId("count").textContent = countPhotos(photos.length);
  byId("years").textContent = span(groupByYear(photos).years);
  byId("heads").replaceChildren(...shown.map(({ portrait }) => headOf(portrait, HEAD_PX)));
  const chips = slugs.length < MAX_TOGETHER ? othersOn(person, photos, slugs) : [];
  byId("others").replaceChildren(...chips.flatMap(({ slug, count }) => {
    const other = bySlug.get(slug);
    if (!other) return [];
    const total = make("span", { className: "quiet num", textContent: formatNumber(count) });
    const href = personUrl(...slugs, slug);
    return make("a", { className: "chip", href }, headOf(other.portrait, CHIP_PX), make("bdi", { textContent: other.name }), " ", total);
  }));
  byId("with").hidden = !byId("others").childElementCount;
  return true;
}

/**
 * Who else is on these photos, and on how many, most often first.
 * @param {PersonFile} person
 * @param {PersonFile["photos"]} photos
 * @param {string[]} slugs  Those the page is about.
 */
function othersOn(person, photos, slugs) {
  const counts = person.others.map(() => 0);
  for (const photo of photos) for (const at of photo.with) counts[at] = (counts[at] ?? 0) + 1;
  return person.others
    .map(({ slug }, at) => ({ slug, count: counts[at] ?? 0 }))
    .filter(({ slug, count }) => count && !slugs.includes(slug))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_OTHERS);
}

/** Say that the address leads to nobody: whoever was there has another name now, or is shown no more. */
function nobody() {
  byId("heads").replaceChildren();
  byId("grid").replaceChildren();
  for (const id of ["name", "count", "years"]) byId(id).textContent = "";
  document.title = document.title.replace(/^[^·]*· /, "");
  byId("with").hidden = true;
  for (const id of ["download", "play", "share", "by"]) byId(id).hidden = true;
  none(t("There's nobody by this name here."));
}

/** @param {string} words */
function none(words) {
  const place = byId("none");
  /** @type {HTMLElement} */ (place.querySelector("h2")).textContent = words;
  place.hidden = false;
}

/** @param {string[]} years  In order, from the first. */
const span = (years) => (years.length > 1 ? `${years[0]}–${years.at(-1)}` : (years[0] ?? ""));
