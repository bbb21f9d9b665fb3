// Draws the box of a face over the photo in view, by dragging or by keyboard.

import { make, placeOver } from "../elements.js";
import { t } from "../language.js";
import { boxBetween, moved, MIN_SIDE } from "./drawn-box.js";

/** @typedef {[number, number, number, number]} Box */

/**
 * @param {import("photoswipe").default} pswp
 * @returns {Promise<Box | null>}  In fractions of the photo; null if it was given up.
 */
export function drawFace(pswp) {
  const slide = pswp.currSlide;
  if (!slide || !pswp.element) return Promise.resolve(null);
  const size = { width: slide.width * slide.currZoomLevel, height: slide.height * slide.currZoomLevel };
  const frame = make("div", { className: "drawing-frame" });
  Object.assign(frame.style, { left: `${slide.pan.x}px`, top: `${slide.pan.y}px`, width: `${size.width}px`, height: `${size.height}px` });
  const ring = make("div", { className: "drawn" });
  frame.append(ring);
  const layer = make("div", { className: "drawing", tabIndex: 0 }, frame);
  layer.setAttribute("role", "application");
  layer.setAttribute("aria-label", t("Drag a square over the face. Or use the arrow keys, with Shift to change its size, then Enter."));
  pswp.element.append(layer);
  layer.focus();
  return new Promise((resolve) => {
    /** @type {Box} */
    let box = [0.4, 0.3, 0.2, (0.2 * size.width) / size.height];
    /** @type {[number, number] | null} */
    let start = null;
    const show = () => placeOver(ring, { left: box[0] * 100, top: box[1] * 100, width: box[2] * 100, height: box[3] * 100 });
    /** @param {Box | null} result */
    const end = (result) => {
      layer.remove();
      resolve(result);
    };
    /** @param {PointerEvent} event @returns {[number, number]} */
    const at = (event) => {
      const { left, top, width, height } = frame.getBoundingClientRect();
      return [(event.clientX - left) / width, (event.clientY - top) / height];
    };
    for (const name of /** @type {const} */ (["pointerdown", "pointermove", "pointerup", "click", "wheel"])) layer.addEventListener(name, (event) => event.stopPropagation());
    layer.addEventListener("pointerdown", (event) => {
      layer.setPointerCapture(event.pointerId);
      start = at(event);
    });
    layer.addEventListener("pointermove", (event) => {
      if (!start) return;
      box = boxBetween(start, at(event));
      show();
    });
    layer.addEventListener("pointerup", () => {
      start = null;
      if (box[2] >= MIN_SIDE && box[3] >= MIN_SIDE) end(box);
    });
    layer.addEventListener("keydown", (event) => {
      event.stopPropagation();
      event.preventDefault();
      if (event.key === "Escape") end(null);
      else if (event.key === "Enter") end(box);
      else box = moved(box, event.key, event.shiftKey);
      show();
    });
    pswp.on("change", () => end(null));
    show();
  });
}
