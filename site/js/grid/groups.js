// Photos of several picture sets, each set under a heading of its own.

import { readSets } from "../photos/photos.js";
import { Grid, keyOf } from "./grid.js";
import { titleOf } from "../photos/rows.js";
import { setUrl } from "../photos/urls.js";
import { Viewer } from "../viewer/viewer.js";

/** @typedef {import("../photos/photos.js").Photo} Photo */

/** @typedef {{section: HTMLElement, count: HTMLElement, link: HTMLAnchorElement, grid: Grid, viewer: Viewer}} Group */

export class Groups {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {Map<string, Group>} */
    this.groups = new Map();
    /** @type {Map<string, string>} */
    this.titles = new Map();
  }

  /** Show photos by set, the set of the first photo first. @param {Photo[]} photos */
  show(photos) {
    const bySet = new Map(photos.map((photo) => [photo.setName, /** @type {Photo[]} */ ([])]));
    for (const photo of photos) bySet.get(photo.setName)?.push(photo);
    for (const [setName, group] of this.groups) if (!bySet.has(setName)) group.section.remove();
    for (const [setName, own] of bySet) {
      const group = this.groups.get(setName) ?? this.#make(setName);
      this.element.append(group.section);
      group.count.textContent = own.length === 1 ? "1 photo" : `${own.length} photos`;
      group.grid.show(own);
    }
    if (photos.length && !this.titles.size) this.#name();
  }

  /** @param {string} setName */
  #make(setName) {
    const section = document.createElement("section");
    const heading = document.createElement("h2");
    const link = document.createElement("a");
    link.href = setUrl(setName);
    link.textContent = this.titles.get(setName) ?? titleOf(setName);
    const count = document.createElement("p");
    count.className = "quiet";
    const tiles = document.createElement("div");
    tiles.className = "grid";
    heading.append(link);
    section.append(heading, count, tiles);
    const grid = new Grid(tiles, (index) => viewer.choose(index));
    const viewer = new Viewer(grid, keyOf);
    const group = { section, count, link, grid, viewer };
    this.groups.set(setName, group);
    return group;
  }

  /** Give the sets the titles that their owner has given them; until then their names stand there. */
  async #name() {
    const sets = await readSets().catch(() => []);
    for (const { name, title } of sets) {
      this.titles.set(name, title);
      const group = this.groups.get(name);
      if (group) group.link.textContent = title;
    }
  }
}
