import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf, oldSets } from "../../site/js/offline/kept.js";

const SITE = "https://photos.example";

/** @param {string} path @param {object} [more] */
const request = (path, more = {}) => ({ method: "GET", mode: "no-cors", url: SITE + path, ...more });

test("pages, assets, pictures and names are kept, everything else is left to the browser", () => {
  const cases = [
    [request("/sets/2024_newport/?pic=a.jpg", { mode: "navigate" }), "page", "page"],
    [request("/assets/main-ABC.js"), "asset", "asset"],
    [request("/search/words-ABC.json"), "asset", "asset"],
    [request("/people/people.json"), "people", "people"],
    [request("/people/ann-2/photos.json"), "people", "people"],
    [request("/sets/2024_newport/people.json"), "people", "people"],
    [request("/people/portraits/0123456789abcdef.webp"), "portrait", "portrait"],
    [request("/people/ann/", { mode: "navigate" }), "page", "page"],
    [request("/thumbnails/photos/2024_newport/a.jpg"), "thumbnail", "thumbnail:2024_newport"],
    [request("/thumbnails/1600/photos/2024_newport/a.jpg"), "large", "large"],
    [request("/photos/2024_newport/a.jpg"), null],
    [request("/photos/2024_newport/a.jpg", { mode: "navigate" }), null], // a browser opens or saves it by itself
    [request("/thumbnails/1600/photos/2024_newport/a.jpg", { mode: "navigate" }), "large", "large"],
    [request("/thumbnails/photos/2024_newport/a.jpg", { method: "HEAD" }), null],
    [request("/", { method: "POST", mode: "navigate" }), null],
    [request("/posted/#secret", { mode: "navigate" }), null], // a private address leaves no trace here
    [request("/posted/0123456789abcdef0123456789abcdef/photos.json"), null],
    [{ ...request(""), url: "https://dynamodb.us-east-1.amazonaws.com/assets/x" }, null],
  ];
  for (const [asked, kind, cache] of cases) {
    assert.deepEqual(kindOf(asked, SITE), kind ? { kind, cache } : null, asked.url);
  }
});

test("the five sets opened last keep their thumbnails", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g"].map((name) => `thumbnail:${name}`);
  const visited = ["/sets/b/", "/", "/sets/c/", "/sets/d/", "/sets/e/", "/sets/f/all/", "/sets/a/"];
  assert.deepEqual(oldSets(visited, names), ["thumbnail:b", "thumbnail:g"]);
  assert.deepEqual(oldSets([], names.slice(0, 5)), []);
});
