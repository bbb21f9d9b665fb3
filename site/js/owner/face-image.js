// A face in a circle, as the owner's calls describe it.

import { make } from "../elements.js";
import { showFace } from "../faces/buttons.js";
import { isFilm } from "../photos/film-urls.js";
import { readDetails } from "../photos/details.js";

/** @param {string} path  Set and file. */
export function photoOf(path) {
  const slash = path.indexOf("/");
  return { setName: path.slice(0, slash), file: path.slice(slash + 1) };
}

/**
 * @param {import("./people-calls.js").FaceShown | null} shown  Nobody's, if null.
 * @param {number} side  In pixels.
 */
export function faceImage(shown, side) {
  const element = make("span", { className: "head" });
  element.style.setProperty("--d", `${side}px`);
  if (shown) {
    const [Left, Top, Width, Height] = shown.box;
    const photo = /** @type {import("../photos/rows.js").Photo} */ ({ ...photoOf(shown.path), width: shown.width, height: shown.height });
    const face = { FaceId: shown.face ?? "", BoundingBox: { Left, Top, Width, Height } };
    if (isFilm(photo.file)) void showFaceOfFilm(element, photo, face, side);
    else showFace(element, photo, face, side);
  }
  return element;
}

/**
 * Show a face of a film, which need not be in the film's poster: its row knows where its portrait is.
 * @param {HTMLElement} element
 * @param {import("../photos/rows.js").Photo} photo
 * @param {import("../photos/rows.js").Face} face
 * @param {number} side
 */
async function showFaceOfFilm(element, photo, face, side) {
  const details = await readDetails(photo).catch(() => null); // a face without a picture can be named all the same
  const found = details?.faces.find(({ FaceId }) => FaceId === face.FaceId);
  if (found) showFace(element, photo, found, side);
}
