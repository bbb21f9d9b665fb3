// What this browser has seen at a private address: photos that it hasn't are new since the last visit. Only the browser
// knows of visits; the site doesn't.

import { keyOf } from "../photos/urls.js";
import { store, stored } from "../place.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

// The site has a new address's photos long before.
const FOUND_MS = 600_000;

/** @param {string} id */
const foundFor = (id) => `posted-found:${id}`;

/** Keep the photos that a selfie found, until the site has them itself. @param {string} id @param {Photo[]} photos */
export const keepFound = (id, photos) => store(foundFor(id), { photos, at: Date.now() });

/** @param {string} id @returns {Photo[] | null}  Null if nothing was found, or long ago. */
export function foundBefore(id) {
  const found = stored(foundFor(id));
  return found && Date.now() - found.at < FOUND_MS ? found.photos : null;
}

/** The site has the photos now. @param {string} id */
export const dropFound = (id) => sessionStorage.removeItem(foundFor(id));

/** @param {string} id */
const memory = (id) => `kinpics.posted.${id}`;

/** @typedef {{photos: string[], renewed: number}} Visit  When the address was last renewed: milliseconds since 1970. */

/** @param {string} id @returns {Visit | null}  Null on the first visit. */
function lastVisit(id) {
  try {
    return JSON.parse(localStorage.getItem(memory(id)) ?? "null");
  } catch {
    return null;
  }
}

/**
 * The photos that are new since the last visit; reloading the page is no new visit.
 * @param {string} id
 * @param {Photo[]} photos
 * @returns {Set<string>}  Their keys.
 */
export function visit(id, photos) {
  const keys = photos.map(keyOf);
  const before = stored(memory(id)) ?? lastVisit(id)?.photos ?? keys;
  store(memory(id), before);
  keep(id, { photos: keys, renewed: lastVisit(id)?.renewed ?? Date.now() });
  const known = new Set(before);
  return new Set(keys.filter((key) => !known.has(key)));
}

/** When the address was renewed from here; 0 if never. @param {string} id */
export const renewedAt = (id) => lastVisit(id)?.renewed ?? 0;

/** @param {string} id */
export function noteRenewed(id) {
  keep(id, { photos: lastVisit(id)?.photos ?? [], renewed: Date.now() });
}

/** Know nothing of an address any more. @param {string} id */
export function forgetVisits(id) {
  dropFound(id);
  sessionStorage.removeItem(memory(id));
  localStorage.removeItem(memory(id));
}

/** @param {string} id @param {Visit} seen */
function keep(id, seen) {
  try {
    localStorage.setItem(memory(id), JSON.stringify(seen));
  } catch {
    // storage is full or switched off: nothing is marked as new then
  }
}
