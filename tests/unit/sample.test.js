import assert from "node:assert/strict";
import { test } from "node:test";
import { draw } from "../../site/js/photos/sample.js";
import { numbers } from "./page.js";

test("draws each item once, and none without weight", () => {
  const drawn = draw(["a", "b", "c", "d"], 10, (item) => (item === "c" ? 0 : 1));
  assert.deepEqual(drawn.toSorted(), ["a", "b", "d"]);
});

test("draws as often as the weights say", () => {
  const random = numbers(5);
  const counts = { a: 0, b: 0 };
  for (let round = 0; round < 20_000; round += 1) {
    const [first] = draw(["a", "b"], 1, (item) => (item === "a" ? 1 : 3), () => random.next().value);
    counts[first] += 1;
  }
  assert.ok(Math.abs(counts.b / 20_000 - 0.75) < 0.02, String(counts.b));
});
