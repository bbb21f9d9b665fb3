import "./page.js";
import assert from "node:assert/strict";
import test from "node:test";

const { contentsOf } = await import("../../site/js/search/contents.js");
const { prepare } = await import("../../site/js/search/finder.js");
const { wantedIn, wordsOf, wordsOfDay } = await import("../../site/js/search/words.js");

const contents = contentsOf({
  sets: [
    {
      name: "2026_lisbon",
      title: "Ein Frühling in Lisboa",
      cover: ["2.jpg", 50, 20],
      files: ["1.jpg", "2.jpg", "3.jpg"],
      sizes: [[400, 300, 2], [200, 300, 1]],
      days: [["2026-04-03", 2], ["2026-05-24", 1]],
      words: [[1, "", "Élodie at the beach", "Sea"], [2, "The tram", "", "City", "Beach"]],
    },
    { name: "old", title: "Old times", files: ["4.jpg"], sizes: [[4, 3, 1]], days: [["", 1]], words: [[0, "", "A bench"]] },
  ],
});
const finder = await prepare(contents);

/** @param {string} query */
function found(query) {
  const { sets, photos } = finder.find(query);
  return [sets.map(({ name }) => name), photos.flatMap(({ places }) => places.map((place) => contents.photos[place]?.file))];
}

test("a photo gets its size and day from the runs that neighbours share", () => {
  const { photos } = contents;
  assert.deepEqual(photos.map(({ width, takenAt }) => [width, takenAt]), [
    [400, "2026-04-03"],
    [400, "2026-04-03"],
    [200, "2026-05-24"],
    [4, undefined],
  ]);
});

test("words are compared without accents, capitals and apostrophes", () => {
  assert.deepEqual(wordsOf("Élodie's STRAßE, smørrebrød (2026)"), ["elodie", "s", "strasse", "smorrebrod", "2026"]);
});

test("small words narrow a search only if there are no others", () => {
  assert.deepEqual(wantedIn("the beach in May"), ["beach", "may"]);
  assert.deepEqual(wantedIn("The"), ["the"]);
});

test("a day has a number, a month and a year in the page's language", () => {
  assert.deepEqual(new Set(wordsOfDay("2026-04-03")), new Set(["3", "april", "2026"]));
  assert.deepEqual(wordsOfDay(""), []);
});

test("every word must match: a photo's own, its day's or its set's", () => {
  assert.deepEqual(found("beach"), [[], ["2.jpg", "3.jpg"]]);
  assert.deepEqual(found("beach april"), [[], ["2.jpg"]]);
  assert.deepEqual(found("beach tram"), [[], ["3.jpg"]]);
  assert.deepEqual(found("lisboa beach may"), [[], ["3.jpg"]]);
  assert.deepEqual(found("beach december"), [[], []]);
});

test("a photo without words is found by its month and its set", () => {
  assert.deepEqual(found("April 2026"), [["2026_lisbon"], ["1.jpg", "2.jpg"]]);
  assert.deepEqual(found("fruhling"), [["2026_lisbon"], ["1.jpg", "2.jpg", "3.jpg"]]);
  assert.deepEqual(found("24 may"), [["2026_lisbon"], ["3.jpg"]]);
});

test("beginnings of words match, but beginnings of days don't", () => {
  assert.deepEqual(found("elo"), [[], ["2.jpg"]]);
  assert.deepEqual(found("202"), [["2026_lisbon"], ["1.jpg", "2.jpg", "3.jpg"]]);
  assert.deepEqual(found("2"), [[], []]);
});

test("a misspelt word finds its neighbours; one that is right finds only itself", () => {
  assert.deepEqual(found("elodei"), [[], ["2.jpg"]]);
  assert.deepEqual(found("bench"), [[], ["4.jpg"]]);
  assert.deepEqual(found("leach"), [[], []], "first letters are rarely wrong");
});

test("without a word, no photo is found", () => {
  assert.deepEqual(found("…"), [[], []]);
  assert.deepEqual(found(""), [["2026_lisbon", "old"], []], "but all sets are there to choose from");
});
