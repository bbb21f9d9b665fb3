// The photos of the last sets a visitor looked at, as the page had them: without a connection, it shows them again.

/** @typedef {import("../photos/rows.js").Photo} Photo */

const CACHE = "rows";
const MAX_SETS = 5;

/**
 * @param {string} setName
 * @param {Photo[]} photos
 */
export async function keepRows(setName, photos) {
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

/** @param {string} setName */
const address = (setName) => `/${CACHE}/${encodeURIComponent(setName)}`;
