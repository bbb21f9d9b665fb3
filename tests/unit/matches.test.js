import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { isMatch } = await import("../../site/js/visitor/matches.js");

const DAY = 86_400_000;
const person = { person: "Grace Hopper", similarity: 93.5, portrait: "/thumbnails/celebrities/x/y.jpg", width: 400, height: 500 };

/** A match as the page writes it, with changes. */
function match(changes = {}) {
  const now = Date.now();
  const moments = { made_at: new Date(now - DAY).toISOString(), expires_at: Math.floor((now + 300 * DAY) / 1000) };
  return { kind: "lookalike", people: [person], ...moments, ...changes };
}

test("a match that the page wrote is one", () => {
  assert.ok(isMatch(match()));
  assert.ok(isMatch(match({ people: [] })));
  assert.ok(isMatch(match({ gallery: "bands-2" })));
  assert.ok(isMatch(match({ people: [{ ...person, credit: "c", licence: "l", url: "https://example.com" }] })));
});

test("a match from the future, expired or kept too long is none", () => {
  const seconds = (days) => Math.floor((Date.now() + days * DAY) / 1000);
  assert.ok(!isMatch(match({ made_at: new Date(Date.now() + DAY).toISOString() })));
  assert.ok(!isMatch(match({ expires_at: seconds(-1) })));
  assert.ok(!isMatch(match({ expires_at: seconds(366) })));
});

test("a row that another page wrote is no match", () => {
  for (const strange of [undefined, null, "", "x", -1, NaN, Infinity, true, {}, [], [null], "x".repeat(301)]) {
    for (const field of ["made_at", "expires_at", "people"]) {
      if (field === "people" && Array.isArray(strange) && !strange.length) continue;
      assert.ok(!isMatch(match({ [field]: strange })), `${field}: ${strange}`);
    }
    if (strange !== undefined && strange !== "x") assert.ok(!isMatch(match({ gallery: strange })), `gallery: ${strange}`);
    for (const field of ["person", "similarity", "portrait", "width", "height"]) {
      const isText = typeof strange === "string" && strange.length <= 300;
      if (field === "person" && isText) continue;
      assert.ok(!isMatch(match({ people: [{ ...person, [field]: strange }] })), `${field}: ${strange}`);
    }
  }
  assert.ok(!isMatch(match({ people: Array(6).fill(person) })));
});

test("a portrait comes from this site alone", () => {
  for (const portrait of ["https://example.com/x.jpg", "//example.com/thumbnails/x.jpg", "javascript:alert(1)", "data:,"]) {
    assert.ok(!isMatch(match({ people: [{ ...person, portrait }] })), portrait);
  }
});
