import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const SITE = "https://photos.example";

/** A browser's caches, in memory: as much of them as the scripts use. */
class Caches {
  /** @type {Map<string, Map<string, any>>} */
  all = new Map();

  async has(name) {
    return this.all.has(name);
  }

  async keys() {
    return [...this.all.keys()];
  }

  async open(name) {
    const kept = this.all.get(name) ?? new Map();
    this.all.set(name, kept);
    return {
      keys: async () => [...kept.keys()].map((url) => ({ url })),
      put: async (request, response) => void kept.set(urlOf(request), response),
      delete: async (request, { ignoreSearch = false } = {}) => {
        const url = urlOf(request);
        return kept.delete(ignoreSearch ? url.split("?")[0] : url);
      },
    };
  }

  async delete(name) {
    return this.all.delete(name);
  }

  async match(request, { cacheName = "" } = {}) {
    return this.all.get(cacheName)?.get(urlOf(request));
  }

  /** Every address that something is kept for. */
  get addresses() {
    return [...this.all.values()].flatMap((kept) => [...kept.keys()]).sort();
  }
}

/** @param {any} request */
const urlOf = (request) => new URL(request.url ?? request, SITE).href;

const handlers = {};
Object.assign(globalThis, {
  location: new URL(`${SITE}/sw.js`),
  self: { addEventListener: (name, handler) => (handlers[name] = handler) },
});
await import("../../site/js/offline/worker.js");
const { forgetPrivate } = await import("../../site/js/private/forget.js");
const { keepRows } = await import("../../site/js/offline/rows.js");

/** Ask the worker for an address that is, or isn't, on the site. */
async function ask(path, status, mode = "no-cors", type = "basic") {
  globalThis.fetch = async () => ({ status, type, clone: () => ({}) });
  const work = [];
  handlers.fetch({
    request: { method: "GET", mode, url: SITE + path },
    respondWith: (answer) => work.push(answer),
    waitUntil: (done) => work.push(done),
  });
  await work[0];
  await Promise.all(work);
}

const photo = (file) => ({ setName: "set", file, width: 3, height: 2, placeholder: "" });
const pathsOf = (file) => [`/sets/set/photos/${file}/`, `/thumbnails/1600/photos/set/${file}`, `/thumbnails/photos/set/${file}`];

test("what is no longer on the site isn't kept", async () => {
  globalThis.caches = new Caches();
  for (const status of [200, 503, 404]) {
    for (const path of pathsOf("a.jpg")) await ask(`${path}?again`, status, path.startsWith("/sets/") ? "navigate" : "no-cors");
    assert.equal(globalThis.caches.addresses.length, status === 404 ? 0 : 3, String(status));
  }
  await ask("/thumbnails/photos/other/a.jpg", 404);
  assert.ok(!(await globalThis.caches.has("thumbnail:other")));
});

test("what the gate refuses now isn't kept", async () => {
  globalThis.caches = new Caches();
  for (const [status, type] of [[200, "basic"], [403, "basic"]]) await ask("/thumbnails/photos/set/a.jpg", status, "no-cors", type);
  for (const [status, type] of [[200, "basic"], [0, "opaqueredirect"]]) await ask("/sets/set/", status, "navigate", type);
  assert.deepEqual(globalThis.caches.addresses, []);
});

test("signing out leaves only what anybody may have", async () => {
  globalThis.caches = new Caches();
  Object.assign(globalThis.document, { cookie: "" });
  const storage = { removeItem: () => {}, clear: () => {} };
  Object.assign(globalThis, { localStorage: storage, sessionStorage: storage });
  await keepRows("set", [photo("a.jpg")]);
  for (const path of [...pathsOf("a.jpg"), "/", "/offline/"]) await ask(path, 200, path.includes("thumbnails") ? "no-cors" : "navigate");
  for (const path of ["/assets/main-A.js", "/search/words-B.json", "/people/people.json"]) await ask(path, 200);
  await forgetPrivate();
  assert.deepEqual(globalThis.caches.addresses, ["/assets/main-A.js", "/offline/"].map((path) => SITE + path));
});

test("nothing is kept of a photo that is gone from its album", async () => {
  globalThis.caches = new Caches();
  await keepRows("set", [photo("a.jpg"), photo("b.jpg")]);
  for (const file of ["a.jpg", "b.jpg"]) {
    for (const path of pathsOf(file)) await ask(path, 200, path.startsWith("/sets/") ? "navigate" : "no-cors");
  }
  await keepRows("set", [photo("b.jpg")]);
  assert.deepEqual(globalThis.caches.addresses, ["/rows/set", ...pathsOf("b.jpg")].map((path) => SITE + path).sort());
});
