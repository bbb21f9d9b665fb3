// All photos of one person, best match first.

import { searchFace } from "../photos/photos.js";
import { showFace } from "../faces/buttons.js";
import { Grid, keyOf } from "../grid/grid.js";
import { isReturn, keepPlace, returnToPlace, store, stored } from "../place.js";
import { clear, tell } from "../problems.js";
import { Viewer } from "../viewer/viewer.js";

/** @typedef {import("../photos/photos.js").Photo} Photo */

const PORTRAIT_PX = 72;

/** @param {string} moment */
const dateOf = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "long" });

/** Start the page. */
export async function showPerson() {
  const faceId = new URLSearchParams(location.search).get("face") ?? "";
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const portrait = /** @type {HTMLElement} */ (document.getElementById("portrait"));
  const more = /** @type {HTMLButtonElement} */ (document.getElementById("more"));
  const grid = new Grid(/** @type {HTMLElement} */ (document.getElementById("grid")), (index) => viewer.choose(index));
  const viewer = new Viewer(grid, keyOf);
  const memory = `photos-of:${faceId}`;

  /** @type {{photos: Photo[], next?: string, asOf?: string}} */
  let found = { photos: [] };

  async function search() {
    more.disabled = true;
    try {
      const page = await searchFace(faceId, found.next);
      clear();
      found = { ...page, photos: [...found.photos, ...page.photos] };
      store(memory, found);
      show();
    } catch (error) {
      count.textContent = "";
      tell(error, search);
    }
  }

  function show() {
    const { photos, next, asOf } = found;
    const counted = photos.length === 1 ? "1 photo" : `${photos.length} photos`;
    const told = next ? `The ${photos.length} most similar photos` : counted;
    count.textContent = asOf ? `${told}, as of ${dateOf(asOf)}: new searches are used up for now` : told;
    const own = photos.find((photo) => photo.face?.FaceId === faceId) ?? photos[0];
    if (own?.face) {
      showFace(portrait, own, own.face, PORTRAIT_PX);
      portrait.hidden = false;
    }
    grid.show(photos);
    more.hidden = !next;
    more.disabled = false;
  }

  more.addEventListener("click", search);
  keepPlace();
  const kept = isReturn() ? stored(memory) : null;
  if (kept) {
    found = kept;
    show();
    returnToPlace();
    viewer.followAddress();
  } else {
    await search();
    viewer.followAddress();
  }
}
