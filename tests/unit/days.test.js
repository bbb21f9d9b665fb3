import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { dateIn, groupByDay } from "../../site/js/grid/days.js";

test("photos are grouped as pages are rendered with them", async () => {
  const cases = JSON.parse(await readFile(new URL("../data/days.json", import.meta.url), "utf8"));
  for (const { takenAt, groups } of cases) {
    const photos = takenAt.map((/** @type {string | null} */ moment) => ({ takenAt: moment ?? undefined }));
    assert.deepEqual(groupByDay(photos).map(({ key, start, end }) => [key, start, end]), groups);
  }
});

test("only a date that the calendar has counts", () => {
  assert.equal(dateIn("2026-06-13T10:00:00+02:00"), "2026-06-13");
  for (const moment of [undefined, "", "2026-02-30", "2026-13-01", "13 June 2026"]) assert.equal(dateIn(moment), "");
});
