// A person's photos under headings: one for each year, latest first, and at the end those that may show somebody else.

import { t } from "../language.js";
import { SURE } from "../photos/likeness.js";
import { dateIn, UNDATED } from "./days.js";
import { headingOf, sectionOf } from "./sections.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./days.js").Group} Group
 */

const LIKELY = "likely";

/**
 * Photos of one year, or without dates, stay as they are.
 * @param {Photo[]} photos  Best match first; uncertain ones stay in that order.
 * @returns {{photos: Photo[], groups: Group[], years: string[]}}  Photos in the order of the groups; years from the first.
 */
export function groupByYear(photos) {
  /** @type {Map<string, Photo[]>} */
  const byKey = new Map();
  for (const photo of photos) byKey.set(keyFor(photo), [...(byKey.get(keyFor(photo)) ?? []), photo]);
  const years = [...byKey.keys()].filter((key) => key !== UNDATED && key !== LIKELY).sort();
  if (years.length < 2) return { photos, groups: [{ key: "", start: 0, end: photos.length }], years };
  /** @type {Photo[]} */
  const ordered = [];
  const groups = [...years.toReversed(), UNDATED, LIKELY].flatMap((key) => {
    const own = byKey.get(key) ?? [];
    const start = ordered.length;
    ordered.push(...(key === LIKELY ? own : latestFirst(own)));
    return own.length ? [{ key, start, end: ordered.length }] : [];
  });
  return { photos: ordered, groups, years };
}

/** @param {Group} group */
export const yearSection = (group) => sectionOf(group, heading);

/** @param {string} key */
const heading = (key) => (key === LIKELY ? t("Likely") : key === UNDATED ? headingOf(key) : key);

/** @param {Photo} photo */
function keyFor({ similarity = 100, takenAt }) {
  if (similarity < SURE) return LIKELY;
  return dateIn(takenAt).slice(0, 4) || UNDATED;
}

/** @param {Photo[]} photos */
const latestFirst = (photos) => photos.toSorted((a, b) => (b.takenAt ?? "").localeCompare(a.takenAt ?? ""));
