import assert from "node:assert/strict";
import { test } from "node:test";
import { ringsOf, TARGET_PX } from "../../site/js/faces/rings.js";
import { numbers } from "./page.js";

test("a ring goes around its face, with some space", () => {
  const [ring] = ringsOf([{ Left: 0.4, Top: 0.2, Width: 0.1, Height: 0.2 }], 1000, 800);
  assert.ok(Math.abs(ring.x - 450) < 1e-9 && Math.abs(ring.y - 240) < 1e-9);
  assert.ok(ring.size > 160 && ring.size < 260);
  assert.equal(ring.reach, ring.size);
});

test("no ring leaves the photo, wherever its face is", () => {
  const random = numbers(5);
  const next = () => random.next().value;
  for (let round = 0; round < 500; round += 1) {
    const box = { Left: next() * 1.4 - 0.2, Top: next() * 1.4 - 0.2, Width: next(), Height: next() };
    const [width, height] = [50 + next() * 2000, 50 + next() * 2000];
    const [{ x, y, size }] = ringsOf([box], width, height);
    assert.ok(x - size / 2 >= -1e-9 && x + size / 2 <= width + 1e-9, "across");
    assert.ok(y - size / 2 >= -1e-9 && y + size / 2 <= height + 1e-9, "down");
  }
});

test("a small face on its own can be hit with a finger", () => {
  const [ring] = ringsOf([{ Left: 0.5, Top: 0.5, Width: 0.01, Height: 0.01 }], 1000, 800);
  assert.ok(ring.size < TARGET_PX);
  assert.equal(ring.reach, TARGET_PX);
});

test("in a crowd no face reaches over the middle of another", () => {
  const boxes = Array.from({ length: 60 }, (_, index) => ({ Left: (index % 12) / 12, Top: Math.floor(index / 12) / 6, Width: 0.02, Height: 0.03 }));
  const rings = ringsOf(boxes, 390, 290);
  assert.equal(rings.length, 60);
  for (const ring of rings) {
    for (const other of rings) {
      const distance = Math.hypot(other.x - ring.x, other.y - ring.y);
      assert.ok(other === ring || distance >= ring.reach / 2);
    }
  }
});
