// Draws the box of a face over the photo in view, by dragging or by keyboard.

import { make, placeOver } from "../elements.js";
import { t } from "../language.js";
import { boxBetween, moved, MIN_SIDE } from "./drawn-box.js";

/** @typedef {[number, number, number, number]} Box */

// Of the photo's width.
const FIRST_SIDE = 0.2;

/**
 * @param {import("photoswipe").default} pswp
 * @returns {Promise<Box | null>}  In fractions of the photo; null if it was given up.
 */
export function drawFace(pswp) {
  const slide = pswp.currSlide;
  const stage = pswp.element;
  if (!slide || !stage) return Promise.resolve(null);
  const size = { width: slide.width * slide.currZoomLevel, height: slide.height * slide.currZoomLevel };
  const ring = make("div", { className: "drawn" });
  const frame = make("div", { className: "drawing-frame" }, ring);
  Object.assign(frame.style, { left: `${slide.pan.x}px`, top: `${slide.pan.y}px`, width: `${size.width}px`, height: `${size.height}px` });
  const surface = make("div", { className: "drawing-surface", tabIndex: 0 }, frame);
  surface.setAttribute("role", "application");
  surface.setAttribute("aria-label", t("Drag a square over the face. Or use the arrow keys, with Shift to change its size, then Enter."));
  const cancel = make("button", { type: "button", className: "button", textContent: t("Cancel") });
  const hint = make("p", { textContent: t("Drag a square over the face. Or use the arrow keys, with Shift to change its size, then Enter."), ariaHidden: "true" });
  const layer = make("div", { className: "drawing" }, surface, make("div", { className: "drawing-bar" }, hint, cancel));
  stage.append(layer);
  surface.focus();
  return new Promise((resolve) => {
    const height = Math.min((FIRST_SIDE * size.width) / size.height, 1);
    /** @type {Box} */
    const first = [0.5 - FIRST_SIDE / 2, 0.5 - height / 2, FIRST_SIDE, height];
    let box = first;
    /** @type {[number, number] | null} */
    let start = null;
    /** @param {Box} next */
    const show = (next) => {
      box = next;
      placeOver(ring, { left: box[0] * 100, top: box[1] * 100, width: box[2] * 100, height: box[3] * 100 });
    };
    /** @param {Box | null} result */
    const end = (result) => {
      removeEventListener("resize", giveUp);
      layer.remove();
      resolve(result);
    };
    const giveUp = () => end(null);
    /** @param {PointerEvent} event @returns {[number, number]} */
    const at = (event) => {
      const { left, top, width, height: tall } = frame.getBoundingClientRect();
      return [(event.clientX - left) / width, (event.clientY - top) / tall];
    };
    for (const name of /** @type {const} */ (["pointerdown", "pointermove", "pointerup", "click", "wheel"])) layer.addEventListener(name, (event) => event.stopPropagation());
    surface.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary) return;
      surface.setPointerCapture(event.pointerId);
      start = at(event);
    });
    surface.addEventListener("pointermove", (event) => {
      if (start && event.isPrimary) show(boxBetween(start, at(event)));
    });
    surface.addEventListener("pointerup", (event) => {
      if (!start || !event.isPrimary) return;
      const drawn = boxBetween(start, at(event));
      start = null;
      // A mere tap draws nothing.
      if (drawn[2] >= MIN_SIDE && drawn[3] >= MIN_SIDE) end(drawn);
      else show(first);
    });
    surface.addEventListener("pointercancel", () => {
      start = null;
      show(first);
    });
    cancel.addEventListener("click", giveUp);
    layer.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") giveUp();
      else if (event.target === cancel || event.key === "Tab") return;
      else if (event.key === "Enter") end(box);
      else show(moved(box, event.key, event.shiftKey));
      event.preventDefault();
    });
    addEventListener("resize", giveUp);
    pswp.on("change", giveUp);
    pswp.on("close", giveUp);
    show(first);
  });
}
