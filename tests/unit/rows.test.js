import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import "./page.js";

const { detailsFrom, facesFrom } = await import("../../site/js/photos/detail-rows.js");
const { isUncounted, newestFirst, photoFrom, setFrom, titleOf } = await import("../../site/js/photos/rows.js");

const STRANGE = [undefined, null, "", "x", -1, true, [], {}, [null], { FaceRecords: "x" }, { FaceRecords: [null, {}, { Face: 1 }] }];

test("a row with only a name can be shown", () => {
  const photo = photoFrom({}, "set", "a.jpg");
  assert.ok(photo.width > 0 && photo.height > 0);
  assert.equal(photo.placeholder, "");
  const set = setFrom({ sortkey: "014_newportboston", pic: "a.jpg" });
  assert.deepEqual([set.title, set.photoCount, set.faceCount, isUncounted(set)], ["014 newportboston", null, 0, true]);
  assert.equal(isUncounted(setFrom({ sortkey: "titled", title: "Before its first photo" })), false);
});

test("a row may show a photo of another set", () => {
  const photo = photoFrom({ width: 4, height: 3 }, "Favourites", "2024_trip/a.jpg");
  assert.deepEqual([photo.setName, photo.file], ["2024_trip", "a.jpg"]);
});

test("numbers can come as text", () => {
  const { width, height } = photoFrom({ width: "40", height: "30" }, "set", "a.jpg");
  assert.deepEqual([width, height, setFrom({ sortkey: "s", pic_count: "7" }).photoCount], [40, 30, 7]);
  const box = { Left: "0.5", Top: "0", Width: "0.25", Height: "1" };
  const [face] = facesFrom({ FaceRecords: [{ Face: { FaceId: "f", BoundingBox: box } }] });
  assert.deepEqual(face.BoundingBox, { Left: 0.5, Top: 0, Width: 0.25, Height: 1 });
});

test("nothing in a row stops the page", () => {
  for (const value of STRANGE) {
    const photo = photoFrom({ width: value, height: value, placeholder: value, face_count: value, taken_at: value }, "s", "f");
    assert.ok(photo.width / photo.height > 0, String(value));
    const set = setFrom({ sortkey: "s", title: value, pic: value, pic_count: value, face_count: value, updated_at: value });
    assert.equal(typeof set.title, "string");
    assert.deepEqual(facesFrom(value), []);
    assert.deepEqual(facesFrom({ FaceRecords: [{ Face: { FaceId: value, BoundingBox: value } }] }), []);
  }
});

test("a row without what newer releases write has empty details", () => {
  for (const row of [null, {}, ...STRANGE.map((value) => ({ title: value, caption: value, keywords: value, labels: value, exif: value, size: value, data: value }))]) {
    const details = detailsFrom(row);
    assert.deepEqual(details.faces, []);
    assert.equal(typeof details.title + typeof details.caption, "stringstring");
    assert.ok(details.words.every((word) => typeof word === "string"));
    assert.equal(details.exif.iso, undefined);
  }
});

test("each keyword and label is shown once", () => {
  assert.deepEqual(detailsFrom({ keywords: ["beach", "", 3, "cake"], labels: ["cake", "sky"] }).words, ["beach", "cake", "sky"]);
});

test("faces come from left to right, whatever their order in the row", () => {
  const at = (Left) => ({ Face: { FaceId: String(Left), BoundingBox: { Left, Top: 0, Width: 0.1, Height: 0.1 } } });
  const faces = facesFrom({ FaceRecords: [at(0.7), at(0.1), at(0.4)] });
  assert.deepEqual(faces.map((face) => face.FaceId), ["0.1", "0.4", "0.7"]);
});

test("sets are in the order of the generator's front page", async () => {
  const { sets, front_page: wanted } = JSON.parse(await readFile(new URL("../data/set_order.json", import.meta.url), "utf8"));
  assert.deepEqual(newestFirst(sets.map(setFrom)).map(({ name }) => name), wanted);
});

test("a set's name reads like the title that pages give it", async () => {
  const titles = JSON.parse(await readFile(new URL("../data/titles.json", import.meta.url), "utf8"));
  for (const [name, title] of Object.entries(titles)) assert.equal(titleOf(name), title);
});
