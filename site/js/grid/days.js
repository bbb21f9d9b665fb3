// Photos of a set under headings: one for each day, or each month if there are too few photos a day. scripts/site/days.py
// makes the same groups; tests/data/days.json checks that they agree.

/** @typedef {import("../photos/rows.js").Photo} Photo */

/**
 * @typedef {object} Group
 * @property {string} key    A day, a month, "undated", or empty: no heading.
 * @property {number} start  Index of its first photo.
 * @property {number} end    Index after its last.
 */

// A heading is worth this many photos: more than half of the headings must have as many.
const MIN_PHOTOS = 4;
// How many characters of an ISO 8601 date give its day, and its month.
const DAY = 10;
const MONTH = 7;
export const UNDATED = "undated";

/**
 * @param {Photo[]} photos  In the order of the grid: by time taken, then those without one.
 * @returns {Group[]}
 */
export function groupByDay(photos) {
  const dates = photos.map((photo) => dateIn(photo.takenAt));
  const dated = dates.filter(Boolean);
  for (const length of [DAY, MONTH]) {
    /** @type {Map<string, number>} */
    const sizes = new Map();
    for (const date of dated) sizes.set(date.slice(0, length), (sizes.get(date.slice(0, length)) ?? 0) + 1);
    const large = [...sizes.values()].filter((size) => size >= MIN_PHOTOS).length;
    if (sizes.size > 1 && 2 * large > sizes.size) return grouped(dates.map((date) => date.slice(0, length) || UNDATED));
  }
  return [{ key: "", start: 0, end: photos.length }];
}

/** The date of a row's moment (ISO 8601); empty if there is none. @param {string} [moment] */
export function dateIn(moment = "") {
  const text = /^\d{4}-\d\d-\d\d/.exec(moment)?.[0] ?? "";
  const day = new Date(text);
  return !isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : "";
}

/** @param {string[]} keys */
function grouped(keys) {
  /** @type {Group[]} */
  const groups = [];
  for (const [index, key] of keys.entries()) {
    const last = groups.at(-1);
    if (last?.key === key) last.end = index + 1;
    else groups.push({ key, start: index, end: index + 1 });
  }
  return groups;
}
