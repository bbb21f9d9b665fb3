// Geometry of faces in a picture, in pure functions.

/** @typedef {import("../photos/rows.js").Box} Box */

// Faces are a little above the middle of a picture.
const ABOVE = 0.25;

/**
 * The part of a face's box that lies in the picture, in percent: a box may run past the edge.
 * @param {Box} box
 */
export function boxInPercent(box) {
  const left = clamp(box.Left);
  const top = clamp(box.Top);
  return {
    left: left * 100,
    top: top * 100,
    width: (clamp(box.Left + box.Width) - left) * 100,
    height: (clamp(box.Top + box.Height) - top) * 100,
  };
}

/**
 * Where to put a picture as CSS background, so that a square shows a face with some room around it.
 * @param {Box} box
 * @param {number} width   Of the picture; only its ratio to the height counts.
 * @param {number} height
 * @param {number} side    Of the square, in pixels.
 */
export function cropToFace(box, width, height, side) {
  const face = Math.max(box.Width * width, box.Height * height) * 1.4;
  const scale = side / Math.min(Math.max(face, 1), Math.max(width, height));
  // The square shows nothing beyond the picture's edge, so a face at the edge is not in its middle.
  const within = (/** @type {number} */ middle, /** @type {number} */ whole) =>
    Math.min(Math.max(0, middle * whole - side / 2), Math.max(0, whole - side));
  const x = within(box.Left + box.Width / 2, width * scale);
  const y = within(box.Top + box.Height / 2, height * scale);
  return { width: width * scale, height: height * scale, x: -x, y: -y };
}

/**
 * The largest square of a picture with the face in its middle, as far as the picture allows. Without a face, it is where
 * faces usually are in portraits.
 * @param {Box | undefined} box
 * @param {number} width   Of the picture.
 * @param {number} height
 */
export function squareOfCover(box, width, height) {
  const side = Math.min(width, height);
  const within = (/** @type {number} */ middle, /** @type {number} */ whole) =>
    Math.min(Math.max(0, middle * whole - side / 2), whole - side);
  const x = within(box ? box.Left + box.Width / 2 : 0.5, width);
  const y = box ? within(box.Top + box.Height / 2, height) : (height - side) * ABOVE;
  return { x, y, side };
}

/**
 * The same square as CSS `object-position`, for a picture that covers a square.
 * @param {Box | undefined} box
 * @param {number} width
 * @param {number} height
 */
export function coverPosition(box, width, height) {
  const { x, y, side } = squareOfCover(box, width, height);
  const share = (/** @type {number} */ start, /** @type {number} */ whole) => (whole > side ? (start / (whole - side)) * 100 : 50);
  return `${share(x, width)}% ${share(y, height)}%`;
}

/**
 * Intersection of two boxes over the smaller of them: at another size of the detector's input, a face's box is another too.
 * @param {Box} a
 * @param {Box} b
 */
function overlap(a, b) {
  const width = Math.min(a.Left + a.Width, b.Left + b.Width) - Math.max(a.Left, b.Left);
  const height = Math.min(a.Top + a.Height, b.Top + b.Height) - Math.max(a.Top, b.Top);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / Math.min(a.Width * a.Height, b.Width * b.Height);
}

/**
 * The surest of boxes that overlap much; the surest of all first.
 * @template {{score: number, box: Box}} Found
 * @param {Found[]} found
 * @param {number} max  The overlap from which two boxes count as one.
 */
export function withoutOverlaps(found, max) {
  /** @type {Found[]} */
  const kept = [];
  for (const next of found.sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(other.box, next.box) < max)) kept.push(next);
  }
  return kept;
}

/**
 * A box in fractions of the picture, which fills only a part of the square it was found in.
 * @param {Box} box        In fractions of the square.
 * @param {number} right   Where the picture ends in the square.
 * @param {number} bottom
 * @returns {Box}
 */
export function cropTo(box, right, bottom) {
  const left = clamp(box.Left / right);
  const top = clamp(box.Top / bottom);
  return {
    Left: left,
    Top: top,
    Width: clamp((box.Left + box.Width) / right) - left,
    Height: clamp((box.Top + box.Height) / bottom) - top,
  };
}

/** @param {number} value */
const clamp = (value) => Math.min(1, Math.max(0, value));
