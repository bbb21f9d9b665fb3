// Geometry of the grid, in pure functions.

import measures from "../../rows.json" with { type: "json" };

/**
 * @typedef {object} Layout
 * @property {number[]} left   Of each tile, in pixels.
 * @property {number[]} top
 * @property {number[]} width
 * @property {number[]} height
 * @property {number} total    Height of the whole grid, with the gap below its last row.
 *
 * @typedef {object} Rows
 * @property {number[]} ends   Of each row, the index after its last photo.
 * @property {number} rest     Share of its width that the last row leaves free.
 */

// What a last row that doesn't fill the width costs (a row half as high again as it should be costs 0.25), and how much
// more if nothing is in it.
const OPEN = 0.3;
const OPEN_EMPTY = 0.5;
// No row gets so many photos that it is lower than this share of the wanted height.
const LOWEST = 0.4;
// The only row of a grid fills the width if that makes it no more than this much higher.
const FULL = 1.35;
// Where all photos of a page would go into one row, rows are this much higher, so that it may take two.
const FEW = 1.5;

/**
 * Divide photos into rows whose heights are as close as possible to the wanted one. No single photo is left over for
 * a last row: it moves up into the rows before. A last row that stays open is no higher than the one above it. scripts/site/rows.py makes the same rows when pages are rendered;
 * tests/data/rows.json checks that they agree, so nothing moves when the script takes over.
 *
 * @param {number[]} aspects  Width over height of each photo.
 * @param {number} wanted     Height of a row over its width.
 * @param {number} [only]     How high the only row is, if it doesn't fill the width.
 * @returns {Rows}
 */
export function divide(aspects, wanted, only = wanted) {
  /** @type {number[]} */
  const costs = [0];
  /** @type {number[]} */
  const starts = [0];
  let open = false;
  for (let end = 1; end <= aspects.length; end += 1) {
    let sum = 0;
    let best = Infinity;
    let from = end - 1;
    for (let start = end - 1; start >= 0; start -= 1) {
      sum += aspects[start] ?? 1;
      const filled = sum * wanted;
      if (start < end - 1 && filled > 1 / LOWEST) break;
      const off = filled > 1 ? filled - 1 : 1 / filled - 1;
      const before = costs[start] ?? 0;
      if (before + off * off < best) {
        best = before + off * off;
        from = start;
        if (end === aspects.length) open = false;
      }
      const free = 1 - filled;
      if (end === aspects.length && free > 0 && before + OPEN + OPEN_EMPTY * free * free < best) {
        best = before + OPEN + OPEN_EMPTY * free * free;
        from = start;
        open = true;
      }
    }
    costs.push(best);
    starts.push(from);
  }
  const ends = [];
  for (let end = aspects.length; end > 0; end = starts[end] ?? 0) ends.unshift(end);
  const [last, above] = [ends.at(-2) ?? 0, ends.at(-3) ?? 0];
  const sum = sumOf(aspects, last, aspects.length);
  if (last === 0) return { ends, rest: sum * wanted * FULL < 1 ? Math.max(0, 1 - sum * only) : 0 };
  return { ends, rest: open ? Math.max(0, 1 - sum * Math.min(wanted, 1 / sumOf(aspects, above, last))) : 0 };
}

/**
 * @param {number[]} aspects
 * @param {number} start
 * @param {number} end
 */
function sumOf(aspects, start, end) {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += aspects[index] ?? 1;
  return sum;
}

/**
 * How high rows of this width should be, how high the only row of a grid may be, and that of a page, over their width.
 * css/photos.css changes at the same widths.
 * @param {number} width  In pixels.
 */
export const measureAt = (width) => measures.findLast((measure) => measure.from <= width) ?? { height: 1, only: 1, alone: 1 };

/**
 * The rows of a grid.
 * @param {number[]} aspects
 * @param {{height: number, only: number, alone: number}} measure
 * @param {number} scale
 * @param {boolean} alone
 */
function rowsAt(aspects, { height, only, alone: larger }, scale, alone) {
  if (!alone) return divide(aspects, height * scale, only * scale);
  const rows = divide(aspects, height * scale);
  return rows.ends.length > 1 ? rows : divide(aspects, height * scale * FEW, larger * scale);
}

/**
 * Lay photos out in rows that fill the width. The style sheet puts the tiles that were rendered into the page at the same
 * places.
 *
 * @param {number[]} aspects  Width over height of each photo.
 * @param {number} width      Of the grid, in pixels.
 * @param {number} [gap]      Between tiles.
 * @param {number} [scale]    How high rows should be, relative to the usual height.
 * @param {boolean} [alone]   Whether the page has no other grid: few photos are shown larger then.
 * @returns {Layout}
 */
export function justify(aspects, width, gap = 0, scale = 1, alone = false) {
  /** @type {Layout} */
  const layout = { left: [], top: [], width: [], height: [], total: 0 };
  const { ends, rest } = rowsAt(aspects, measureAt(width), scale, alone);
  let start = 0;
  for (const end of ends) {
    const sum = sumOf(aspects, start, end);
    const free = end === aspects.length ? rest : 0;
    const height = ((width - gap * (end - start - 1)) * (1 - free)) / sum;
    let left = 0;
    for (let index = start; index < end; index += 1) {
      const tile = (aspects[index] ?? 1) * height;
      layout.left.push(left);
      layout.top.push(layout.total);
      layout.width.push(tile);
      layout.height.push(height);
      left += tile + gap;
    }
    layout.total += height + gap;
    start = end;
  }
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
