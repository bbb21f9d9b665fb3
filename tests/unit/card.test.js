import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { splits } = await import("../../site/js/sharing/card.js");

test("a name goes into two lines or three, with its words in their order", () => {
  assert.deepEqual(splits(["Ada"]), []);
  assert.deepEqual(splits(["Ada", "Lovelace"]), [["Ada", "Lovelace"]]);
  assert.deepEqual(splits(["A", "B", "C"]), [["A", "B C"], ["A", "B", "C"], ["A B", "C"]]);
});
