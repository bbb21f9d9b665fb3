import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { spread, throughCrowd } = await import("../../site/js/uploading/crowd.js");
const { CodedError } = await import("../../site/js/errors.js");

test("a page goes on as long as it is told to wait, each time a little later", async () => {
  const pauses = [];
  const told = [];
  let calls = 0;
  const call = async () => {
    if (++calls <= 100) throw new CodedError("TooManyRequests", "busy");
    return "in";
  };
  assert.equal(await throughCrowd(call, (isWaiting) => told.push(isWaiting), async (pause) => pauses.push(pause)), "in");
  assert.equal(calls, 101);
  assert.deepEqual([told.slice(0, -1).every(Boolean), told.at(-1)], [true, false]);
  assert.ok(pauses[0] <= 3_000);
  assert.ok(pauses.every((pause) => pause <= 45_000));
  assert.ok(pauses.reduce((sum, pause) => sum + pause) > 10 * 120_000);
});

test("what isn't a crowd is told at once", async () => {
  const call = () => Promise.reject(new CodedError("NoEvent", "gone"));
  await assert.rejects(throughCrowd(call, () => {}, async () => {}), { code: "NoEvent" });
});

test("pages that were refused together don't come back together", () => {
  const pauses = Array.from({ length: 200 }, () => spread(1000));
  assert.ok(Math.min(...pauses) < 650 && Math.max(...pauses) > 1350);
  assert.ok(pauses.every((pause) => pause >= 500 && pause <= 1500));
});
