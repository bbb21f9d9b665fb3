import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { downloadUrl, portraitUrl, setUrl, thumbnailUrl, viewUrl } from "../../site/js/photos/urls.js";

const table = JSON.parse(await readFile(new URL("../data/addresses.json", import.meta.url), "utf8"));

test("a picture has the address that the rest of the album knows it by", () => {
  for (const [name, written] of Object.entries(table)) {
    const photo = { setName: name, file: name };
    assert.equal(downloadUrl(photo), `/photos/${written}/${written}`);
    assert.equal(thumbnailUrl(photo), `/thumbnails/photos/${written}/${written}`);
    assert.equal(viewUrl(photo), `/thumbnails/1600/photos/${written}/${written}`);
    assert.equal(setUrl(name), `/sets/${written}/`);
    assert.equal(portraitUrl(`celebrities/${name}/x.jpg`), `/thumbnails/celebrities/${written}/x.jpg`);
    assert.equal(decodeURIComponent(written), name);
  }
});
