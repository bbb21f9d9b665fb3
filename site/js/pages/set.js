// A picture set: its first tiles are in the page, the rest comes from DynamoDB, and so does what changes later.

import { picSet, picsOf } from "../photos/photos.js";
import { Grid } from "../grid/grid.js";
import { isReturn, keepPlace, returnToPlace, store, stored } from "../place.js";
import { clear, tell } from "../problems.js";
import { whileVisible } from "../refresh.js";
import { titleOf } from "../photos/rows.js";
import { picsetOfPage } from "../photos/urls.js";
import { Viewer } from "../viewer/viewer.js";

/** Start the page; the fallback page, which may be about something else, keeps its words then. */
export function showSet() {
  const name = picsetOfPage();
  if (name === null) return;
  document.getElementById("unknown")?.remove();
  const heading = /** @type {HTMLElement} */ (document.getElementById("title"));
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const grid = new Grid(/** @type {HTMLElement} */ (document.getElementById("grid")), (index) => viewer.choose(index));
  const viewer = new Viewer(grid, (pic) => pic.file);
  const memory = `pics:${name}`;
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
      const set = await picSet(name);
      if (set && set.updatedAt === version) return;
      const pics = set ? await picsOf(set) : [];
      version = set?.updatedAt ?? "";
      clear();
      heading.textContent = set?.title ?? titleOf(name);
      count.textContent = !pics.length ? "There are no photos in this album." : pics.length === 1 ? "1 photo" : `${pics.length} photos`;
      document.title = document.title.replace(/^[^·]*·/, `${heading.textContent} ·`);
      grid.show(pics);
      store(memory, pics);
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
