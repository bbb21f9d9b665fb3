// Forgets what this browser kept of private pages: when somebody signs out, or may see them no more.

import pages from "../../pages.json" with { type: "json" };
import { make } from "../elements.js";
import { t } from "../language.js";
import { offlineUrl } from "../photos/urls.js";
import { dropPass, forgetUninvited } from "./pass.js";
import { withWayBack } from "./way-back.js";

/** The way to come in again, and back to this page. */
export const linkIn = () =>
  make("a", { className: "textlink", href: withWayBack(pages.enter.path, location.pathname + location.search), textContent: t("Sign in") });

/** Drop the pass, and all that came by it. */
export async function forgetPrivate() {
  dropPass();
  forgetUninvited();
  await forgetKept();
}

/** Drop all pages and pictures that were kept for a time without a connection, and what pages remember. */
export async function forgetKept() {
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
