import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import "./page.js";

const { downloadUrl, keyOf, faceUrl, peopleOfPage, personUrl, photoUrl, portraitUrl, setNameOfPage, setUrl, thumbnailUrl, largeUrl } = await import("../../site/js/photos/urls.js");

const table = JSON.parse(await readFile(new URL("../data/addresses.json", import.meta.url), "utf8"));

test("a photo has the address that the rest of the site knows it by", () => {
  for (const [name, written] of Object.entries(table)) {
    const photo = { setName: name, file: name };
    assert.equal(downloadUrl(photo), `/photos/${written}/${written}`);
    assert.equal(thumbnailUrl(photo), `/thumbnails/photos/${written}/${written}`);
    assert.equal(largeUrl(photo), `/thumbnails/1600/photos/${written}/${written}`);
    assert.equal(setUrl(name), `/sets/${written}/`);
    assert.equal(photoUrl(photo), `/sets/${written}/photos/${written}/`);
    assert.equal(portraitUrl(`celebrities/${name}/x.jpg`), `/thumbnails/celebrities/${written}/x.jpg`);
    assert.equal(decodeURIComponent(written), name);
  }
});

test("a page knows the set it is about, and only then", () => {
  for (const name of Object.keys(table)) {
    globalThis.location = { pathname: setUrl(name) };
    assert.equal(setNameOfPage(), name);
  }
  const others = ["/", "/sets/", "/sets/a/all/", "/people/", "/sets/%/", "/xsets/a/", "/sets/a/b"];
  for (const pathname of others) {
    globalThis.location = { pathname };
    assert.equal(setNameOfPage(), null, pathname);
  }
  globalThis.location = { pathname: "/sets/a" };
  assert.equal(setNameOfPage(), "a", "the slash may be missing");
});

test("a person's address names a face", () => {
  assert.equal(faceUrl("0a-1b"), "/faces/?face=0a-1b");
  assert.equal(personUrl("ann"), "/people/ann/");
  assert.equal(personUrl("ann", "bob", "zoë"), "/people/ann+bob+zo%C3%AB/");
});

test("photos of the same name in two sets have two keys", () => {
  assert.notEqual(keyOf({ setName: "a", file: "x.jpg" }), keyOf({ setName: "b", file: "x.jpg" }));
});
