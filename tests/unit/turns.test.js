// Whose turn it is on the projector, and how many pictures are kept.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { Turns } = await import("../../site/js/live/turns.js");
const { Pictures } = await import("../../site/js/live/pictures.js");
const { pauseAfter, EVERY_MS, MAX_PAUSE_MS, PATIENCE_MS } = await import("../../site/js/live/looking.js");
const { addedInWords } = await import("../../site/js/live/adders.js");
const { batchesOf } = await import("../../site/js/owner/batches.js");

/** @param {string[]} files */
const photos = (...files) => files.map((file) => /** @type {any} */ ({ setName: "party", file, width: 3, height: 2 }));

/** Show so many photos; their files. @param {InstanceType<typeof Turns>} turns @param {number} count */
function show(turns, count) {
  const shown = [];
  for (let number = 0; number < count; number += 1) {
    const [next] = turns.coming();
    if (!next) break;
    turns.took(next);
    shown.push(next.file);
  }
  return shown.join("");
}

test("photos come in turn, over and over", () => {
  const turns = new Turns();
  assert.deepEqual(turns.learn(photos("a", "b", "c")), [], "at the first look, nothing has just come");
  assert.equal(show(turns, 7), "abcabca");
});

test("what has just come is shown first, and the round goes on where it was", () => {
  const turns = new Turns();
  turns.learn(photos("a", "b", "c", "d"));
  assert.equal(show(turns, 2), "ab");
  assert.deepEqual(turns.learn(photos("X", "a", "b", "Y", "c", "d")), photos("X", "Y"));
  assert.equal(show(turns, 8), "XYcdXabY");
});

test("what is gone is shown no more, even if it had just come", () => {
  const turns = new Turns();
  turns.learn(photos("a", "b", "c"));
  assert.equal(show(turns, 2), "ab");
  turns.learn(photos("a", "b", "c", "X"));
  turns.learn(photos("a", "c"));
  assert.equal(show(turns, 3), "aca");
  turns.learn([]);
  assert.equal(show(turns, 3), "");
});

test("only so many pictures are kept, those used last", async () => {
  const fetched = /** @type {string[]} */ ([]);
  const revoked = /** @type {string[]} */ ([]);
  const known = { fetch: globalThis.fetch, create: URL.createObjectURL, revoke: URL.revokeObjectURL };
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ address) => {
    fetched.push(address.slice(-1));
    return { ok: !address.endsWith("!"), blob: async () => address.slice(-1) };
  });
  URL.createObjectURL = (blob) => `blob:${blob}`;
  URL.revokeObjectURL = (address) => void revoked.push(address);
  try {
    const pictures = new Pictures(2);
    for (const photo of photos("a", "b", "a", "c", "a", "b")) assert.equal(await pictures.get(photo), `blob:${photo.file}`);
    assert.equal(fetched.join(""), "abcb");
    assert.deepEqual(revoked, ["blob:b", "blob:c"]);
    assert.equal(await pictures.get(photos("!")[0]), null);
    assert.equal(pictures.kept.size, 2);
    pictures.keepOnly(({ file }) => file === "a");
    assert.deepEqual([...pictures.kept.keys()], ["a"]);
    const [one] = photos("d");
    assert.deepEqual(await Promise.all([pictures.get(one), pictures.get(one)]), ["blob:d", "blob:d"]);
    assert.equal(fetched.join(""), "abcb!d", "who asks for a picture on its way waits for the same");
  } finally {
    globalThis.fetch = known.fetch;
    URL.createObjectURL = known.create;
    URL.revokeObjectURL = known.revoke;
  }
});

test("the projector says who added photos", () => {
  assert.equal(addedInWords([{ name: "Ben", photos: 3 }, { name: "", photos: 2 }]), "Ben added 3 photos");
  assert.equal(addedInWords([{ name: "Ann", photos: 1 }]), "Ann added a photo");
  assert.equal(addedInWords(["A", "B", "C"].map((name) => ({ name, photos: 1 }))), "A, B and C added 3 photos");
  assert.equal(addedInWords(["A", "B", "C", "D"].map((name) => ({ name, photos: 1 }))), "A, B and others added 4 photos");
  assert.equal(addedInWords([{ name: "", photos: 2 }]), "");
});

test("while the album doesn't answer, it is asked less and less often", () => {
  const pauses = [0, 1, 2, 3, 4, 5, 500].map(pauseAfter);
  assert.equal(pauses[0], EVERY_MS);
  assert.deepEqual(pauses, [...pauses].sort((one, other) => one - other));
  assert.equal(pauses.at(-1), MAX_PAUSE_MS);
  assert.ok(MAX_PAUSE_MS + PATIENCE_MS < 20_000, "a new photo is asked for within 20 seconds");
});

test("photos that wait are batches by guest and set, the newest first", () => {
  const waiting = [
    { id: "1", set: "party", who: "gA", name: "Ann", at: "2026-01-01T10:00" },
    { id: "2", set: "party", who: "gB", at: "2026-01-01T11:00" },
    { id: "3", set: "party", who: "gA", name: "Anna", at: "2026-01-01T12:00" },
    { id: "4", set: "ball", who: "gA", at: "2026-01-01T09:00" },
  ].map((photo) => /** @type {any} */ (photo));
  const found = batchesOf(waiting).map(({ set, name, photos: own }) => [set, name, own.map(({ id }) => id).join("")]);
  assert.deepEqual(found, [["party", "Anna", "13"], ["party", "", "2"], ["ball", "", "4"]]);
});
