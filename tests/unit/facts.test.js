import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { cameraWords, exposureWords, factsOf, fileSize, lensWords, sizeWords, takenWords } = await import("../../site/js/viewer/facts.js");

test("an exposure reads as photographers write it", () => {
  assert.equal(exposureWords({ exposure_time: 0.0167, f_number: 2.8, iso: 800 }), "1⁄60 s · f/2.8 · ISO 800");
  assert.equal(exposureWords({ exposure_time: 1 / 8000 }), "1⁄8000 s");
  assert.equal(exposureWords({ exposure_time: 0.5, f_number: 8 }), "0.5 s · f/8");
  assert.equal(exposureWords({ exposure_time: 30, iso: 100 }), "30 s · ISO 100");
  assert.equal(exposureWords({ exposure_time: 0, f_number: 0, iso: 0 }), "");
  assert.equal(exposureWords({}), "");
});

test("a camera's maker is named once", () => {
  assert.equal(cameraWords({ make: "Canon", model: "Canon EOS 5D" }), "Canon EOS 5D");
  assert.equal(cameraWords({ make: "NIKON CORPORATION", model: "NIKON D750" }), "NIKON D750");
  assert.equal(cameraWords({ make: "Apple", model: "iPhone 15" }), "Apple iPhone 15");
  assert.equal(cameraWords({ make: "Apple" }), "Apple");
  assert.equal(cameraWords({ model: "X100" }), "X100");
  assert.equal(cameraWords({}), "");
});

test("a lens tells its focal length once", () => {
  assert.equal(lensWords({ lens: "EF 35mm f/2", focal_length: 35 }), "EF 35mm f/2");
  assert.equal(lensWords({ lens: "XF 18-55mm", focal_length: 23.4 }), "XF 18-55mm · 23.4 mm");
  assert.equal(lensWords({ focal_length: 6.86 }), "6.9 mm");
  assert.equal(lensWords({}), "");
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
