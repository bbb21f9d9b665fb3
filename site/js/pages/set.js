// A picture set: its first tiles are in the page, the rest comes from DynamoDB, and so does what changes later.

import { readSet, readPhotos } from "../photos/photos.js";
import { Grid } from "../grid/grid.js";
import { isReturn, keepPlace, returnToPlace, store, stored } from "../place.js";
import { clear, tell } from "../problems.js";
import { whileVisible } from "../refresh.js";
import { titleOf } from "../photos/rows.js";
import { setNameOfPage } from "../photos/urls.js";
import { Viewer } from "../viewer/viewer.js";

/** Start the page; the fallback page, which may be about something else, keeps its words then. */
export function showSet() {
  const name = setNameOfPage();
  if (name === null) return;
  document.getElementById("unknown")?.remove();
  const heading = /** @type {HTMLElement} */ (document.getElementById("title"));
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const grid = new Grid(/** @type {HTMLElement} */ (document.getElementById("grid")), (index) => viewer.choose(index));
  const viewer = new Viewer(grid, (photo) => photo.file);
  const memory = `photos:${name}`;
  /** @type {string | null} */
  let version = null;
  let settled = false;

  keepPlace();
  const kept = isReturn() ? stored(memory) : null;
  if (kept) {
    grid.show(kept);
    returnToPlace();
    viewer.followAddress();
    settled = true;
  } else {
    grid.adopt(name);
  }

  const refresh = async () => {
    if (settled && viewer.pswp) return; // not under the eyes of someone who looks at a picture
    try {
      const set = await readSet(name);
      if (set && set.updatedAt === version) return;
      const photos = set ? await readPhotos(set) : [];
      version = set?.updatedAt ?? "";
      clear();
      heading.textContent = set?.title ?? titleOf(name);
      count.textContent = !photos.length ? "There are no photos in this album." : photos.length === 1 ? "1 photo" : `${photos.length} photos`;
      document.title = document.title.replace(/^[^·]*·/, `${heading.textContent} ·`);
      grid.show(photos);
      store(memory, photos);
      if (!settled) {
        settled = true;
        returnToPlace();
        viewer.followAddress();
      }
    } catch (error) {
      tell(error, refresh);
    }
  };
  whileVisible(refresh);
}
