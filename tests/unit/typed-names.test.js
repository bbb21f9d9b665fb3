import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const { matchesOf, nameProblem, namesakes, tidyName } = await import("../../site/js/owner/typed-names.js");

const people = [
  { name: "Ann", photos: 2 },
  { name: "Ånna-Maria Smith", photos: 9 },
  { name: "Bob", photos: 5 },
];

test("names are completed by the beginning of any word, whatever its accents", () => {
  assert.deepEqual(matchesOf("an", people).map(({ name }) => name), ["Ånna-Maria Smith", "Ann"]);
  assert.deepEqual(matchesOf("MAR", people).map(({ name }) => name), ["Ånna-Maria Smith"]);
  assert.deepEqual(matchesOf("smi", people).length, 1);
  assert.deepEqual(matchesOf("  ", people), []);
});

test("people of one name are found however it is written", () => {
  assert.deepEqual(namesakes(" ANN ", people).map(({ name }) => name), ["Ann"]);
  assert.deepEqual(namesakes("An", people), []);
});

test("what can't be a name is said", () => {
  assert.match(nameProblem("   "), /Type a name/);
  assert.match(nameProblem("x".repeat(500)), /has 500 characters/);
  for (const hidden of ["Ann\u0007", "Ann\u202eboB", "\ud800"]) assert.match(nameProblem(hidden), /invisible|Type a name/);
  for (const nothing of ["", "\u200b\u200e", "\u0301"]) assert.match(nameProblem(nothing), /Type a name/);
});

test("markup, emoji and names from right to left are names", () => {
  for (const name of ["<b>Ann</b>", "👨‍👩‍👧 us", "مريم", "x".repeat(80), "😀".repeat(80)]) assert.equal(nameProblem(name), "", name);
  assert.equal(tidyName("  Ann\u00a0 Lee "), "Ann Lee");
  assert.equal(tidyName("e\u0301"), "é");
});
