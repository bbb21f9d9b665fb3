import assert from "node:assert/strict";
import { test } from "node:test";

// Pages have their configuration in an element.
globalThis.document = { getElementById: () => ({ textContent: "{}" }) };
const { AwsError } = await import("../../site/js/aws/calls.js");
const { inWords } = await import("../../site/js/problems.js");

for (const code of ["CeilingReached", "AllowanceReached", "TooManyRemovalRequests"]) {
  test(`${code} says when to try again, where that is known`, () => {
    const until = "2027-01-15T09:00:00+00:00";
    const time = new Date(until).toLocaleTimeString(undefined, { timeStyle: "short" });
    assert.ok(inWords(new AwsError(code, "", until)).includes(`Try again from ${time}.`));
    assert.ok(!inWords(new AwsError(code, "")).includes("Try again"));
  });
}
