// Geometry of a box that is being drawn, in fractions of the photo.

/** @typedef {[number, number, number, number]} Box  Left, top, width, height. */

// A smaller one was a slip of the hand.
export const MIN_SIDE = 0.01;
const STEP = 0.02;

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** The box between two corners, in the photo. @param {[number, number]} a @param {[number, number]} b @returns {Box} */
export function boxBetween(a, b) {
  const [ax, ay, bx, by] = [a[0], a[1], b[0], b[1]].map((value) => within(value, 0, 1));
  const [x, y, u, v] = /** @type {[number, number, number, number]} */ ([ax, ay, bx, by]);
  return [Math.min(x, u), Math.min(y, v), Math.abs(x - u), Math.abs(y - v)];
}

/**
 * Moved by an arrow key or, with Shift, made larger or smaller; it stays in the photo.
 * @param {Box} box
 * @param {string} key
 * @param {boolean} resizes
 * @returns {Box}
 */
export function moved([left, top, width, height], key, resizes) {
  const x = key === "ArrowRight" ? STEP : key === "ArrowLeft" ? -STEP : 0;
  const y = key === "ArrowDown" ? STEP : key === "ArrowUp" ? -STEP : 0;
  if (resizes) return [left, top, within(width + x, STEP, 1 - left), within(height + y, STEP, 1 - top)];
  return [within(left + x, 0, 1 - width), within(top + y, 0, 1 - height), width, height];
}
