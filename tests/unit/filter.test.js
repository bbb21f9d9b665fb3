import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { choose } = await import("../../site/js/people/filter.js");
const { keepChipsShown } = await import("../../site/js/people/shown.js");

const face = (/** @type {number} */ index) => [[0.1, 0.1, 0.1, 0.1], index, null];
// Ann is on photos of both sets, and has another place in each list.
/** @type {Record<string, any>} */
const lists = {
  "/sets/best/people.json": { v: 1, people: [["ann", "Ann"]], photos: { "1.jpg": [face(0)], "2.jpg": [] } },
  "/sets/trip/people.json": { v: 1, people: [["bob", "Bob"], ["ann", "Ann"]], photos: { "1.jpg": [face(0), face(1)], "3.jpg": [face(0)] } },
};

/** A page of the set "best", which shows photos of "trip" too. @param {string[]} slugs  Whose chips it has. */
function page(slugs) {
  const chips = slugs.map((person) => {
    let pressed = "false";
    return { dataset: { person }, isThere: true, getAttribute: () => pressed, setAttribute: (/** @type {string} */ _, /** @type {string} */ to) => (pressed = to), remove() { this.isThere = false; } };
  });
  Object.assign(document, {
    querySelector: () => ({ dataset: { sets: '["trip"]' } }),
    querySelectorAll: (/** @type {string} */ which) => chips.filter((chip) => !which.includes("aria-pressed") || chip.getAttribute() === "true"),
  });
  return /** @type {any[]} */ (chips);
}

test.beforeEach(() => {
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url) => Response.json(lists[url]));
});

test("who is chosen is looked for among the album's own photos and those of others that it shows", async () => {
  const [ann, bob] = page(["ann", "bob"]);
  assert.deepEqual(await choose(ann, "best"), new Set(["best/1.jpg", "trip/1.jpg"]));
  assert.deepEqual(await choose(bob, "best"), new Set(["trip/1.jpg"]), "both together");
  assert.deepEqual(await choose(ann, "best"), new Set(["trip/1.jpg", "trip/3.jpg"]));
  assert.equal(await choose(bob, "best"), null, "nobody is chosen any more");
});

test("a chip stays as long as any of these lists has its person", async () => {
  const chips = page(["ann", "bob", "carla"]);
  await keepChipsShown("best");
  assert.deepEqual(chips.map(({ isThere }) => isThere), [true, true, false]);
});
