import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.HTMLElement = class {};
globalThis.HTMLInputElement = class HTMLInputElement extends HTMLElement {};
const page = { agree: new HTMLInputElement(), count: new HTMLElement() };
globalThis.document = { getElementById: (id) => page[id] ?? null };
const { byId } = await import("../../site/js/elements.js");

test("an element is found by its id and kind", () => {
  assert.equal(byId("count"), page.count);
  assert.equal(byId("agree"), page.agree);
  assert.equal(byId("agree", HTMLInputElement), page.agree);
});

test("a page that lacks an element is told which", () => {
  assert.throws(() => byId("nothing"), /nothing/);
  assert.throws(() => byId("count", HTMLInputElement), /HTMLInputElement.*count/);
});
