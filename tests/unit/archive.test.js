import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { nameOf } = await import("../../site/js/sharing/archive.js");

const response = (type) => new Response("", { headers: type ? { "content-type": type } : {} });

test("an original keeps its name in the archive", () => {
  for (const [file, type] of [["a.jpg", "image/jpeg"], ["A.JPEG", "image/jpeg"], ["a.png", "image/png"], ["a.heic", "image/heic"], ["a", ""]]) {
    assert.equal(nameOf({ file }, response(type)), file);
  }
});

test("a photo that comes as a JPEG instead has a JPEG's name", () => {
  for (const file of ["a.heic", "a.png", "a", "jpg", "a.jpg.tif"]) {
    assert.equal(nameOf({ file }, response("image/jpeg")), `${file}.jpg`);
  }
});
