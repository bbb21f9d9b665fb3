// How large a photo may be shown, as pure functions.

import { config } from "../config.js";
import { sizeWithin } from "../photos/renditions.js";

/** @typedef {import("../photos/renditions.js").Size} Size */

// Browsers can show these; for others (HEIC, TIFF) the large rendition is the best there is.
const SHOWN_TYPES = new Set(["image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"]);

/**
 * The size at which a photo counts as full: its own if visitors may have it, but at least twice the large rendition's,
 * so that even a small photo fills part of a large screen.
 * @param {Size} photo
 * @returns {Size}
 */
export function fullSize(photo) {
  const large = sizeWithin(photo, config.largeSide);
  const scale = Math.max((2 * large.width) / photo.width, config.originals ? 1 : 0);
  return { width: Math.round(photo.width * scale), height: Math.round(photo.height * scale) };
}

/**
 * Whether the original shows more than the large rendition does.
 * @param {Size} photo
 * @param {string | undefined} contentType  The original's.
 * @param {number} pixels  Screen pixels across the photo as it is shown.
 */
export function wantsOriginal(photo, contentType, pixels) {
  const large = sizeWithin(photo, config.largeSide);
  return config.originals && photo.width > large.width && pixels > large.width && SHOWN_TYPES.has(contentType ?? "");
}
