import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOfPixels } from "../../site/js/picture/quality.js";
import { numbers } from "./page.js";

const SIDE = 112;

/** Grey pixels of a square. */
function pixels(lightAt) {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4).fill(255);
  for (let at = 0; at < SIDE * SIDE; at += 1) data.fill(lightAt(at % SIDE, Math.floor(at / SIDE)), at * 4, at * 4 + 3);
  return data;
}

test("a bright face with edges has no fault", () => {
  assert.equal(faultOfPixels(pixels((x) => (Math.floor(x / 8) % 2 ? 220 : 60))), null);
});

test("a face in the dark is too dark, however sharp", () => {
  assert.equal(faultOfPixels(pixels((x) => (x % 2 ? 60 : 0))), "FaceTooDark");
  assert.equal(faultOfPixels(pixels(() => 0)), "FaceTooDark");
});

test("a face without edges is too blurry", () => {
  assert.equal(faultOfPixels(pixels((x, y) => 120 + 100 * Math.sin((x + y) / 30))), "FaceTooBlurred");
});

test("noise counts as sharp", () => {
  const random = numbers(8);
  assert.equal(faultOfPixels(pixels(() => 80 + random.next().value * 100)), null);
});
