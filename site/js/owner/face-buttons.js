// Faces to choose from: each is a button that is pressed or not.

import { make } from "../elements.js";
import { t } from "../language.js";
import { faceImage } from "./face-image.js";

/** @typedef {import("./people-calls.js").FaceShown} FaceShown */

const FACE_PX = 80;
// More of them come when asked for.
const AT_ONCE = 60;

/**
 * @param {FaceShown[]} faces
 * @param {(number: number) => string} label  What the button says to a screen reader; the first is number 1.
 * @param {boolean} pressed  At first.
 * @param {() => void} [changed]  Others are chosen now, or more are there.
 */
export function faceButtons(faces, label, pressed, changed = () => {}) {
  const ticks = faces.map(() => pressed);
  const place = make("div", { className: "candidates" });
  const more = make("button", { type: "button", className: "button", textContent: t("Show more") });

  /** @param {FaceShown} face @param {number} index */
  function buttonOf(face, index) {
    const button = make("button", { type: "button", className: "candidate", ariaPressed: String(ticks[index]), ariaLabel: label(index + 1) }, faceImage(face, FACE_PX));
    button.addEventListener("click", () => {
      ticks[index] = !ticks[index];
      button.ariaPressed = String(ticks[index]);
      changed();
    });
    return button;
  }
  function showMore() {
    const from = place.querySelectorAll(".candidate").length;
    const next = faces.slice(from, from + AT_ONCE).map((face, index) => buttonOf(face, from + index));
    more.remove();
    place.append(...next, ...(from + next.length < faces.length ? [more] : []));
    next[0]?.focus();
  }
  more.addEventListener("click", () => {
    showMore();
    changed();
  });
  showMore();
  // Nothing is said of faces that nobody has seen yet.
  const seen = () => faces.slice(0, place.querySelectorAll(".candidate").length);
  return {
    element: place,
    seen,
    chosen: () => seen().filter((_, index) => ticks[index]),
    left: () => seen().filter((_, index) => !ticks[index]),
  };
}
