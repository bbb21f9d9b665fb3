import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { idOf, newSecret, pageUrl, photosUrl, secretIn } = await import("../../site/js/posted/address.js");
const { newestFirst } = await import("../../site/js/posted/newest.js");
const { surest } = await import("../../site/js/posted/offer.js");

/** @param {string} file @param {string} [takenAt] @param {number} [similarity] */
const photo = (file, takenAt, similarity = 100) => ({
  ...{ setName: "set", file, width: 3, height: 2, placeholder: "", takenAt, similarity },
  face: { FaceId: `face-${file}`, BoundingBox: { Left: 0, Top: 0, Width: 1, Height: 1 } },
});

test("a secret has 128 bits and stands after the #, where no site sees it", () => {
  const secrets = Array.from({ length: 200 }, newSecret);
  assert.equal(new Set(secrets).size, 200);
  for (const secret of secrets) {
    const url = new URL(pageUrl(secret), "https://photos.example");
    assert.equal(url.pathname, "/posted/");
    assert.equal(secretIn(url.hash), secret);
  }
});

test("half an address, or something else behind the #, is no secret", () => {
  const secret = newSecret();
  for (const hash of ["", "#", `#${secret.slice(0, 11)}`, `#${secret}x`, "#main", `#${secret.slice(1)}.`]) {
    assert.equal(secretIn(hash), "", hash);
  }
});

test("an address is called on the site as the functions call it", async () => {
  // tests/unit/test_posted_photos.py has the same one.
  assert.equal(await idOf("AbCdEfGhIjKlMnOpQrStUv"), "8bfb4a7f6c1cb4073b47072626084118");
  assert.equal(photosUrl("0123"), "/posted/0123/photos.json");
});

test("only sure faces stand for a visitor, or the best one alone", () => {
  const found = [photo("a", "", 99.8), photo("b", "", 99.5), photo("c", "", 95), photo("d", "", 99.1), photo("e", "", 99.2)];
  assert.deepEqual(surest(found), ["face-a", "face-b", "face-d"]);
  assert.deepEqual(surest([photo("c", "", 91), photo("d", "", 90)]), ["face-c"]);
  assert.deepEqual(surest([{ ...photo("a"), face: undefined }]), []);
});

test("new photos come first, then the others by year, the latest first", () => {
  const photos = [photo("a", "2024-05-01T10:00:00"), photo("b", "2026-01-01T10:00:00"), photo("c"), photo("d", "2026-03-01T10:00:00")];
  const both = newestFirst(photos, new Set(["set/a", "set/c"]));
  assert.deepEqual(both.photos.map(({ file }) => file), ["a", "c", "d", "b"]);
  assert.deepEqual(both.groups, [
    { key: "new", start: 0, end: 2 },
    { key: "2026", start: 2, end: 4 },
  ]);
  const allNew = newestFirst(photos, new Set(photos.map(({ file }) => `set/${file}`)));
  assert.deepEqual(allNew.groups, [{ key: "new", start: 0, end: 4 }]);
  const undated = newestFirst([photo("x"), photo("y")], new Set(["set/y"]));
  assert.deepEqual(undated.groups.map(({ key }) => key), ["new", "undated"]);
  assert.deepEqual(newestFirst(photos, new Set()).photos.map(({ file }) => file), ["d", "b", "a", "c"]);
});
