import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const { audienceWords, ceilingWords, deadLetterWords } = await import("../../site/js/owner/own-words.js");

const ceiling = { purpose: "search", used: 342, most: 2000, allowed: 2000, until: null };

test("a ceiling says what is used of the day", () => {
  assert.equal(ceilingWords(ceiling), "342 of 2,000 paid searches today.");
});

test("what is released hour by hour says how much there is for now", () => {
  assert.match(ceilingWords({ ...ceiling, allowed: 900, until: "2026-05-01T15:00:00+00:00" }), /today\. Up to 900 until \d\d:00\.$/);
});

test("a ceiling that is reached says when there is more", () => {
  assert.match(ceilingWords({ ...ceiling, used: 2000, until: "2026-05-02T00:00:00+00:00" }), /There are new ones from \d\d:00\.$/);
  assert.match(ceilingWords({ ...ceiling, used: 0, most: 0, allowed: 0 }), /None are allowed\.$/);
});

test("every reason of the process function has words, and so has one of another release", () => {
  const codes = ["NotAnImage", "EmptyFile", "DamagedImage", "TooLarge", "TooManyPixels", "TooComplex", "BadName", "CeilingReached", "Crashed", "LostReference"];
  const other = deadLetterWords({ key: "", path: null, code: "Newer", reason: "" });
  for (const code of codes) assert.notEqual(deadLetterWords({ key: "", path: null, code, reason: "" }), other);
});

test("an audience has words", () => {
  assert.deepEqual(["public", "link", "members"].map(audienceWords), ["Everybody may see it", "Only with the link", "Only members"]);
});
