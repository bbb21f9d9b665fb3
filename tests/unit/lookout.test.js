import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {any[]} */
const listeners = [];
/** @type {any} */
let observed;
let [reloads, asked, opened] = [0, 0, 200];
/** What the gate answers. @type {any} */
let answer;
let kept = new Map();
const none = { hidden: true };
class Picture {
  constructor(src) {
    this.src = src;
  }
}
Object.assign(globalThis, {
  HTMLImageElement: Picture,
  MutationObserver: class {
    constructor(check) {
      observed = check;
    }
    observe() {}
  },
  addEventListener: (_type, listener) => listeners.push(listener),
  document: { getElementById: (id) => (id === "none" ? none : null) },
  fetch: async () => {
    asked += 1;
    return answer;
  },
  location: { href: "https://photos.example/sets/gala/", origin: "https://photos.example", reload: () => (reloads += 1) },
  sessionStorage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) },
});
performance.getEntriesByType = () => [{ responseStatus: opened }];
const { lookOut } = await import("../../site/js/private/lookout.js");
lookOut();
const failed = (src) => listeners.forEach((listener) => listener({ target: new Picture(src) }));

/** What comes of it if the gate answers so. @param {object} given @param {() => void} happens */
async function when(given, happens) {
  [reloads, asked, answer, kept] = [0, 0, given, new Map()];
  happens();
  happens();
  await new Promise((done) => setTimeout(done));
  return [asked, reloads];
}

test("a page that is closed to its visitor meanwhile comes anew, once", async () => {
  const picture = () => failed("https://photos.example/thumbnails/photos/gala/a.jpg");
  assert.deepEqual(await when({ type: "opaqueredirect", status: 0 }, picture), [1, 1]);
  assert.deepEqual(await when({ type: "basic", status: 404 }, picture), [1, 1]);
  none.hidden = false;
  assert.deepEqual(await when({ type: "opaqueredirect", status: 0 }, () => observed()), [1, 1], "all photos are gone");
});

test("a page that is still open stays", async () => {
  const picture = () => failed("https://photos.example/thumbnails/photos/gala/a.jpg");
  assert.deepEqual(await when({ type: "basic", status: 200 }, picture), [1, 0]);
  assert.deepEqual(await when(null, picture), [1, 0], "no connection");
  assert.deepEqual(await when({ type: "opaqueredirect", status: 0 }, () => failed("blob:https://photos.example/1")), [0, 0]);
  opened = 404;
  assert.deepEqual(await when({ type: "basic", status: 404 }, picture), [0, 0], "it was that page before");
});
