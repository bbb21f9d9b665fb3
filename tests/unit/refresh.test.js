import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { whileVisible } from "../../site/js/refresh.js";

test("a page in view refreshes every 15 seconds, one refresh at a time", async () => {
  mock.timers.enable({ apis: ["setInterval", "Date"] });
  let listener;
  globalThis.document = { visibilityState: "visible", addEventListener: (_, heard) => (listener = heard) };
  let calls = 0;
  let finish = () => {};
  whileVisible(() => {
    calls += 1;
    return new Promise((done) => (finish = done));
  });
  const done = async () => {
    finish();
    await new Promise(setImmediate);
  };
  assert.equal(calls, 1, "at once");
  mock.timers.tick(45_000);
  assert.equal(calls, 1, "the first is still running");
  await done();
  mock.timers.tick(15_000);
  assert.equal(calls, 2);
  await done();
  document.visibilityState = "hidden";
  mock.timers.tick(60_000);
  assert.equal(calls, 2, "nobody looks");
  document.visibilityState = "visible";
  listener();
  assert.equal(calls, 3, "at once when the page is back in view");
  await done();
  listener();
  assert.equal(calls, 3, "not again within seconds");
  mock.timers.reset();
});
