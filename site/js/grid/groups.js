// Photos of several sets, each set under a heading of its own.

import { make } from "../elements.js";
import { readSets } from "../photos/read.js";
import { titleOf } from "../photos/rows.js";
import { keyOf, setUrl } from "../photos/urls.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";
import { Grid } from "./grid.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/** @typedef {{section: HTMLElement, total: HTMLElement, grid: Grid}} Group */

export class Groups {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {Map<string, Group>} */
    this.groups = new Map();
    /** @type {Map<string, string>} */
    this.titles = new Map();
  }

  /** Show photos by set. The set of the first photo comes first. @param {Photo[]} photos */
  show(photos) {
    const bySet = new Map(photos.map((photo) => [photo.setName, /** @type {Photo[]} */ ([])]));
    for (const photo of photos) bySet.get(photo.setName)?.push(photo);
    for (const [setName, group] of this.groups) if (!bySet.has(setName)) group.section.remove();
    // All of them are put in place first: a grid draws only what is near the viewport.
    const shown = [...bySet].map(([setName, own]) => ({ own, group: this.groups.get(setName) ?? this.#make(setName) }));
    this.element.append(...shown.map(({ group }) => group.section));
    for (const { own, group } of shown) {
      group.total.textContent = countPhotos(own.length);
      group.grid.show(own);
    }
  }

  /** @param {string} setName */
  #make(setName) {
    const link = make("a", { href: setUrl(setName), textContent: this.titles.get(setName) ?? titleOf(setName) });
    const total = make("p", { className: "quiet" });
    const tiles = make("div", { className: "grid" });
    const section = make("section", {}, make("h2", {}, link), total, tiles);
    const grid = new Grid(tiles, (index) => viewer.choose(index));
    const viewer = new Viewer(grid, keyOf);
    const group = { section, total, grid };
    this.groups.set(setName, group);
    return group;
  }

  /** Read the titles that the owner gave the sets, before anything is shown; without them, headings are the sets' names. */
  async readTitles() {
    const sets = await readSets().catch(() => []);
    this.titles = new Map(sets.map(({ name, title }) => [name, title]));
  }
}
