// Find one's own photos; how alike a face has to be is the visitor's to choose, without searching again.

import { searchPicture } from "./album.js";
import { config } from "./config.js";
import { askForPicture } from "./consent.js";
import { Grid, keyOf } from "./grid.js";
import { Viewer } from "./viewer.js";

/** @typedef {import("./album.js").Pic} Pic */

/** Start the page. */
export function showSelfie() {
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const strictness = /** @type {HTMLElement} */ (document.getElementById("strictness"));
  const threshold = /** @type {HTMLInputElement} */ (document.getElementById("threshold"));
  const grid = new Grid(/** @type {HTMLElement} */ (document.getElementById("grid")), (index) => viewer.choose(index));
  const viewer = new Viewer(grid, keyOf);
  /** @type {Pic[]} */
  let found = [];

  /** Show what is alike enough, and say how many photos that are. */
  function show() {
    const pics = found.filter((pic) => (pic.similarity ?? 0) >= threshold.valueAsNumber);
    grid.show(pics);
    if (!pics.length) return found.length ? "No photo is that much alike." : "No photo of this album shows this face.";
    return `${pics.length === 1 ? "1 photo" : `${pics.length} photos`}, most similar first`;
  }

  /** @param {string} image */
  async function search(image) {
    found = await searchPicture(image, Number(threshold.min));
    strictness.hidden = !found.length;
    return show();
  }

  function forget() {
    found = [];
    strictness.hidden = true;
    grid.show([]);
  }

  threshold.value = String(config.faceMatchThreshold);
  threshold.addEventListener("input", () => {
    count.textContent = show();
  });
  askForPicture(search, forget);
}
