import assert from "node:assert/strict";
import { test } from "node:test";
import { dense, depthwise, patches, pool, read } from "../../site/js/picture/network.js";
import { numbers } from "./page.js";

const random = numbers(10);
const floats = (length) => Float32Array.from({ length }, () => random.next().value - 0.5);
const map = (size, depth) => ({ size, depth, data: floats(size * size * depth) });
const at = ({ size, depth, data }, y, x, channel) =>
  y < 0 || x < 0 || y >= size || x >= size ? 0 : data[(y * size + x) * depth + channel];
const close = (value, expected) => assert.ok(Math.abs(value - expected) < 1e-4, `${value} ${expected}`);

test("a dense layer is a product of matrices, at any depth", () => {
  for (const depth of [1, 2, 3, 4, 7]) {
    const [first, filter, bias] = [map(2, depth), floats(depth * 5), floats(5)];
    const made = dense(first, filter, bias);
    assert.deepEqual([made.size, made.depth], [2, 5]);
    for (let output = 0; output < 5; output += 1) {
      let sum = bias[output];
      for (let channel = 0; channel < depth; channel += 1) sum += at(first, 1, 0, channel) * filter[channel * 5 + output];
      close(at(made, 1, 0, output), sum);
    }
  }
});

test("a depthwise layer sees zeros beyond the border", () => {
  const [first, filter] = [map(4, 3), floats(27)];
  const made = depthwise(first, filter);
  for (const [y, x] of [[0, 0], [1, 2], [3, 3]]) {
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      for (let row = 0; row < 3; row += 1) {
        for (let column = 0; column < 3; column += 1) {
          sum += at(first, y + row - 1, x + column - 1, channel) * filter[(row * 3 + column) * 3 + channel];
        }
      }
      close(at(made, y, x, channel), sum);
    }
  }
});

test("patches hold each neighbourhood, row by row", () => {
  const first = map(4, 2);
  const made = patches(first);
  assert.deepEqual([made.size, made.depth], [2, 18]);
  assert.equal(at(made, 1, 0, (2 * 3 + 1) * 2 + 1), at(first, 3, 1, 1));
});

test("a pool takes the largest of each four cells", () => {
  const first = map(5, 1);
  const made = pool(first, 2);
  assert.equal(made.size, 3);
  close(at(made, 0, 1, 0), Math.max(at(first, 0, 2, 0), at(first, 0, 3, 0), at(first, 1, 2, 0), at(first, 1, 3, 0)));
  close(at(made, 2, 2, 0), at(first, 4, 4, 0));
});

test("a score below the minimum gives no box", () => {
  const data = new Float32Array(2 * 2 * 25).fill(-10);
  assert.deepEqual(read({ size: 2, depth: 25, data }), []);
  data.set([0, 0, 0, 0, 10], 25 * 3); // the first anchor of the last cell
  const [found] = read({ size: 2, depth: 25, data });
  assert.ok(found.score > 0.99);
  close(found.box.Left + found.box.Width / 2, 0.75);
  close(found.box.Top + found.box.Height / 2, 0.75);
});
