import assert from "node:assert/strict";
import { test } from "node:test";
import { placeholder } from "../../site/js/grid/placeholder.js";
import { numbers } from "./page.js";

test("a hash becomes a picture, on one line of CSS", () => {
  const hash = Buffer.from("3d08060d80767787f8787887877747087087", "hex").toString("base64");
  assert.match(placeholder(hash), /^url\(data:image\/png;base64,[\w+/=]+\)$/);
});

test("an unreadable hash gives no background", () => {
  for (const hash of ["not base64!", "%%%", null, undefined]) assert.match(placeholder(hash), /^(none|url\(data:)/);
  assert.equal(placeholder("not base64!"), "none");
});

test("no hash can break out of the CSS", () => {
  const random = numbers(7);
  for (let round = 0; round < 300; round += 1) {
    const length = Math.floor(random.next().value * 30);
    const hash = Buffer.from(Array.from({ length }, () => Math.floor(random.next().value * 256))).toString("base64");
    assert.match(placeholder(hash), /^(none|url\(data:image\/png;base64,[\w+/=]*\))$/);
  }
});
