import "./page.js";
import assert from "node:assert/strict";
import test from "node:test";

const { contentsOf, countOf } = await import("../../site/js/search/contents.js");
const { Finder, Named } = await import("../../site/js/search/engine.js");
const { readQuery } = await import("../../site/js/search/reading.js");
const { PersonPlaces } = await import("../../site/js/search/person-places.js");
const { keyOf } = await import("../../site/js/photos/urls.js");
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
const finder = await Finder.of(contents);

/** @param {string} query @param {Named} [named] @param {Map<any, number[]>} [places] */
function found(query, named, places) {
  const { sets, photos } = finder.find(readQuery(query, (words) => named?.called(words, (word) => finder.has(word)) ?? []), places);
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
  assert.deepEqual(found("20")[1], found("2026")[1]);
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

test("a photo that several sets show is found once, and counted in each", async () => {
  const shown = contentsOf({
    sets: [
      { name: "best", title: "Favourites", files: ["5.jpg"], sizes: [[4, 3, 1]], days: [["", 1]], words: [], others: { "2026_lisbon": ["2.jpg", "gone.jpg"], gone: ["1.jpg"] } },
      { name: "gifts", title: "Gifts", files: [], sizes: [], days: [], words: [], others: { "2026_lisbon": ["2.jpg"] } },
      { name: "2026_lisbon", title: "Lisboa", files: ["1.jpg", "2.jpg"], sizes: [[4, 3, 2]], days: [["2026-04-03", 2]], words: [[1, "", "Beach"]] },
    ],
  });
  const finder = await Finder.of(shown);
  /** @param {string} query @param {Map<any, number[]>} [places] */
  const find = (query, places) => {
    const { sets, photos } = finder.find(readQuery(query, (words) => [...(places?.keys() ?? [])].filter(({ slug }) => slug === words.join(" "))), places);
    return [sets.map(({ name }) => name), photos.map(({ set, places }) => [set.name, places.map((place) => keyOf(/** @type {any} */ (shown.photos[place])))])];
  };
  assert.deepEqual(shown.sets.map(countOf), [2, 1, 2]);
  assert.deepEqual(find("beach"), [[], [["2026_lisbon", ["2026_lisbon/2.jpg"]]]], "in its own set");
  assert.deepEqual(find("favourites"), [["best"], [["best", ["best/5.jpg", "2026_lisbon/2.jpg"]]]]);
  assert.deepEqual(find("favourites beach april"), [[], [["best", ["2026_lisbon/2.jpg"]]]], "by its own words, too");
  assert.deepEqual(find("april")[0], ["best", "gifts", "2026_lisbon"]);
  assert.deepEqual(find("april")[1], [["2026_lisbon", ["2026_lisbon/1.jpg", "2026_lisbon/2.jpg"]]]);
  const places = new Map([[ann, new PersonPlaces(shown).places.get("2026_lisbon/2.jpg") ?? []]]);
  assert.deepEqual(find("ann favourites", places), [[], [["best", ["2026_lisbon/2.jpg"]]]], "somebody on it is found there");
  assert.deepEqual(new Named([], shown.sets).suggest("2026").flatMap(({ date }) => date?.photos ?? []), [2, 2], "a date counts it once");
});

/** @param {string} name @param {number} [photos] */
const person = (name, photos = 9) => ({ id: name, name, slug: name.toLowerCase().replaceAll(" ", "-"), photos, portrait: /** @type {any} */ (null) });
const [ann, annMiller, bob, elodie, maya, obrien, heart] = ["Ann", "Ann Miller", "Bob Miller", "Élodie", "Maya", "Pat O'Brien", "❤️"].map((name, at) => person(name, 20 - at));
const named = new Named([ann, annMiller, bob, elodie, maya, obrien, heart, person("Carla", 3), person("Carla", 2)], contents.sets);

/** What is suggested for a query, the sure one with an exclamation mark. @param {string} query */
const suggested = (query) =>
  named.suggest(query).map(({ people, set, date, isSure }) => (people?.map(({ name }) => name).join(" + ") ?? set?.title ?? date?.name) + (isSure ? "!" : ""));

test("people are suggested by the beginning of any part of their name, without accents and capitals", () => {
  assert.deepEqual(suggested("elo"), ["Élodie"]);
  assert.deepEqual(suggested("MILL"), ["Ann Miller", "Bob Miller"]);
  assert.equal(suggested("miller ann")[0], "Ann Miller!");
  assert.deepEqual(suggested("obrien"), ["Pat O'Brien!"]);
  assert.deepEqual(suggested("❤"), ["❤️!"]);
  assert.deepEqual(suggested("elodei"), ["Élodie"], "a typo is forgiven, but isn't sure");
});

test("two or three names together are a page of their own", () => {
  assert.equal(suggested("ann and bob")[0], "Ann + Bob Miller!");
  assert.equal(suggested("elodie ann maya")[0], "Élodie + Ann + Maya!");
  assert.deepEqual(suggested("ann ann"), suggested("ann"), "nobody is with themselves");
});

test("a text of many words takes no time", () => {
  const people = Array.from({ length: 1000 }, (_, at) => person(`${"abcdefghijklmnopqrstuvwxyz"[at % 26]}nn ${at}`));
  const many = new Named(people, contents.sets);
  const start = performance.now();
  assert.deepEqual(many.suggest("b c d e f g h i j k l m n o p q"), []);
  many.suggest("b c d e f g h i j k l m n p q");
  many.called(["b", "c"], () => false);
  assert.ok(performance.now() - start < 2000, "even on a busy machine");
});

test("only a name that means one person leads there at once", () => {
  assert.deepEqual(suggested("ann"), ["Ann!", "Ann Miller"], "her whole name comes first");
  assert.deepEqual(suggested("carla"), ["Carla", "Carla"]);
  assert.deepEqual(suggested("may"), ["Maya", "May 2026"]);
  const april = new Named([person("April")], contents.sets);
  assert.deepEqual(april.suggest("april").map(({ isSure }) => isSure), [false, false], "it may be the month");
  const old = new Named([person("Old")], contents.sets);
  assert.deepEqual(old.suggest("old").map(({ isSure }) => isSure), [true, false], "an album's title only begins so");
  assert.deepEqual(suggested("ann tram"), []);
});

test("albums, years and months are suggested, the newest first", () => {
  assert.deepEqual(suggested("lisb"), ["Ein Frühling in Lisboa"]);
  assert.deepEqual(suggested("2026"), ["Ein Frühling in Lisboa", "2026", "May 2026"]);
  assert.deepEqual(suggested("20"), suggested("2026"));
  assert.deepEqual(suggested("april"), ["April 2026"]);
  assert.deepEqual(suggested(""), []);
  assert.deepEqual(suggested("…"), []);
});

test("a name beside other words chooses among that person's photos", () => {
  const places = new Map([[ann, [0, 3]], [elodie, [2]], [bob, [0, 2]]]);
  assert.deepEqual(found("ann 2026", named, places), [[], ["1.jpg"]]);
  assert.deepEqual(found("ann bob", named, places), [[], ["1.jpg"]]);
  assert.deepEqual(found("elodie beach", named, places), [[], ["2.jpg", "3.jpg"]], "also a photo that says her name");
  assert.deepEqual(found("bob bench", named, places), [[], []]);
  assert.deepEqual(found("ann april"), [[], []], "nobody is there by that name");
});

test("a word of the photos isn't taken for the beginning of a name", () => {
  const places = new Map([[maya, [0, 1, 2]]]);
  assert.deepEqual(found("may 2026", named, places), [["2026_lisbon"], ["3.jpg"]]);
  assert.deepEqual(found("may 2026", new Named([person("May")], contents.sets)), [["2026_lisbon"], ["3.jpg"]]);
  assert.deepEqual(found("maya may", named, places), [[], ["3.jpg"]]);
});
