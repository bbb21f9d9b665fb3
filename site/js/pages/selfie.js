// Find the visitor's photos; a slider sets how similar a face has to be, without searching again.

import { MAX_PHOTOS, searchPicture } from "../photos/photos.js";
import { askForPicture } from "../picture/asking.js";
import { config } from "../config.js";
import { Groups } from "../grid/groups.js";
import { watchLeaving } from "../visitor/leaving.js";
import { tell } from "../problems.js";
import { personUrl } from "../photos/urls.js";

/** @typedef {import("../photos/photos.js").Photo} Photo */

/** Start the page. */
export function showSelfie() {
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const found = /** @type {HTMLElement} */ (document.getElementById("found"));
  const threshold = /** @type {HTMLInputElement} */ (document.getElementById("threshold"));
  const link = /** @type {HTMLAnchorElement} */ (document.getElementById("link"));
  const download = /** @type {HTMLButtonElement} */ (document.getElementById("download"));
  const done = /** @type {HTMLElement} */ (document.getElementById("done"));
  const groups = new Groups(/** @type {HTMLElement} */ (document.getElementById("grid")));
  /** @type {Photo[]} */
  let all = [];
  /** @type {Photo[]} */
  let photos = [];

  /** Show what is alike enough, and say how many photos that is. */
  function show() {
    photos = all.filter((photo) => (photo.similarity ?? 0) >= threshold.valueAsNumber);
    groups.show(photos);
    done.textContent = "";
    download.disabled = !photos.length;
    if (!photos.length) return all.length ? "No photo is that similar." : "No photo on this site shows this face.";
    if (photos.length === MAX_PHOTOS) return `The ${MAX_PHOTOS} most similar photos; the link below leads to all`;
    return `${photos.length === 1 ? "1 photo" : `${photos.length} photos`}, most similar first`;
  }

  /** @param {Photo[]} answer */
  function showAll(answer) {
    all = answer;
    found.hidden = !all.length;
    // The photo that resembles the visitor most leads to all the others, and has no selfie in it.
    if (all[0]?.face) link.href = personUrl(all[0].face.FaceId);
    return show();
  }

  function forget() {
    all = [];
    found.hidden = true;
    groups.show([]);
  }

  async function save() {
    download.disabled = true;
    const wanted = photos;
    try {
      const { downloadAll } = await import("../sharing/archive.js");
      const missing = await downloadAll(wanted, (count) => {
        done.textContent = `${count} of ${wanted.length}`;
      });
      done.textContent = missing.length
        ? `Saved, except ${missing.map((photo) => photo.file).join(", ")}: no longer on the site.`
        : "Saved.";
    } catch (error) {
      done.textContent = "";
      if (!(error instanceof DOMException && error.name === "AbortError")) tell(error, save); // else the visitor cancelled
    }
    download.disabled = false;
  }

  async function share() {
    const url = link.href;
    try {
      if (navigator.share) {
        await navigator.share({ url, title: document.title });
      } else {
        await navigator.clipboard.writeText(url);
        done.textContent = "The link is copied. It leads to the photos and doesn't contain your picture.";
      }
    } catch (error) {
      const isCancelled = error instanceof DOMException && error.name === "AbortError";
      if (!isCancelled) done.textContent = url; // to be copied by hand
    }
  }

  download.hidden = !config.downloads;
  threshold.value = String(config.faceMatchThreshold);
  threshold.addEventListener("input", () => {
    count.textContent = show();
  });
  download.addEventListener("click", save);
  /** @type {HTMLElement} */ (document.getElementById("share")).addEventListener("click", share);
  askForPicture({ search: (image) => searchPicture(image, Number(threshold.min)), show: showAll, forget });
  void watchLeaving(() => photos.flatMap((photo) => (photo.face ? [photo.face.FaceId] : [])));
}
