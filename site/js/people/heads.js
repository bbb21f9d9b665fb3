// Faces in circles, cut from photos: the same as in site/templates/macros.html.

import { make } from "../elements.js";
import { cropToFace } from "../faces/boxes.js";
import { sizeWithin } from "../photos/renditions.js";
import { largeUrl, peopleUrl, thumbnailUrl } from "../photos/urls.js";
import { config } from "../config.js";
import { countPhotos } from "../words.js";

/** @typedef {import("./files.js").Portrait} Portrait */

// A face may be enlarged this much: a thumbnail is a tenth as large a file. scripts/site/heads.py says the same.
const MAX_STRETCH = 2;
// Of a head in a crowd.
const CARD_PX = 132;

/**
 * Somebody in a crowd or a row.
 * @param {string} href
 * @param {Portrait | null} portrait  Null for somebody who is in no photo.
 * @param {HTMLElement} name
 * @param {number} photos
 */
export function personCard(href, portrait, name, photos) {
  name.className = "called";
  const count = make("span", { className: "quiet num", textContent: countPhotos(photos) });
  return make("li", {}, make("a", { className: "person-link", href }, portrait ? headOf(portrait, CARD_PX) : make("span", { className: "head cut" }), name, count));
}

/**
 * @param {Portrait} portrait
 * @param {number} side  Of the square round the circle, in pixels.
 */
export function headOf(portrait, side) {
  const { url, left, top, width, height } = cutOf(portrait, side);
  const image = make("img", { alt: "", loading: "lazy", decoding: "async" });
  Object.assign(image.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
  image.src = url;
  return make("span", { className: "head cut" }, image);
}

/**
 * Which picture to show, and where it lies in the square, in percent of the square's side.
 * @param {Portrait} portrait
 * @param {number} side
 */
export function cutOf({ path, box: [Left, Top, Width, Height], width, height, picture }, side) {
  if (picture) return { url: `${peopleUrl}portraits/${picture}.webp`, left: 0, top: 0, width: 100, height: 100 };
  const slash = path.indexOf("/");
  const photo = { setName: path.slice(0, slash), file: path.slice(slash + 1) };
  const whole = width && height ? { width, height } : { width: config.unknownWidth, height: config.unknownHeight };
  const cut = cropToFace({ Left, Top, Width, Height }, whole.width, whole.height, 100);
  const isSharp = Width * sizeWithin(whole, config.thumbnailSide).width * MAX_STRETCH >= side;
  return { url: isSharp ? thumbnailUrl(photo) : largeUrl(photo), left: cut.x, top: cut.y, width: cut.width, height: cut.height };
}
