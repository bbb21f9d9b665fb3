// Faces as links to their people: rings over a photo, and portraits.

import { make } from "../elements.js";
import { config } from "../config.js";
import { t } from "../language.js";
import { filmUrl } from "../photos/film-urls.js";
import { faceUrl, personUrl, thumbnailUrl, largeUrl } from "../photos/urls.js";
import { cropToFace } from "./boxes.js";

/**
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {import("../photos/rows.js").Photo} Photo
 */

/**
 * Rings to lay over a photo, each with a chip that says where it leads.
 * @param {Face[]} faces
 */
export function faceRings(faces) {
  return faces.map((face, index) => {
    const chip = make("span", { className: "name", dir: "auto", textContent: face.person?.name ?? t("All photos of this person") });
    const link = faceLink("face", face, index, faces.length);
    link.append(chip);
    return link;
  });
}

/**
 * A portrait, as a link.
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side  In pixels.
 */
export function facePortrait(photo, face, side) {
  const link = faceLink("portrait", face, 0, 1);
  showFace(link, photo, face, side);
  return link;
}

/**
 * Portraits cut from a photo, side by side; whoever is known with their name.
 * @param {Photo} photo
 * @param {Face[]} faces
 * @param {number} side  Of a portrait, in pixels.
 */
export function facePortraits(photo, faces, side) {
  return faces.map((face, index) => {
    const { person } = face;
    const link = faceLink(person ? "chip" : "portrait", face, index, faces.length);
    const portrait = person ? make("span", { className: "portrait" }) : link;
    showFace(portrait, photo, face, side);
    if (person) link.append(portrait, make("bdi", { textContent: person.name }));
    return link;
  });
}

/**
 * Show a face in an element, cut from a photo.
 * @param {HTMLElement} element
 * @param {Photo} photo
 * @param {Face} face
 * @param {number} side  Of the element, in pixels.
 */
export function showFace(element, photo, face, side) {
  if (face.film) {
    const { place, of } = face.film;
    Object.assign(element.style, {
      width: `${side}px`,
      height: `${side}px`,
      backgroundImage: `url("${filmUrl(photo, "film-faces")}")`,
      backgroundSize: `${of * side}px ${side}px`,
      backgroundPosition: `${-place * side}px 0`,
    });
    return;
  }
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
 */
function faceLink(className, face, index, total) {
  const { FaceId, person } = face;
  const link = make("a", { className });
  // Who has no page is found by the face, if it is one that a search can be made for.
  if (person?.hasPage) link.href = personUrl(person.slug);
  else if (FaceId) link.href = faceUrl(FaceId);
  const label =
    person
      ? t("All photos of %(name)s", { name: person.name })
      : total === 1
        ? t("Find all photos of this person")
        : t("Find all photos of person %(number)s of %(total)s", { number: index + 1, total });
  link.setAttribute("aria-label", label);
  link.dataset.face = FaceId || person?.slug;
  return link;
}
