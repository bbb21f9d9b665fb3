// The page of a set: its first photos are in the page, the rest comes from DynamoDB, and so does what changes later.

import { byId } from "../elements.js";
import { Grid } from "../grid/grid.js";
import { t } from "../language.js";
import { clear, tell } from "../notice.js";
import { readPhotos, readSet } from "../photos/read.js";
import { titleOf } from "../photos/rows.js";
import { setNameOfPage } from "../photos/urls.js";
import { isReturn, keepPlace, returnToPlace, store, stored } from "../place.js";
import { whileVisible } from "../refresh.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";

/** Start the page. The fallback page has this script too: if it isn't about a set, it stays as it is. */
export function showSet() {
  const name = setNameOfPage();
  if (name === null) return;
  document.getElementById("unknown")?.remove();
  const heading = byId("title");
  const status = byId("count");
  const grid = new Grid(byId("grid"), (index) => viewer.choose(index));
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
    if (settled && viewer.isOpen) return; // not while the visitor looks at a photo
    try {
      const set = await readSet(name);
      if (set && set.updatedAt === version) return;
      const photos = set ? await readPhotos(set) : [];
      version = set?.updatedAt ?? "";
      clear();
      heading.textContent = set?.title ?? titleOf(name);
      status.textContent = photos.length ? countPhotos(photos.length) : t("There are no photos in this album.");
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
