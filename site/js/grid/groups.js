// Photos of several picture sets, each set under a heading of its own.

import { picSets } from "../photos/photos.js";
import { Grid, keyOf } from "./grid.js";
import { titleOf } from "../photos/rows.js";
import { setUrl } from "../photos/urls.js";
import { Viewer } from "../viewer/viewer.js";

/** @typedef {import("../photos/photos.js").Pic} Pic */

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

  /** Show pics by set, the set of the first pic first. @param {Pic[]} pics */
  show(pics) {
    const bySet = new Map(pics.map((pic) => [pic.picset, /** @type {Pic[]} */ ([])]));
    for (const pic of pics) bySet.get(pic.picset)?.push(pic);
    for (const [picset, group] of this.groups) if (!bySet.has(picset)) group.section.remove();
    for (const [picset, own] of bySet) {
      const group = this.groups.get(picset) ?? this.#make(picset);
      this.element.append(group.section);
      group.count.textContent = own.length === 1 ? "1 photo" : `${own.length} photos`;
      group.grid.show(own);
    }
    if (pics.length && !this.titles.size) this.#name();
  }

  /** @param {string} picset */
  #make(picset) {
    const section = document.createElement("section");
    const heading = document.createElement("h2");
    const link = document.createElement("a");
    link.href = setUrl(picset);
    link.textContent = this.titles.get(picset) ?? titleOf(picset);
    const count = document.createElement("p");
    count.className = "quiet";
    const tiles = document.createElement("div");
    tiles.className = "grid";
    heading.append(link);
    section.append(heading, count, tiles);
    const grid = new Grid(tiles, (index) => viewer.choose(index));
    const viewer = new Viewer(grid, keyOf);
    const group = { section, count, link, grid, viewer };
    this.groups.set(picset, group);
    return group;
  }

  /** Give the sets the titles that their owner has given them; until then their names stand there. */
  async #name() {
    const sets = await picSets().catch(() => []);
    for (const { name, title } of sets) {
      this.titles.set(name, title);
      const group = this.groups.get(name);
      if (group) group.link.textContent = title;
    }
  }
}
