// Faces over a picture, as buttons, and as a strip of small portraits.

import { boxInPercent, cropToFace } from "../grid/layout.js";
import { personUrl, thumbnailUrl, viewUrl } from "../photos/urls.js";

/**
 * @typedef {import("../photos/photos.js").Face} Face
 * @typedef {import("../photos/photos.js").Photo} Photo
 */

const CHIP_PX = 56;
// Long side of a grid thumbnail, at least.
const THUMBNAIL_PX = 400;

/**
 * A layer of buttons to lay over the picture.
 * @param {Face[]} faces
 * @param {(url: string) => void} go
 */
export function faceLayer(faces, go) {
  const layer = document.createElement("div");
  layer.className = "faces";
  faces.forEach((face, index) => {
    const button = faceButton("face", face, index, faces.length, go);
    const box = boxInPercent(face.BoundingBox);
    Object.assign(button.style, {
      left: `${box.left}%`,
      top: `${box.top}%`,
      width: `${box.width}%`,
      height: `${box.height}%`,
    });
    layer.append(button);
  });
  return layer;
}

/**
 * A portrait, as a button.
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side  In pixels.
 * @param {(url: string) => void} go
 */
export function facePortrait(photo, face, side, go) {
  const button = faceButton("chip", face, 0, 1, go);
  showFace(button, photo, face, side);
  return button;
}

/**
 * A strip of portraits cut from the picture.
 * @param {Photo} photo
 * @param {Face[]} faces
 * @param {(url: string) => void} go
 */
export function faceStrip(photo, faces, go) {
  const strip = document.createElement("div");
  strip.className = "chips";
  strip.setAttribute("role", "group");
  strip.setAttribute("aria-label", faces.length === 1 ? "The person in this photo" : "People in this photo");
  faces.forEach((face, index) => {
    const chip = faceButton("chip", face, index, faces.length, go);
    showFace(chip, photo, face, CHIP_PX);
    strip.append(chip);
  });
  return strip;
}

/**
 * Let an element show a face cut from a picture.
 * @param {HTMLElement} element
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side  Of the element, in pixels.
 */
export function showFace(element, photo, face, side) {
  const crop = cropToFace(face.BoundingBox, photo.width, photo.height, side);
  Object.assign(element.style, {
    width: `${side}px`,
    height: `${side}px`,
    backgroundImage: `url("${sharpEnough(photo, face, side) ? thumbnailUrl(photo) : viewUrl(photo)}")`,
    backgroundSize: `${crop.width}px ${crop.height}px`,
    backgroundPosition: `${crop.x}px ${crop.y}px`,
  });
}

/**
 * Whether the grid thumbnail, a tenth of the viewing rendition, shows a face with two thirds of the pixels at least.
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side
 */
function sharpEnough({ width, height }, { BoundingBox }, side) {
  return (BoundingBox.Width * width * THUMBNAIL_PX) / Math.max(width, height) >= side / 1.5;
}

/**
 * @param {string} className
 * @param {Face} face
 * @param {number} index
 * @param {number} count
 * @param {(url: string) => void} go
 */
function faceButton(className, face, index, count, go) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.dataset.face = face.FaceId;
  button.setAttribute(
    "aria-label",
    count === 1 ? "Find all photos of this person" : `Find all photos of person ${index + 1} of ${count}`,
  );
  button.addEventListener("click", () => go(personUrl(face.FaceId)));
  return button;
}
