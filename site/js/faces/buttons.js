// Faces as buttons: over a photo, and as small portraits below it.

import { make, placeOver } from "../elements.js";
import { config } from "../config.js";
import { t } from "../language.js";
import { personUrl, thumbnailUrl, largeUrl } from "../photos/urls.js";
import { boxInPercent, cropToFace } from "./boxes.js";

/**
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {import("../photos/rows.js").Photo} Photo
 */

const CHIP_PX = 56;

/**
 * A layer of buttons to lay over a photo.
 * @param {Face[]} faces
 * @param {(url: string) => void} go
 */
export function faceLayer(faces, go) {
  const buttons = faces.map((face, index) => {
    const button = faceButton("face", face, index, faces.length, go);
    placeOver(button, boxInPercent(face.BoundingBox));
    return button;
  });
  return make("div", { className: "faces" }, ...buttons);
}

/**
 * A portrait, as a button.
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side  In pixels.
 * @param {(url: string) => void} go
 */
export function facePortrait(photo, face, side, go) {
  const button = faceButton("portrait", face, 0, 1, go);
  showFace(button, photo, face, side);
  return button;
}

/**
 * A strip of portraits cut from a photo.
 * @param {Photo} photo
 * @param {Face[]} faces
 * @param {(url: string) => void} go
 */
export function faceStrip(photo, faces, go) {
  const chips = faces.map((face, index) => {
    const chip = faceButton("portrait", face, index, faces.length, go);
    showFace(chip, photo, face, CHIP_PX);
    return chip;
  });
  const strip = make("div", { className: "chips" }, ...chips);
  strip.setAttribute("role", "group");
  strip.setAttribute("aria-label", faces.length === 1 ? t("The person in this photo") : t("People in this photo"));
  return strip;
}

/**
 * Show a face in an element, cut from a photo.
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
    backgroundImage: `url("${isSharpInThumbnail(photo, face, side) ? thumbnailUrl(photo) : largeUrl(photo)}")`,
    backgroundSize: `${crop.width}px ${crop.height}px`,
    backgroundPosition: `${crop.x}px ${crop.y}px`,
  });
}

/**
 * Whether a face has at least two thirds of the pixels it needs in the thumbnail, which is a tenth as large a file.
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side
 */
function isSharpInThumbnail({ width, height }, { BoundingBox }, side) {
  return (BoundingBox.Width * width * config.thumbnailSide) / Math.max(width, height) >= side / 1.5;
}

/**
 * @param {string} className
 * @param {Face} face
 * @param {number} index
 * @param {number} total
 * @param {(url: string) => void} go
 */
function faceButton(className, face, index, total, go) {
  const label =
    total === 1
      ? t("Find all photos of this person")
      : t("Find all photos of person %(number)s of %(total)s", { number: index + 1, total });
  const button = make("button", { type: "button", className });
  button.setAttribute("aria-label", label);
  button.dataset.face = face.FaceId;
  button.addEventListener("click", () => go(personUrl(face.FaceId)));
  return button;
}
