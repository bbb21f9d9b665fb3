import assert from "node:assert/strict";
import test from "node:test";
import { justify, visible } from "../../site/js/grid/layout.js";
import { numbers } from "./page.js";

test("rows fill the width, keep the shapes and don't overlap", () => {
  const random = numbers(1);
  for (let round = 0; round < 200; round += 1) {
    const count = Math.floor(random.next().value * 40);
    const aspects = Array.from({ length: count }, () => 0.2 + random.next().value * 4);
    const width = 200 + random.next().value * 1500;
    const layout = justify(aspects, width, 120, 4);
    let right = -4;
    for (let index = 0; index < count; index += 1) {
      const [left, top, w, h] = [layout.left[index], layout.top[index], layout.width[index], layout.height[index]];
      assert.ok(Math.abs(w / h - aspects[index]) < 1e-9);
      assert.ok(left + w <= width + 1e-6);
      if (left === 0) {
        if (index) assert.ok(Math.abs(right - width) < 1e-6, "a full row ends at the edge");
      } else {
        assert.ok(Math.abs(left - right - 4) < 1e-6);
        assert.equal(top, layout.top[index - 1]);
      }
      right = left + w;
      assert.ok(top + h <= layout.total + 1e-6);
    }
  }
});

test("the last row keeps its height", () => {
  const layout = justify([1, 1, 1, 1], 380, 120, 4);
  assert.deepEqual(layout.left, [0, 128, 256, 0]);
  assert.equal(layout.height[3], 120);
});

test("a panorama wider than the page shrinks to it", () => {
  const layout = justify([10], 400, 120, 4);
  assert.equal(layout.width[0], 400);
  assert.equal(layout.height[0], 40);
});

test("a grid without photos has no height", () => {
  assert.equal(justify([], 400, 120, 4).total, 0);
});

test("visible finds just the tiles that touch a stretch", () => {
  const random = numbers(2);
  const layout = justify(Array.from({ length: 500 }, () => 0.5 + random.next().value * 2), 900, 150, 4);
  for (let round = 0; round < 200; round += 1) {
    const from = random.next().value * layout.total;
    const to = from + random.next().value * 1000;
    const expected = layout.top.map((top, index) => top < to && top + layout.height[index] > from);
    const [first, last] = visible(layout, from, to);
    assert.deepEqual(expected.map((_, index) => index >= first && index < last), expected);
  }
});
