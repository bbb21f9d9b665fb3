import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { withNames } = await import("../../site/js/people/names.js");

const box = (/** @type {number} */ Left) => ({ Left, Top: 0.1, Width: 0.1, Height: 0.1 });
const faces = [{ FaceId: "1", BoundingBox: box(0.1) }, { FaceId: "2", BoundingBox: box(0.6) }];
const ann = { slug: "ann", name: "Ann" };
const bob = { slug: "bob", name: "Bob" };
/** @type {any} */
const known = { people: [ann, bob], photos: { "1.jpg": [[[0.1, 0.1, 0.1, 0.1], 0, "1"], [[0.3, 0.1, 0.1, 0.1], 1, null]] } };

test("faces have the names they are known by, drawn ones too, from left to right", () => {
  const named = withNames(faces, known, "1.jpg");
  assert.deepEqual(named.map(({ FaceId, person }) => [FaceId, person?.name]), [["1", "Ann"], ["", "Bob"], ["2", undefined]]);
});

test("without names, faces are as they were", () => {
  for (const nobody of [null, { people: [], photos: {} }, { ...known, photos: { "2.jpg": known.photos["1.jpg"] } }]) {
    assert.deepEqual(withNames(faces, nobody, "1.jpg").map(({ FaceId, person }) => [FaceId, person]), [["1", undefined], ["2", undefined]]);
  }
});
