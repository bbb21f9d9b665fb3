import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import "./page.js";

const { cutOf } = await import("../../site/js/people/heads.js");

test("a face is cut from its photo as pages are rendered with it", async () => {
  const cases = JSON.parse(await readFile(new URL("../data/heads.json", import.meta.url), "utf8"));
  for (const { portrait, side, head } of cases) {
    const { url, left, top, width, height } = cutOf(portrait, side);
    assert.equal(url, head[0]);
    for (const [at, number] of [left, top, width, height].entries()) {
      assert.ok(Math.abs(number - head[at + 1]) < 0.01, `${portrait.path}: ${number}`);
    }
  }
});
