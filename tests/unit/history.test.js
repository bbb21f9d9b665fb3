import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const { sentenceOf } = await import("../../site/js/owner/history.js");

test("a birth date is written as the language writes days, the same day west of Greenwich", () => {
  process.env.TZ = "America/Los_Angeles";
  const birth = { id: "1", kind: "birth", at: "2026-11-26T12:00:00Z", by: "cli", person: { id: "a", name: "Ann" }, faces: 0, undone: false };
  assert.equal(sentenceOf({ ...birth, date: "1976-12-09" }), "Ann was born on 9 December 1976");
  assert.equal(sentenceOf(birth), "The birth date of Ann was removed");
});
