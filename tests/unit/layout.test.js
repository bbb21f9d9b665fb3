import assert from "node:assert/strict";
import test from "node:test";
import { boxInPercent, cropToFace, justify, visible } from "../../site/js/grid/layout.js";

/** A repeatable stream of numbers from 0 to 1. */
function* numbers(seed) {
  let state = seed;
  for (;;) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

test("rows fill the width, keep the shapes and do not overlap", () => {
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

test("the last row is not blown up", () => {
  const layout = justify([1, 1, 1, 1], 380, 120, 4);
  assert.deepEqual(layout.left, [0, 128, 256, 0]);
  assert.equal(layout.height[3], 120);
});

test("a panorama wider than the page shrinks to it", () => {
  const layout = justify([10], 400, 120, 4);
  assert.equal(layout.width[0], 400);
  assert.equal(layout.height[0], 40);
});

test("nothing makes no height", () => {
  assert.equal(justify([], 400, 120, 4).total, 0);
});

test("visible finds exactly the tiles that touch a stretch", () => {
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

test("a box that runs past the edge is cut off there", () => {
  const box = boxInPercent({ Left: -0.1, Top: 0.9, Width: 0.3, Height: 0.5 });
  for (const [name, value] of Object.entries({ left: 0, top: 90, width: 20, height: 10 })) {
    assert.ok(Math.abs(box[name] - value) < 1e-9, name);
  }
});

test("no box leaves the picture", () => {
  const random = numbers(3);
  const next = () => random.next().value * 3 - 1;
  for (let round = 0; round < 1000; round += 1) {
    const box = boxInPercent({ Left: next(), Top: next(), Width: Math.abs(next()), Height: Math.abs(next()) });
    for (const [start, size] of [[box.left, box.width], [box.top, box.height]]) {
      assert.ok(start >= 0 && size >= 0 && start + size <= 100 + 1e-9);
    }
  }
});

test("a crop puts the middle of the face in the middle of the square", () => {
  const crop = cropToFace({ Left: 0.4, Top: 0.2, Width: 0.1, Height: 0.2 }, 2000, 1000, 56);
  assert.ok(Math.abs(0.45 * crop.width + crop.x - 28) < 1e-9);
  assert.ok(Math.abs(0.3 * crop.height + crop.y - 28) < 1e-9);
  assert.ok(Math.abs(crop.width / crop.height - 2) < 1e-9);
});

test("a crop shows nothing beyond the edge of the picture", () => {
  for (const Left of [0, 0.95]) {
    const crop = cropToFace({ Left, Top: 0, Width: 0.05, Height: 0.1 }, 1000, 800, 56);
    assert.ok(crop.x <= 0 && crop.x + crop.width >= 56 - 1e-9);
    assert.ok(crop.y <= 0 && crop.y + crop.height >= 56 - 1e-9);
  }
});
