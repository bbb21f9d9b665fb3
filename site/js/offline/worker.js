// The service worker: it keeps what a visitor has seen, within limits, so that the last albums open without a
// connection. With a connection, everything comes from the network as if it weren't there, and what is gone goes here too.

import pages from "../../pages.json" with { type: "json" };
import { kindOf, oldSets } from "./kept.js";

/** @typedef {import("./kept.js").Kind} Kind */

const worker = /** @type {any} */ (self);
// How many files of each kind are kept. A portrait is about 5 kB, a thumbnail 15 kB and a large picture 300 kB, so about 70 MB at most.
/** @type {Record<Kind, number>} */
const MAX_FILES = { asset: 80, page: 40, people: 40, portrait: 200, thumbnail: 400, large: 60 };
// This many more may gather before the oldest go, since that lists the whole cache.
const SPARE_FILES = 40;
const OFFLINE_PAGE = pages.offline.path;
// How many files a cache has: counted once, since listing a cache takes longer than filling it.
/** @type {Map<string, number>} */
const counts = new Map();

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(keepOfflinePage().then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(worker.clients.claim());
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const kept = kindOf(event.request, location.origin);
  if (kept) event.respondWith(answer(event, kept));
});

async function keepOfflinePage() {
  const cache = await caches.open("page");
  await cache.add(OFFLINE_PAGE);
  // Its style sheet and font, which no page may have requested since this worker started.
  const text = await (await cache.match(OFFLINE_PAGE))?.text();
  const assets = [...(text ?? "").matchAll(/"(\/assets\/[\w.-]+\.(?:css|woff2))"/g)].map(([, path]) => String(path));
  await (await caches.open("asset")).addAll(assets);
}

/**
 * @param {any} event
 * @param {{kind: Kind, cache: string}} kept
 * @returns {Promise<Response>}
 */
async function answer(event, { kind, cache }) {
  const { request } = event;
  // An asset's name contains a hash of its content.
  if (kind === "asset") {
    const found = await caches.match(request);
    if (found) return found;
  }
  try {
    const response = await fetch(request);
    if (response.status === 200 && response.type === "basic") event.waitUntil(keep(kind, cache, request, response.clone()));
    // Gone, or no longer for this visitor: then the gate leads pages elsewhere.
    const isGone = response.status === 404 || response.status === 403 || response.type === "opaqueredirect";
    if (isGone) event.waitUntil(forget(kind, cache, request));
    return response;
  } catch (error) {
    const found = await caches.match(request, { ignoreSearch: kind === "page", ignoreVary: true });
    if (found) return found;
    if (kind !== "page") throw error;
    return (await caches.match(OFFLINE_PAGE, { ignoreVary: true })) ?? Response.error();
  }
}

/**
 * @param {Kind} kind
 * @param {string} name
 * @param {Request} request
 * @param {Response} response
 */
async function keep(kind, name, request, response) {
  const cache = await caches.open(name);
  const count = counts.get(name) ?? (await cache.keys()).length;
  counts.set(name, count + 1);
  await cache.put(kind === "page" ? withoutSearch(request.url) : request, response);
  if (count >= MAX_FILES[kind] + SPARE_FILES) await forgetOldest(cache, name, MAX_FILES[kind]);
  if (kind === "thumbnail" && count === 0) await forgetOldSets();
}

/**
 * @param {Kind} kind
 * @param {string} name
 * @param {Request} request
 */
async function forget(kind, name, request) {
  if (!(await caches.has(name))) return;
  const cache = await caches.open(name);
  if (await cache.delete(request, { ignoreSearch: kind === "page", ignoreVary: true })) counts.delete(name);
}

/**
 * @param {Cache} cache
 * @param {string} name
 * @param {number} max
 */
async function forgetOldest(cache, name, max) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - max)).map((key) => cache.delete(key)));
  counts.set(name, Math.min(keys.length, max));
}

/** Only the sets visited last keep their thumbnails: pages are in the order of their last visit. */
async function forgetOldSets() {
  const visited = await (await caches.open("page")).keys();
  const names = (await caches.keys()).filter((name) => name.startsWith("thumbnail:"));
  for (const name of oldSets(visited.map(({ url }) => new URL(url).pathname), names)) {
    await caches.delete(name);
    counts.delete(name);
  }
}

/** @param {string} url */
const withoutSearch = (url) => url.split("?")[0] ?? url;
