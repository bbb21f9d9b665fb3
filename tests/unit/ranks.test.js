import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { rankInWords } = await import("../../site/js/visitor/ranks.js");

const alike = (...similarities) => similarities.map((similarity) => ({ similarity }));

test("the best rank says how many there were to choose from", () => {
  assert.equal(rankInWords(alike(40, 30), 12), "Closest of 12, as far as a program can tell.");
});

test("a poor match is called one, without a percentage", () => {
  assert.equal(rankInWords(alike(0.4, 0.4), 12), "Not much of a likeness, but the closest of 12.");
});

test("a tie is called a tie", () => {
  assert.equal(rankInWords(alike(40, 40, 3), 12), "A tie for the closest of 12.");
});

test("somebody as similar as photos of one person may be the visitor", () => {
  assert.equal(rankInWords(alike(90, 30), 12), "Closest of 12, and so close that it could be you.");
});

test("a small gallery is called small", () => {
  const few = "There are only 3 people to choose from.";
  assert.equal(rankInWords(alike(40, 30, 2), 3), `Closest of 3, as far as a program can tell. ${few}`);
  assert.equal(rankInWords(alike(40), 1), "The only person to choose from so far.");
});
