// A QR code as a picture, dark on light as scanners need it, whatever the theme.

import { make } from "../elements.js";
import { element } from "../icons.js";

/** @typedef {import("./outline.js").Outline} Outline */

const INK = "#000";
const PAPER = "#fff";
// At least, for a saved picture: its modules are whole pixels.
const SAVED_SIDE = 1200;

/**
 * @param {Outline} outline
 * @param {string} label  For screen readers.
 */
export function drawCode({ side, ink }, label) {
  const size = String(side * 10);
  return element("svg", { viewBox: `0 0 ${side} ${side}`, width: size, height: size, role: "img", "aria-label": label }, [
    element("path", { fill: PAPER, d: `M0 0h${side}v${side}H0z` }),
    element("path", { fill: INK, d: ink, "shape-rendering": "crispEdges" }),
  ]);
}

/** @param {SVGElement} code */
export const asSvg = (code) => new Blob([new XMLSerializer().serializeToString(code)], { type: "image/svg+xml" });

/**
 * @param {Outline} outline
 * @returns {Promise<Blob>}
 */
export function asPng({ side, ink }) {
  const scale = Math.ceil(SAVED_SIDE / side);
  const canvas = make("canvas", { width: side * scale, height: side * scale });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  context.fillStyle = PAPER;
  context.fillRect(0, 0, side, side);
  context.fillStyle = INK;
  context.fill(new Path2D(ink));
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))));
  });
}
