import assert from "node:assert/strict";
import { test } from "node:test";
import { isReturn, remember, returnToPlace, store, stored } from "../../site/js/place.js";

const kept = new Map();
globalThis.sessionStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => {
    if (value.length > 100) throw new Error("QuotaExceededError");
    kept.set(name, value);
  },
  removeItem: (name) => kept.delete(name),
};

test("photos are there again, unless they are too many to keep", () => {
  store("photos:a", [{ file: "x.jpg" }]);
  assert.deepEqual(stored("photos:a"), [{ file: "x.jpg" }]);
  store("photos:a", "x".repeat(200));
  assert.equal(stored("photos:a"), null, "nothing old stays either");
  assert.equal(stored("photos:b"), null);
  kept.set("photos:c", "{");
  assert.equal(stored("photos:c"), null, "what can't be read is nothing");
});

test("a visitor who comes back is taken to the same place", () => {
  let top = 0;
  globalThis.scrollTo = (_, y) => (top = y);
  globalThis.history = { state: null, replaceState: (state) => (history.state = state) };
  globalThis.scrollY = 1234.6;
  returnToPlace();
  assert.deepEqual([isReturn(), top], [false, 0], "a first visit stays at the top");
  history.state = { opened: true };
  remember();
  returnToPlace();
  assert.deepEqual([isReturn(), top, history.state.opened], [true, 1235, true]);
});
