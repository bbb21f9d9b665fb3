import assert from "node:assert/strict";
import { test } from "node:test";

const { outlineOf } = await import("../../site/js/sharing/outline.js");

/** The dark modules of an outline, as rows of booleans. @param {import("../../site/js/sharing/outline.js").Outline} outline */
function modulesOf({ side, ink }) {
  const rows = Array.from({ length: side }, () => Array(side).fill(false));
  for (const [, x, y, length] of ink.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(length));
  return rows;
}

test("a QR code has its three corners and four light modules around it", () => {
  const outline = outlineOf("https://example.org/sets/a/");
  const rows = modulesOf(outline);
  const corner = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
  const cut = (/** @type {number} */ top, /** @type {number} */ left) =>
    rows.slice(top, top + 7).map((row) => row.slice(left, left + 7).map(Number).join(""));
  const far = outline.side - 4 - 7;
  for (const [top, left] of /** @type {const} */ ([[4, 4], [4, far], [far, 4]])) assert.deepEqual(cut(top, left), corner);
  const border = [...rows.slice(0, 4), ...rows.slice(-4), ...rows.map((row) => [...row.slice(0, 4), ...row.slice(-4)])];
  assert.ok(border.flat().every((isDark) => !isDark));
});

test("a longer address makes a larger code, and each address its own", () => {
  const short = outlineOf("https://example.org/");
  const long = outlineOf(`https://example.org/sets/${"%C3%A4".repeat(100)}/`);
  assert.ok(long.side > short.side);
  assert.notEqual(outlineOf("https://example.org/a").ink, outlineOf("https://example.org/b").ink);
});
