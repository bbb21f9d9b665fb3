import assert from "node:assert/strict";
import { test } from "node:test";
import { restOf, SHOWN } from "../../site/js/viewer/snap.js";

test("a sheet that is released rests at the nearest height", () => {
  assert.equal(restOf(1, 0), "full");
  assert.equal(restOf(0.85, 0), "full");
  assert.equal(restOf(SHOWN.half + 0.1, 0.1), "half");
  assert.equal(restOf(0.4, -0.1), "half");
  assert.equal(restOf(0.2, 0), "closed");
});

test("a flick goes one step further, whichever height is nearest", () => {
  assert.equal(restOf(SHOWN.half + 0.02, 2), "full");
  assert.equal(restOf(0.98, -2), "half");
  assert.equal(restOf(SHOWN.half - 0.02, -2), "closed");
  assert.equal(restOf(0.1, 2), "half");
});

test("a flick beyond the ends stays there", () => {
  assert.equal(restOf(1, 3), "full");
  assert.equal(restOf(0, -3), "closed");
});
