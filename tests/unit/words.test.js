import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CodedError } from "../../site/js/errors.js";
import { numbers } from "./page.js";
import { inWords } from "../../site/js/problems.js";
import { countPhotos, percent } from "../../site/js/words.js";

for (const code of ["CeilingReached", "AllowanceReached", "TooManyRemovalRequests"]) {
  test(`${code} says when to try again, if that is known`, () => {
    const until = "2027-01-15T09:00:00+00:00";
    const time = new Date(until).toLocaleTimeString("en-GB", { timeStyle: "short" });
    const words = inWords(new CodedError(code, "", until));
    assert.ok(words.includes(`. Try again after ${time}. `), words);
    assert.ok(!inWords(new CodedError(code, "")).includes("Try again"));
    assert.ok(!inWords(new CodedError(code, "")).includes("  "));
  });
}

test("every code that the picture's scripts throw has words", async () => {
  const scripts = ["camera", "jpeg", "quality", "picture"].map((name) => new URL(`../../site/js/picture/${name}.js`, import.meta.url));
  const text = (await Promise.all(scripts.map((url) => readFile(url, "utf8")))).join("");
  const codes = text.match(/(?<=")(?:Camera|Face|NoFace|Unreadable)[A-Za-z]*(?=")/g) ?? [];
  assert.ok(new Set(codes).size >= 8, String(codes));
  for (const code of codes) assert.ok(!inWords(new CodedError(code, "")).includes(code), code);
});

test("an unknown code is told, so that a visitor can report it", () => {
  assert.match(inWords(new CodedError("NeverHeardOf", "")), /NeverHeardOf/);
});

test("a page's own words come first", () => {
  assert.equal(inWords(new CodedError("NotAuthorizedException", ""), { NotAuthorizedException: "No." }), "No.");
});

test("one photo is singular", () => {
  assert.deepEqual([0, 1, 2, 5000].map(countPhotos), ["0 photos", "1 photo", "2 photos", "5,000 photos"]);
});

test("a similarity is never rounded up", () => {
  assert.deepEqual([0, 0.99, 1, 80.9, 98.99, 99.97, 100].map(percent), ["less than 1%", "less than 1%", "1%", "80%", "98%", "99.9%", "100%"]);
  const random = numbers(4);
  for (let round = 0; round < 500; round += 1) {
    const similarity = 1 + random.next().value * 99;
    assert.ok(parseFloat(percent(similarity)) <= similarity);
  }
});
