// Replaces the large rendition with the original once the visitor zooms in so far that it shows more.

import { downloadUrl } from "../photos/urls.js";
import { isMetered } from "./connection.js";
import { wantsOriginal } from "./sizes.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const SETTLED_MS = 200;

/**
 * @param {import("photoswipe").default} pswp
 * @param {Photo[]} photos
 */
export function loadOriginals(pswp, photos) {
  /** @type {Set<Photo>} */
  const asked = new Set();
  let timer = 0;

  async function load() {
    const slide = pswp.currSlide;
    const photo = photos[pswp.currIndex];
    if (!slide || !photo || asked.has(photo) || isMetered()) return;
    if (slide.currZoomLevel <= slide.zoomLevels.initial) return;
    const pixels = slide.currZoomLevel * slide.width * devicePixelRatio;
    if (!wantsOriginal(photo, photo.details?.contentType, pixels)) return;
    asked.add(photo);
    const original = new Image();
    original.src = downloadUrl(photo);
    try {
      await original.decode();
    } catch {
      return; // the large rendition stays
    }
    const shown = slide.content.element;
    if (!(shown instanceof HTMLImageElement)) return;
    shown.removeAttribute("srcset");
    shown.src = original.src; // already decoded, so it changes from one frame to the next
  }

  pswp.on("zoomPanUpdate", () => {
    clearTimeout(timer);
    timer = setTimeout(load, SETTLED_MS);
  });
  pswp.on("destroy", () => clearTimeout(timer));
}
