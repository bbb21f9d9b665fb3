import assert from "node:assert/strict";
import { test } from "node:test";
import { boxInPercent, coverPosition, cropTo, cropToFace, withoutOverlaps } from "../../site/js/faces/boxes.js";
import { numbers } from "./page.js";

test("a box is cut off at the picture's edge", () => {
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

test("a crop has the face in its middle", () => {
  const crop = cropToFace({ Left: 0.4, Top: 0.2, Width: 0.1, Height: 0.2 }, 2000, 1000, 56);
  assert.ok(Math.abs(0.45 * crop.width + crop.x - 28) < 1e-9);
  assert.ok(Math.abs(0.3 * crop.height + crop.y - 28) < 1e-9);
  assert.ok(Math.abs(crop.width / crop.height - 2) < 1e-9);
});

test("a crop shows nothing beyond the picture's edge", () => {
  for (const Left of [0, 0.95]) {
    const crop = cropToFace({ Left, Top: 0, Width: 0.05, Height: 0.1 }, 1000, 800, 56);
    assert.ok(crop.x <= 0 && crop.x + crop.width >= 56 - 1e-9);
    assert.ok(crop.y <= 0 && crop.y + crop.height >= 56 - 1e-9);
  }
});

test("of boxes that overlap, the surest stays", () => {
  const at = (score, Left) => ({ score, box: { Left, Top: 0, Width: 0.2, Height: 0.2 } });
  const scores = (found) => found.map(({ score }) => score);
  assert.deepEqual(scores(withoutOverlaps([at(0.5, 0.02), at(0.9, 0), at(0.7, 0.6)], 0.4)), [0.9, 0.7]);
  assert.deepEqual(scores(withoutOverlaps([at(0.5, 0.19), at(0.9, 0)], 0.4)), [0.9, 0.5], "an edge in common is not enough");
  assert.deepEqual(withoutOverlaps([], 0.4), []);
});

test("a small box inside a large one is the same face", () => {
  const large = { score: 0.9, box: { Left: 0, Top: 0, Width: 0.8, Height: 0.8 } };
  const small = { score: 0.5, box: { Left: 0.2, Top: 0.2, Width: 0.1, Height: 0.1 } };
  assert.deepEqual(withoutOverlaps([small, large], 0.4), [large]);
});

test("a box in a half-filled square becomes one in the picture", () => {
  const box = cropTo({ Left: 0.25, Top: 0.5, Width: 0.25, Height: 0.25 }, 0.5, 1);
  assert.deepEqual(box, { Left: 0.5, Top: 0.5, Width: 0.5, Height: 0.25 });
  assert.deepEqual(cropTo({ Left: 0.6, Top: 0, Width: 0.3, Height: 1 }, 0.5, 1), { Left: 1, Top: 0, Width: 0, Height: 1 });
});

test("a picture that covers a square has its face in the middle, as far as possible", () => {
  const face = (Left, Top) => ({ Left, Top, Width: 0.2, Height: 0.2 });
  assert.equal(coverPosition(face(0.4, 0.4), 200, 100), "50% 50%");
  assert.equal(coverPosition(face(0, 0.4), 200, 100), "0% 50%");
  assert.equal(coverPosition(face(0.4, 0.8), 100, 200), "50% 100%");
  assert.equal(coverPosition(undefined, 100, 200), "50% 25%");
});
