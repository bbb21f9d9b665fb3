import assert from "node:assert/strict";
import { test } from "node:test";
import { facesFrom, isUncounted, picFrom, picSetFrom } from "../../site/js/photos/rows.js";

const STRANGE = [undefined, null, "", "x", -1, true, [], {}, [null], { FaceRecords: "x" }, { FaceRecords: [null, {}, { Face: 1 }] }];

test("a row of a name alone can be shown", () => {
  const pic = picFrom({}, "set", "a.jpg");
  assert.ok(pic.width > 0 && pic.height > 0);
  assert.equal(pic.placeholder, "");
  const set = picSetFrom({ sortkey: "014_newportboston", pic: "a.jpg" });
  assert.deepEqual([set.title, set.picCount, set.faceCount, isUncounted(set)], ["014 newportboston", null, 0, true]);
  assert.equal(isUncounted(picSetFrom({ sortkey: "titled", title: "Before its first photo" })), false);
});

test("numbers may come as text", () => {
  const { width, height } = picFrom({ width: "40", height: "30" }, "set", "a.jpg");
  assert.deepEqual([width, height, picSetFrom({ sortkey: "s", pic_count: "7" }).picCount], [40, 30, 7]);
  const box = { Left: "0.5", Top: "0", Width: "0.25", Height: "1" };
  const [face] = facesFrom({ FaceRecords: [{ Face: { FaceId: "f", BoundingBox: box } }] });
  assert.deepEqual(face.BoundingBox, { Left: 0.5, Top: 0, Width: 0.25, Height: 1 });
});

test("nothing in a row stops the page", () => {
  for (const value of STRANGE) {
    const pic = picFrom({ width: value, height: value, placeholder: value, face_count: value, taken_at: value }, "s", "f");
    assert.ok(pic.width / pic.height > 0, String(value));
    const set = picSetFrom({ sortkey: "s", title: value, pic: value, pic_count: value, face_count: value, updated_at: value });
    assert.equal(typeof set.title, "string");
    assert.deepEqual(facesFrom(value), []);
    assert.deepEqual(facesFrom({ FaceRecords: [{ Face: { FaceId: value, BoundingBox: value } }] }), []);
  }
});
