// The photos of the last sets a visitor looked at, as the page had them: without a connection, it shows them again.

import { keyOf, largeUrl, photoUrl, thumbnailUrl } from "../photos/urls.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const CACHE = "rows";
const MAX_SETS = 5;

/**
 * Keep the photos of a set, and forget what the service worker kept of those that are gone.
 * @param {string} setName
 * @param {Photo[]} photos
 */
export async function keepRows(setName, photos) {
  const there = new Set(photos.map(keyOf));
  await forget(((await keptRows(setName)) ?? []).filter((photo) => !there.has(keyOf(photo))));
  const cache = await caches.open(CACHE);
  await cache.put(address(setName), new Response(JSON.stringify(photos)));
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MAX_SETS)).map((key) => cache.delete(key)));
}

/**
 * @param {string} setName
 * @returns {Promise<Photo[] | null>}
 */
export async function keptRows(setName) {
  const found = await caches.match(address(setName), { cacheName: CACHE });
  return found ? found.json() : null;
}

/** @param {Photo[]} gone */
async function forget(gone) {
  if (!gone.length) return;
  const urls = gone.flatMap((photo) => [thumbnailUrl(photo), largeUrl(photo), photoUrl(photo)]);
  const kept = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  await Promise.all(kept.flatMap((cache) => urls.map((url) => cache.delete(url, { ignoreVary: true }))));
}

/** @param {string} setName */
const address = (setName) => `/${CACHE}/${encodeURIComponent(setName)}`;
