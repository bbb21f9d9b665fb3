import assert from "node:assert/strict";
import { test } from "node:test";
import exposures from "../data/exposures.json" with { type: "json" };
import "./page.js";

const { cameraWords, exposureWords, factsOf, fileSize, lensWords, sizeWords, takenWords } = await import("../../site/js/viewer/facts.js");

test("cameras, lenses and exposures read as photographers write them", () => {
  for (const { exif, camera, lens, exposure } of exposures) {
    assert.deepEqual([cameraWords(exif), lensWords(exif), exposureWords(exif)], [camera, lens, exposure], JSON.stringify(exif));
  }
});

test("sizes are in pixels and in the unit that suits them", () => {
  assert.equal(sizeWords({ width: 4000, height: 3000 }, { size: 3_100_000 }), "4000 × 3000, 3.1 MB");
  assert.equal(sizeWords({ width: 40, height: 30 }, {}), "40 × 30");
  assert.equal(fileSize(80_100), "81 kB");
  assert.equal(fileSize(12_345_678), "12.3 MB");
});

test("a photo was taken at the camera's time, wherever the visitor is", () => {
  assert.equal(takenWords("2026-04-17T22:41:05"), "17 April 2026 at 22:41");
  assert.equal(takenWords("2026-04-17T22:41:05+09:00"), "17 April 2026 at 22:41");
  for (const wrong of ["", "yesterday", "2026-04-17", "2026-99-99T22:41:05"]) assert.equal(takenWords(wrong), "");
});

test("unknown facts have no line", () => {
  const photo = { setName: "s", file: "a.jpg", width: 40, height: 30, placeholder: "" };
  const facts = factsOf(photo, { faces: [], title: "", caption: "", words: [], exif: {} });
  assert.deepEqual(facts, [["Size", "40 × 30"], ["File", "a.jpg"]]);
});
