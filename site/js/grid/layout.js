// Geometry of the grid, in pure functions.

/**
 * @typedef {object} Layout
 * @property {number[]} left   Of each tile, in pixels.
 * @property {number[]} top
 * @property {number[]} width
 * @property {number[]} height
 * @property {number} total    Height of the whole grid.
 */

/**
 * Lay photos out in rows that fill the width. A row takes photos at the target height until the next one doesn't fit,
 * then grows to fill the width; the last row stays at the target height. A flex container that wraps and grows by aspect
 * ratio makes the same rows (css/style.css), so the tiles that were rendered into the page stay where they are.
 *
 * @param {number[]} aspects  Width over height of each photo.
 * @param {number} width      Of the grid, in pixels.
 * @param {number} target     The height of a row before it grows.
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
 * The tiles that touch a stretch of the grid: index of the first, and of the one after the last.
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
 * The first index for which a test is true; it must be true for all after it.
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
