// Find one's own photos: a picture is made small on the device and sent once, in the call that searches by it.

import { searchPicture } from "./album.js";
import { Grid, keyOf } from "./grid.js";
import { clear, tell } from "./problems.js";
import { shrink, toBase64 } from "./shrink.js";
import { Viewer } from "./viewer.js";

const CONSENT = "kinpics.consent";

/** Start the page. */
export function showSelfie() {
  const agree = /** @type {HTMLInputElement} */ (document.getElementById("agree"));
  const picture = /** @type {HTMLInputElement} */ (document.getElementById("picture"));
  const preview = /** @type {HTMLImageElement} */ (document.getElementById("preview"));
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const drop = /** @type {HTMLElement} */ (document.getElementById("drop"));
  const grid = new Grid(/** @type {HTMLElement} */ (document.getElementById("grid")), (index) => viewer.choose(index));
  const viewer = new Viewer(grid, keyOf);

  function forget() {
    clear();
    URL.revokeObjectURL(preview.src);
    preview.removeAttribute("src");
    preview.hidden = true;
    count.textContent = "";
    grid.show([]);
  }

  /** @param {Blob | null | undefined} file */
  async function search(file) {
    if (!file || !agree.checked) return;
    forget();
    count.textContent = "Searching…";
    try {
      const small = await shrink(file);
      preview.src = URL.createObjectURL(small);
      preview.hidden = false;
      const pics = await searchPicture(await toBase64(small));
      const photos = pics.length === 1 ? "1 photo" : `${pics.length} photos`;
      count.textContent = pics.length ? `${photos}, most similar first` : "No photo of this album shows this face.";
      grid.show(pics);
    } catch (error) {
      count.textContent = "";
      tell(error, () => search(file));
    }
  }

  agree.checked = remembered();
  picture.disabled = !agree.checked;
  agree.addEventListener("change", () => {
    remember(agree.checked);
    picture.disabled = !agree.checked;
    if (!agree.checked) forget();
  });
  picture.addEventListener("change", () => search(picture.files?.[0]));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    search(event.dataTransfer?.files[0]);
  });
  document.addEventListener("paste", (event) => search(event.clipboardData?.files[0]));
}

function remembered() {
  try {
    return localStorage.getItem(CONSENT) === "yes";
  } catch {
    return false;
  }
}

/** @param {boolean} agreed */
function remember(agreed) {
  try {
    if (agreed) localStorage.setItem(CONSENT, "yes");
    else localStorage.removeItem(CONSENT);
  } catch {
    // nothing can be remembered then; it is asked for anew
  }
}
