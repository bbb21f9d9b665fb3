// How large a photo's renditions are, and which of them a browser may show. scripts/site/renditions.py does the same.

import { config } from "../config.js";
import { largeUrl, thumbnailUrl } from "./urls.js";

/** @typedef {{width: number, height: number}} Size */

/**
 * The size of a photo's rendition; none is larger than the photo.
 * @param {Size} photo
 * @param {number} side  The longest that a rendition's long side may be.
 * @returns {Size}
 */
export function sizeWithin({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** `srcset` of a photo: its thumbnail and its large rendition. @param {Size & {setName: string, file: string}} photo */
export function sourcesOf(photo) {
  const thumbnail = sizeWithin(photo, config.thumbnailSide).width;
  return `${inSrcset(thumbnailUrl(photo))} ${thumbnail}w, ${inSrcset(largeUrl(photo))} ${sizeWithin(photo, config.largeSide).width}w`;
}

/** A URL there can't end with a comma: https://html.spec.whatwg.org/multipage/images.html#srcset-attribute. @param {string} url */
const inSrcset = (url) => url.replace(/,$/, "%2C");
