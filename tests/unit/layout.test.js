import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { divide, justify, measureAt, visible } from "../../site/js/grid/layout.js";
import { numbers } from "./page.js";

const read = (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

const shapes = (random, count) => Array.from({ length: count }, () => 0.5 + random.next().value * 1.5);

test("rows fill the width, keep the shapes and don't overlap", () => {
  const random = numbers(1);
  for (let round = 0; round < 200; round += 1) {
    const count = Math.floor(random.next().value * 40);
    const aspects = Array.from({ length: count }, () => 0.2 + random.next().value * 4);
    const width = 200 + random.next().value * 1500;
    const layout = justify(aspects, width, 4);
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

test("rows are those that pages are rendered with", async () => {
  for (const { aspects, wanted, only, ends, rest } of JSON.parse(await read("tests/data/rows.json"))) {
    const rows = divide(aspects, wanted, only);
    assert.deepEqual(rows.ends, ends);
    assert.ok(Math.abs(rows.rest - rest) < 1e-9);
  }
});

test("the style sheet changes at the widths where rows do", async () => {
  const measures = JSON.parse(await read("site/rows.json"));
  const css = await read("site/css/photos.css");
  const widths = [...css.matchAll(/@container \((?:width >= )?(\d+)px/g)].map((match) => Number(match[1]));
  assert.deepEqual(widths, measures.slice(1).map((measure) => measure.from));
  assert.deepEqual([...css.matchAll(/width < (\d+)px\)/g)].map((match) => Number(match[1])), widths);
  assert.deepEqual(measureAt(320), measures[0]);
  assert.deepEqual(measureAt(4000), measures.at(-1));
});

test("no photo is left over for the last row", () => {
  const random = numbers(3);
  for (let count = 12; count < 80; count += 1) {
    const layout = justify(shapes(random, count), 1300, 6);
    const last = layout.top.filter((top) => top === layout.top.at(-1)).length;
    assert.ok(last > 1, `${count} photos leave ${last}`);
    assert.ok(layout.left.at(-1) + layout.width.at(-1) > 1299, "the last row is full");
  }
});

test("rows are about as high as they should be", () => {
  const random = numbers(4);
  for (const width of [390, 700, 1000, 1300, 2000]) {
    const heights = justify(shapes(random, 300), width, 6).height.map((height) => height / width / measureAt(width).height);
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    assert.ok(low > 0.55 && high < 1.75, `${low} to ${high} at ${width}`);
  }
});

test("a photo alone is larger than one among others, but not as wide as the page", () => {
  const { width, height } = justify([1.5], 1300, 6, 1, true);
  assert.ok(height[0] > 500 && width[0] < 1000);
});

test("a photo alone under its heading is hardly larger than those in the rows of others", () => {
  const { height } = justify([1.5], 1300, 6);
  assert.equal(Math.round(height[0]), Math.round(1300 * measureAt(1300).only));
});

test("few photos are larger if they are all of a page", () => {
  const rows = (alone) => new Set(justify(Array(6).fill(1.33), 2000, 6, 1, alone).top).size;
  assert.deepEqual([rows(false), rows(true)], [1, 2]);
});

test("panoramas and portraits have rows of their own kind", () => {
  assert.equal(new Set(justify([3, 3, 3, 3], 390, 4).top).size, 4);
  assert.equal(new Set(justify(Array(9).fill(0.66), 390, 4).top).size, 3);
});

test("a panorama wider than the page shrinks to it", () => {
  const layout = justify([10], 400, 4);
  assert.equal(layout.width[0], 400);
  assert.equal(layout.height[0], 40);
});

test("a grid without photos has no height", () => {
  assert.equal(justify([], 400, 4).total, 0);
});

test("ten thousand photos are laid out in a moment", () => {
  const start = performance.now();
  justify(shapes(numbers(5), 10_000), 1300, 6);
  assert.ok(performance.now() - start < 1000);
});

test("visible finds just the tiles that touch a stretch", () => {
  const random = numbers(2);
  const layout = justify(Array.from({ length: 500 }, () => 0.5 + random.next().value * 2), 900, 4);
  for (let round = 0; round < 200; round += 1) {
    const from = random.next().value * layout.total;
    const to = from + random.next().value * 1000;
    const expected = layout.top.map((top, index) => top < to && top + layout.height[index] > from);
    const [first, last] = visible(layout, from, to);
    assert.deepEqual(expected.map((_, index) => index >= first && index < last), expected);
  }
});
