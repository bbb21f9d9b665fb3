import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { sizeWithin, sourcesOf } = await import("../../site/js/photos/renditions.js");

test("a rendition is never larger than its photo, and never without width or height", () => {
  assert.deepEqual(sizeWithin({ width: 6000, height: 4000 }, 1600), { width: 1600, height: 1067 });
  assert.deepEqual(sizeWithin({ width: 300, height: 900 }, 1600), { width: 300, height: 900 });
  assert.deepEqual(sizeWithin({ width: 1, height: 9000 }, 400), { width: 1, height: 400 });
});

test("a comma at the end of a name ends no source", () => {
  assert.equal(
    sourcesOf({ setName: "set", file: "a,", width: 3000, height: 2000 }),
    "/thumbnails/photos/set/a%2C 400w, /thumbnails/1600/photos/set/a%2C 1600w",
  );
});
