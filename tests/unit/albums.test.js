import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { groupByAlbum } = await import("../../site/js/grid/albums.js");

/** @param {string} setName @param {string} file @param {string} [takenAt] */
const photo = (setName, file, takenAt) => ({ setName, file, width: 3, height: 2, placeholder: "", takenAt });

test("the album with the latest photo comes first, and each album's photos by time", () => {
  const { photos, groups } = groupByAlbum([
    photo("fair", "a", "2019-05-01T10:00:00"),
    photo("home", "b", "2020-01-01T10:00:00"),
    photo("fair", "c", "2021-05-01T10:00:00"),
    photo("scans", "d"),
    photo("attic", "e"),
    photo("home", "f"),
  ]);
  assert.deepEqual(photos.map(({ file }) => file), ["a", "c", "b", "f", "e", "d"]);
  assert.deepEqual(groups.map(({ key, start, end }) => [key, start, end]), [
    ["fair", 0, 2],
    ["home", 2, 4],
    ["attic", 4, 5],
    ["scans", 5, 6],
  ]);
  assert.deepEqual(groupByAlbum([]), { photos: [], groups: [] });
});
