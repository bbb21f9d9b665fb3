import assert from "node:assert/strict";
import { test } from "node:test";
import { onWaiting, patiently } from "../../site/js/aws/patience.js";

/** @param {string} code */
const failure = (code) => Object.assign(new Error(code), { code });

test("a busy table is asked again after longer and longer pauses", async () => {
  const told = [];
  const pauses = [];
  onWaiting((isWaiting) => told.push(isWaiting));
  const codes = ["ProvisionedThroughputExceededException", "ThrottlingException", "TooManyRequests"];
  const found = await patiently(
    async () => {
      const code = codes.shift();
      if (code) throw failure(code);
      return "found";
    },
    async (milliseconds) => void pauses.push(milliseconds),
  );
  assert.equal(found, "found");
  assert.deepEqual(told, [true, false]);
  [500, 1000, 2000].forEach((most, index) => assert.ok(pauses[index] >= most / 2 && pauses[index] <= most));
});

test("after two minutes the last error is thrown, any other at once", async () => {
  let waited = 0;
  const sleep = async (milliseconds) => void (waited += milliseconds);
  await assert.rejects(patiently(async () => Promise.reject(failure("ThrottlingException")), sleep), { code: "ThrottlingException" });
  assert.ok(waited >= 120_000 && waited < 140_000, String(waited));
  waited = 0;
  const inner = () => patiently(async () => Promise.reject(failure("TooManyRequestsException")), sleep);
  await assert.rejects(patiently(inner, sleep), { code: "TooManyRequestsException" });
  assert.ok(waited < 140_000, "a call within a call waits no longer");
  waited = 0;
  await assert.rejects(patiently(async () => Promise.reject(failure("AccessDenied")), sleep), { code: "AccessDenied" });
  assert.equal(waited, 0);
});

test("the page is told once, however many calls wait", async () => {
  const told = [];
  onWaiting((isWaiting) => told.push(isWaiting));
  const once = () => {
    let isBusy = true;
    return patiently(
      async () => {
        if (isBusy) throw failure("ThrottlingException");
      },
      async () => void (isBusy = false),
    );
  };
  await Promise.all([once(), once(), once()]);
  assert.deepEqual(told, [true, false]);
});
