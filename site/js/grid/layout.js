// Geometry of the grid and of faces, in pure functions.

/**
 * @typedef {object} Layout
 * @property {number[]} left   Of each tile, in pixels.
 * @property {number[]} top
 * @property {number[]} width
 * @property {number[]} height
 * @property {number} total    Height of the whole grid.
 */

/**
 * Lay pictures out in rows that fill the width. A row takes pictures at the target height until the next would not
 * fit, then grows to fill; the last row stays at the target height. These are the lines a flex container with wrapping
 * and growth by aspect ratio makes, so that the tiles rendered into the page stay where they are.
 *
 * @param {number[]} aspects  Width over height of each picture.
 * @param {number} width      Of the grid, in pixels.
 * @param {number} target     Least height of a row.
 * @param {number} gap        Between tiles.
 * @returns {Layout}
 */
export function justify(aspects, width, target, gap) {
  /** @type {Layout} */
  const layout = { left: [], top: [], width: [], height: [], total: 0 };
  let top = 0;
  let start = 0;
  while (start < aspects.length) {
    let end = start;
    let sum = 0;
    while (end < aspects.length) {
      const next = sum + (aspects[end] ?? 1);
      if (end > start && next * target + gap * (end - start) > width) break;
      sum = next;
      end += 1;
    }
    const fill = (width - gap * (end - start - 1)) / sum;
    const height = end < aspects.length ? fill : Math.min(fill, target);
    let left = 0;
    for (let index = start; index < end; index += 1) {
      const tile = (aspects[index] ?? 1) * height;
      layout.left.push(left);
      layout.top.push(top);
      layout.width.push(tile);
      layout.height.push(height);
      left += tile + gap;
    }
    top += height + gap;
    start = end;
  }
  layout.total = Math.max(0, top - gap);
  return layout;
}

/**
 * The tiles that touch a stretch of the grid: from the first, to before the second.
 * @param {Layout} layout
 * @param {number} from  Pixels from the grid's top.
 * @param {number} to
 * @returns {[number, number]}
 */
export function visible(layout, from, to) {
  const bottoms = (/** @type {number} */ index) => (layout.top[index] ?? 0) + (layout.height[index] ?? 0);
  const count = layout.top.length;
  const first = firstIndex(count, (index) => bottoms(index) > from);
  const last = firstIndex(count, (index) => (layout.top[index] ?? 0) >= to);
  return [first, Math.max(first, last)];
}

/**
 * The first index for which a test that turns true once and stays so is true.
 * @param {number} count
 * @param {(index: number) => boolean} test
 */
function firstIndex(count, test) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The part of a face's box inside the picture, in percent; a box may run past the edge.
 * @param {import("../photos/photos.js").Box} box
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
 * Where to put a picture, as CSS background, so that a square shows a face with some room around it.
 * @param {import("../photos/photos.js").Box} box
 * @param {number} width   Of the picture; only its ratio to the height counts.
 * @param {number} height
 * @param {number} side    Of the square, in pixels.
 */
export function cropToFace(box, width, height, side) {
  const face = Math.max(box.Width * width, box.Height * height) * 1.4;
  const scale = side / Math.min(Math.max(face, 1), Math.max(width, height));
  // Not beyond the picture's edge: a face there stands out of the middle instead.
  const within = (/** @type {number} */ middle, /** @type {number} */ whole) =>
    Math.min(Math.max(0, middle * whole - side / 2), Math.max(0, whole - side));
  const x = within(box.Left + box.Width / 2, width * scale);
  const y = within(box.Top + box.Height / 2, height * scale);
  return { width: width * scale, height: height * scale, x: -x, y: -y };
}

/** @param {number} value */
function clamp(value) {
  return Math.min(1, Math.max(0, value));
}
