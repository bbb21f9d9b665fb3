// The photos of a private address: new ones under a heading of their own, then all others by year, the latest first.

import { UNDATED } from "../grid/days.js";
import { groupByYear } from "../grid/years.js";
import { keyOf } from "../photos/urls.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../grid/days.js").Group} Group
 */

/** The key of the group of new photos. */
export const NEW = "new";

/**
 * @param {Photo[]} photos
 * @param {Set<string>} fresh  Keys of the new ones.
 * @returns {{photos: Photo[], groups: Group[]}}  Photos in the order of the groups.
 */
export function newestFirst(photos, fresh) {
  const own = latestFirst(photos.filter((photo) => fresh.has(keyOf(photo))));
  const rest = groupByYear(latestFirst(photos.filter((photo) => !fresh.has(keyOf(photo)))));
  if (!own.length) return rest;
  const others = rest.groups.map(({ key, start, end }) => ({
    // Below a heading, even a single year needs one.
    key: key || (rest.years[0] ?? UNDATED),
    start: start + own.length,
    end: end + own.length,
  }));
  const groups = [{ key: NEW, start: 0, end: own.length }, ...others];
  return { photos: [...own, ...rest.photos], groups: groups.filter(({ start, end }) => end > start) };
}

/** @param {Photo[]} photos */
const latestFirst = (photos) => photos.toSorted((a, b) => (b.takenAt ?? "").localeCompare(a.takenAt ?? ""));
