// Forgets what this browser kept of private pages: when somebody signs out, or may see them no more.

import { offlineUrl } from "../photos/urls.js";
import { dropPass, forgetUninvited } from "./pass.js";

/** Drop the pass, all pages and pictures that were kept for a time without a connection, and what pages remember. */
export async function forgetPrivate() {
  dropPass();
  forgetUninvited();
  try {
    sessionStorage.clear();
  } catch {
    // nothing was stored then
  }
  // Without HTTPS, and in some private windows, browsers have none.
  const { caches } = globalThis;
  for (const name of (await caches?.keys()) ?? []) {
    const isOpen = OPEN[name];
    if (!isOpen) await caches.delete(name);
    else await deleteFrom(await caches.open(name), isOpen);
  }
}

// What anybody may have, by its cache: pages need their scripts and fonts, and one says that there is no connection.
/** @type {Record<string, (path: string) => boolean>} */
const OPEN = {
  asset: (path) => path.startsWith("/assets/"),
  page: (path) => path === offlineUrl,
};

/**
 * @param {Cache} cache
 * @param {(path: string) => boolean} isOpen
 */
async function deleteFrom(cache, isOpen) {
  for (const request of await cache.keys()) if (!isOpen(new URL(request.url).pathname)) await cache.delete(request);
}
