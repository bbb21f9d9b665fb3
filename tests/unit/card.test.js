import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { splits } = await import("../../site/js/sharing/card.js");

test("a name goes on two or three lines, with its words in order", () => {
  assert.deepEqual(splits(["Ada"]), []);
  assert.deepEqual(splits(["Ada", "Lovelace"]), [["Ada", "Lovelace"]]);
  assert.deepEqual(splits(["A", "B", "C"]), [["A", "B C"], ["A", "B", "C"], ["A B", "C"]]);
});
