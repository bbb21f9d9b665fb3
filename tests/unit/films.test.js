import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { filmFrom, inFilm } from "../../site/js/photos/films.js";
import { filmLength } from "../../site/js/viewer/film-words.js";

test("lengths are written as the generator writes them", () => {
  const cases = JSON.parse(readFileSync(new URL("../data/film_lengths.json", import.meta.url), "utf8"));
  for (const [seconds, words] of cases) assert.equal(filmLength(seconds), words);
});

test("faces come in the order of the film, with their places in the strip", () => {
  const box = { Left: 0, Top: 0, Width: 1, Height: 1 };
  const faces = [{ FaceId: "late", BoundingBox: box }, { FaceId: "early", BoundingBox: box }];
  const film = { faces: { late: { at: 9, place: 0 }, early: { at: 2.5, place: 1 }, gone: { at: 1, place: 2 } } };
  assert.deepEqual(inFilm(faces, film).map(({ FaceId, film }) => [FaceId, film]), [
    ["early", { at: 2.5, place: 1, of: 3 }],
    ["late", { at: 9, place: 0, of: 3 }],
  ]);
  assert.deepEqual(inFilm(faces, undefined), faces);
});

test("a row that says nonsense of a film gives a film all the same", () => {
  assert.deepEqual(filmFrom({ seconds: "x", poster: -1, unplayable: 3 }), { seconds: 0, poster: 0, motion: false, unplayable: undefined });
  assert.equal(filmFrom(undefined), undefined);
});
