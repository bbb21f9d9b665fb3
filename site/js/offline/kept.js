// What the service worker keeps, and where.

/** @typedef {"asset" | "page" | "people" | "portrait" | "thumbnail" | "large"} Kind */

// Thumbnails are kept for this many sets, the ones visited last.
const MAX_SETS = 5;
const THUMBNAIL = /^\/thumbnails\/photos\/([^/]+)\//;
const LARGE = /^\/thumbnails\/\d+\/photos\//;
// Assets, and what the search page searches (scripts/site/search_index.py).
const NAMED_BY_CONTENT = /^\/(?:assets\/|search\/words-)/;
// What visitors may know about people (functions/people/public_files.py).
const PEOPLE = /^\/(?:people\/people|people\/[^/]+\/photos|sets\/[^/]+\/people)\.json$/;
const PORTRAIT = /^\/people\/portraits\//;
// Downloads may be many megabytes. They aren't kept, even if the browser opens or saves one as a page.
const DOWNLOAD = /^\/photos\//;
// The page of a private address: nobody who comes to this device later should find it.
const POSTED = /^\/posted\//;

/**
 * @param {{method: string, mode: string, url: string}} request
 * @param {string} origin  The site's.
 * @returns {{kind: Kind, cache: string} | null}  Null if it is left to the browser.
 */
export function kindOf(request, origin) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin || DOWNLOAD.test(url.pathname)) return null;
  if (POSTED.test(url.pathname)) return null;
  if (NAMED_BY_CONTENT.test(url.pathname)) return { kind: "asset", cache: "asset" };
  const set = THUMBNAIL.exec(url.pathname);
  if (set) return { kind: "thumbnail", cache: `thumbnail:${set[1]}` };
  if (LARGE.test(url.pathname)) return { kind: "large", cache: "large" };
  if (PEOPLE.test(url.pathname)) return { kind: "people", cache: "people" };
  if (PORTRAIT.test(url.pathname)) return { kind: "portrait", cache: "portrait" };
  return request.mode === "navigate" ? { kind: "page", cache: "page" } : null;
}

/**
 * The caches of thumbnails to delete.
 * @param {string[]} visited  Paths of pages, the most recently visited at the end.
 * @param {string[]} names  Of the caches.
 */
export function oldSets(visited, names) {
  /** @param {string} name */
  const lastVisit = (name) => visited.findLastIndex((path) => path.startsWith(`/sets/${name.slice("thumbnail:".length)}/`));
  return [...names].sort((a, b) => lastVisit(b) - lastVisit(a)).slice(MAX_SETS);
}
