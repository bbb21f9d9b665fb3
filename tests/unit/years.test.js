import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import "./page.js";

const { groupByYear } = await import("../../site/js/grid/years.js");

/** @param {string} file @param {string} [takenAt] @param {number} [similarity] */
const photo = (file, takenAt, similarity = 100) => ({ setName: "set", file, width: 3, height: 2, placeholder: "", takenAt, similarity });

test("years come latest first, then undated photos, then uncertain ones", () => {
  const found = [
    photo("a", "2024-05-01T10:00:00"),
    photo("b", "2026-01-01T10:00:00"),
    photo("c"),
    photo("d", "2026-03-01T10:00:00"),
    photo("e", "2026-02-01T10:00:00", 97),
    photo("f", "2024-02-01T10:00:00", 95),
  ];
  const { photos, groups, years } = groupByYear(found);
  assert.deepEqual(photos.map(({ file }) => file), ["d", "b", "a", "c", "e", "f"]);
  assert.deepEqual(groups.map(({ key, start, end }) => [key, start, end]), [
    ["2026", 0, 2],
    ["2024", 2, 3],
    ["undated", 3, 4],
    ["likely", 4, 6],
  ]);
  assert.deepEqual(years, ["2024", "2026"]);
});

test("photos of one year, or without dates, stay best match first and without headings", () => {
  for (const dates of [["2026-01-01T10:00:00", "2026-06-01T10:00:00"], [undefined, undefined], ["2026-01-01T10:00:00", undefined]]) {
    const found = dates.map((date, index) => photo(String(index), date));
    const { photos, groups } = groupByYear(found);
    assert.deepEqual(photos, found);
    assert.deepEqual(groups, [{ key: "", start: 0, end: 2 }]);
  }
});

test("a person's photos are grouped as their page is rendered with them", async () => {
  const cases = JSON.parse(await readFile(new URL("../data/years.json", import.meta.url), "utf8"));
  for (const { takenAt, order, groups } of cases) {
    const found = groupByYear(takenAt.map((/** @type {string | null} */ moment, /** @type {number} */ at) => photo(String(at), moment ?? undefined)));
    assert.deepEqual(found.photos.map(({ file }) => Number(file)), order);
    assert.deepEqual(found.groups.map(({ key, start, end }) => [key, start, end]), groups);
  }
});
