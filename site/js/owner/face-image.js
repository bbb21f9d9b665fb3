// A face in a circle, as the owner's calls describe it.

import { make } from "../elements.js";
import { showFace } from "../faces/buttons.js";

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
    showFace(element, photo, { FaceId: shown.face ?? "", BoundingBox: { Left, Top, Width, Height } }, side);
  }
  return element;
}
