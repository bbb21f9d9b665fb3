// Reads what a visitor types: which words are somebody's name, and which are about the photos.

import { wantedIn } from "./words.js";

/**
 * @typedef {import("../people/files.js").Person} Person
 *
 * @typedef {object} Part  Words that belong together.
 * @property {string[]} words
 * @property {Person[]} people  Who is called that; nobody if it is no name.
 */

// A name is looked for in so many words at most.
const MAX_WORDS = 5;

/**
 * @param {string} query
 * @param {(words: string[]) => Person[]} called  Who has all of these words in their name.
 * @returns {Part[] | null}  As long names as possible, from the first word on; null if nothing is typed.
 */
export function readQuery(query, called = () => []) {
  return query.trim() ? [...parts(wantedIn(query), called)] : null;
}

/**
 * @param {string[]} words
 * @param {(words: string[]) => Person[]} called
 * @returns {Generator<Part>}
 */
function* parts(words, called) {
  for (let start = 0; start < words.length; ) {
    let own = words.slice(start, start + MAX_WORDS);
    let people = called(own);
    while (!people.length && own.length > 1) people = called((own = own.slice(0, -1)));
    yield { words: own, people };
    start += own.length;
  }
}
