import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { config } = await import("../../site/js/config.js");
const { fullSize, wantsOriginal } = await import("../../site/js/viewer/sizes.js");

const photo = { width: 6000, height: 4000 };

test("a photo may be shown at its own size, a small one at twice that", () => {
  assert.deepEqual(fullSize(photo), { width: 6000, height: 4000 });
  assert.deepEqual(fullSize({ width: 300, height: 200 }), { width: 600, height: 400 });
});

test("the original is loaded if it shows more, and if it may and can be shown", () => {
  assert.ok(wantsOriginal(photo, "image/jpeg", 1700));
  assert.ok(!wantsOriginal(photo, "image/jpeg", 1500), "the large rendition has enough pixels");
  assert.ok(!wantsOriginal({ width: 1200, height: 800 }, "image/jpeg", 3000), "the original has no more");
  for (const type of ["image/heic", "image/tiff", undefined]) assert.ok(!wantsOriginal(photo, type, 3000), type);
  config.originals = false;
  assert.ok(!wantsOriginal(photo, "image/jpeg", 3000), "visitors may not have it");
  assert.deepEqual(fullSize(photo), { width: 3200, height: 2133 });
});
