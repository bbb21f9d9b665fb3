import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, typed } from "../../site/js/aws/values.js";
import { numbers } from "./page.js";

/** Any value that a row can hold. */
function value(random, depth = 0) {
  const kind = Math.floor(random.next().value * (depth < 3 ? 6 : 4));
  const inside = () => Array.from({ length: Math.floor(random.next().value * 4) }, () => value(random, depth + 1));
  if (kind === 0) return String.fromCodePoint(...Array.from({ length: 3 }, () => 32 + Math.floor(random.next().value * 50_000)));
  if (kind === 1) return (random.next().value - 0.5) * 10 ** Math.floor(random.next().value * 20);
  if (kind === 2) return random.next().value < 0.5;
  if (kind === 3) return null;
  return kind === 4 ? inside() : Object.fromEntries(inside().map((item, index) => [`name ${index}`, item]));
}

test("a value comes back from DynamoDB as it went there", () => {
  const random = numbers(6);
  for (let round = 0; round < 500; round += 1) {
    const before = value(random);
    assert.deepEqual(plain(JSON.parse(JSON.stringify(typed(before)))), before);
  }
});

test("numbers go as text, and what is undefined doesn't go", () => {
  assert.deepEqual(typed({ a: 1, b: undefined, c: [null] }), { M: { a: { N: "1" }, c: { L: [{ NULL: true }] } } });
});

test("values of other kinds, such as sets and bytes, read as null", () => {
  assert.deepEqual(plain({ M: { a: { SS: ["x"] }, b: { B: "AA==" } } }), { a: null, b: null });
});
