// Find one's own photos.

import { searchPicture } from "./album.js";
import { askForPicture } from "./consent.js";
import { Grid, keyOf } from "./grid.js";
import { Viewer } from "./viewer.js";

/** Start the page. */
export function showSelfie() {
  const grid = new Grid(/** @type {HTMLElement} */ (document.getElementById("grid")), (index) => viewer.choose(index));
  const viewer = new Viewer(grid, keyOf);

  /** @param {string} image */
  async function search(image) {
    const pics = await searchPicture(image);
    grid.show(pics);
    if (!pics.length) return "No photo of this album shows this face.";
    return `${pics.length === 1 ? "1 photo" : `${pics.length} photos`}, most similar first`;
  }

  askForPicture(search, () => grid.show([]));
}
