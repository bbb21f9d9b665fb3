// Finds texts by their words, whatever they are about: photos, people, albums or dates.

import MiniSearch from "minisearch";
import { wordsOf } from "./words.js";

/**
 * @typedef {object} Match
 * @property {number} score
 * @property {number} closeness  `WHOLE`, `BEGINS` or `NEAR`.
 */

// The text has the very word, or one that begins with it, or only one that is spelled nearly the same.
export const WHOLE = 2;
export const BEGINS = 1;
export const NEAR = 0;

// Words with at least this many letters also match with a typo, if nothing else matches.
const MIN_FUZZY = 4;
const FUZZY = 0.25;

/** An index of things with an id and a text. @returns {MiniSearch<{id: number, text: string}>} */
export const newIndex = () => new MiniSearch({ fields: ["text"], tokenize: wordsOf, processTerm: (word) => word });

/**
 * The texts that match a word, by their ids: those that contain it, or a word that begins with it. If there are none,
 * those with a word that is nearly the same and has the same first letter.
 * @param {MiniSearch<any>} index
 * @param {string} word
 * @param {object} [how]
 * @param {number} [how.digits]  How many digits can be the beginning of a number.
 * @param {boolean} [how.isRight]  Whether the word has no typo.
 * @returns {Map<number, Match>}
 */
export function match(index, word, { digits = 3, isRight = false } = {}) {
  const isNumber = /^\p{N}+$/u.test(word);
  const prefix = !isNumber || word.length >= digits; // a day 2 isn't a day 24
  const exact = index.search(word, { prefix });
  // Where nothing has such a day, a visitor is about to type a year.
  const years = exact.length || !/^\p{N}{2}$/u.test(word) ? [] : index.search(word, { prefix: true });
  const found = [...exact, ...years.filter(({ terms }) => terms.some((term) => term.length === 4))];
  const others = isRight || found.length || isNumber || word.length < MIN_FUZZY ? [] : index.search(word, { fuzzy: FUZZY });
  const near = others.filter(({ terms }) => terms.some((term) => term[0] === word[0])); // "each" is not a typo for "beach"
  return new Map([...found, ...near].map(({ id, score, terms }) => [id, { score, closeness: closenessOf(word, terms) }]));
}

/** @param {string} word @param {string[]} terms  The words of the text that match it. */
function closenessOf(word, terms) {
  if (terms.includes(word)) return WHOLE;
  return terms.some((term) => term.startsWith(word)) ? BEGINS : NEAR;
}

/** Whether a text has this very word. @param {MiniSearch<any>} index @param {string} word */
export const hasWord = (index, word) => index.search(word).length > 0;
