// What can be found by its name, as a visitor types: people, albums, years and months.

import { formatMonth } from "../language.js";
import { BEGINS, WHOLE, match, newIndex } from "./matching.js";
import { wantedIn, wordsOf } from "./words.js";

/**
 * @typedef {import("../people/files.js").Person} Person
 * @typedef {import("./contents.js").SearchedSet} SearchedSet
 *
 * @typedef {object} Date  A year or a month.
 * @property {string} name  In the page's language.
 * @property {number} photos
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} text
 * @property {Person} [person]
 * @property {SearchedSet} [set]
 * @property {Date} [date]
 *
 * @typedef {{entry: Entry, closeness: number}} Found
 * @typedef {Map<number, import("./matching.js").Match>} Matches
 *
 * @typedef {object} Suggestion  One of: people, an album, a date.
 * @property {Person[]} [people]  Several are on photos together.
 * @property {SearchedSet} [set]
 * @property {Date} [date]
 * @property {boolean} isSure  Whether it is certainly what the words mean.
 */

// Better than any word alone: nothing of the name is missing.
const FULL = WHOLE + 1;
// As many as a page shows at once (site/js/pages/person.js).
const MAX_TOGETHER = 3;
// More words than this are no names.
const MAX_NAMES = 15;
const MAX_PEOPLE = 5;
const MAX_SETS = 3;
const MAX_DATES = 2;
// Of those with a name that is typed next to another one, so many are tried with each other.
const MAX_TRIED = 3;
// A word may be in the names of so many people at most whose photos are then looked through, the most photographed ones.
const MAX_CALLED = 8;

export class Named {
  /**
   * @param {Person[]} people  Most photographed first.
   * @param {SearchedSet[]} sets  Newest first.
   */
  constructor(people, sets) {
    this.people = people;
    /** @type {Entry[]} */
    this.entries = [];
    for (const person of people) this.#add(spellings(person.name), { person });
    for (const set of sets) this.#add(`${set.title} ${set.name}`, { set });
    for (const date of datesOf(sets)) this.#add(date.name, { date });
    this.index = newIndex();
    this.index.addAll(this.entries);
  }

  /**
   * What the words may mean, the likeliest first. People come only if all the words are names.
   * @param {string} query
   * @returns {Suggestion[]}
   */
  suggest(query) {
    const words = wantedIn(query);
    const others = this.#find(words).filter(({ entry }) => !entry.person);
    const people = this.peopleIn(words).slice(0, MAX_PEOPLE);
    // A month may have the name of a person, or an album. "Ann" may still lead to Ann if there is an album "Ann's wedding".
    const isClear = !others.some(({ entry: { set }, closeness }) => closeness === WHOLE && (!set || isAll(set.title, words)));
    const [first, second] = people;
    const isSure = isClear && Boolean(first?.isWhole) && first?.rank !== second?.rank;
    return [
      ...people.map((one, index) => ({ people: one.people, isSure: isSure && !index })),
      ...others.flatMap(({ entry: { set } }) => (set ? [{ set, isSure: false }] : [])).slice(0, MAX_SETS),
      ...others.flatMap(({ entry: { date } }) => (date ? [{ date, isSure: false }] : [])).slice(0, MAX_DATES),
    ];
  }

  /**
   * Everyone whose name the words are, alone or with others; everybody, if nothing is typed.
   * @param {string} query
   * @returns {Person[]}
   */
  peopleCalled(query) {
    if (!query) return this.people;
    return [...new Set(this.peopleIn(wantedIn(query)).flatMap(({ people }) => people))];
  }

  /**
   * Everyone, or any two or three, whose names all of the words are. `rank` is how well they fit, and `isWhole` whether
   * no word is only the beginning of one.
   * @param {string[]} words
   * @returns {{people: Person[], rank: number, isWhole: boolean}[]}  The best first; single people before several.
   */
  peopleIn(words) {
    if (words.length > MAX_NAMES) return [];
    const matches = once((/** @type {string} */ word) => this.#match(word));
    const called = once((/** @type {string[]} */ own) => this.#peopleCalled(own, matches));
    const found = [...splits(words, MAX_TOGETHER)].flatMap((parts) => {
      const most = parts.length > 1 ? MAX_TRIED : Infinity;
      return combinations(parts.map((own) => called(own).slice(0, most)));
    });
    const different = found.filter((people) => new Set(people.map(({ person }) => person)).size === people.length);
    return different
      .map((people) => {
        const ranks = people.map(({ rank }) => rank);
        const rank = ranks.reduce((sum, one) => sum + one) / ranks.length;
        return { people: people.map(({ person }) => person), rank, isWhole: Math.min(...ranks) >= WHOLE };
      })
      .sort((a, b) => b.rank - a.rank);
  }

  /**
   * Whose photos the words may be about: those who have them in their name. A word that some text has counts only as a
   * whole name: "may" is then not the beginning of "Maya".
   * @param {string[]} words
   * @param {(word: string) => boolean} isInTexts
   * @returns {Person[]}
   */
  called(words, isInTexts) {
    const people = this.#peopleCalled(words);
    const whole = people.filter(({ rank }) => rank >= WHOLE);
    const others = words.some(isInTexts) ? [] : people.filter(({ rank }) => rank === BEGINS);
    return (whole.length ? whole : others).slice(0, MAX_CALLED).map(({ person }) => person);
  }

  /**
   * @param {string} text
   * @param {Partial<Entry>} what
   */
  #add(text, what) {
    this.entries.push({ ...what, id: this.entries.length, text });
  }

  /**
   * What has all the words in its name; those that have them whole first, and in the order of the entries.
   * @param {string[]} words
   * @param {(word: string) => Matches} matches
   * @returns {Found[]}
   */
  #find(words, matches = (word) => this.#match(word)) {
    const [first = new Map(), ...others] = words.map(matches);
    const found = [...first.keys()].filter((id) => others.every((matches) => matches.has(id)));
    return found
      .map((id) => ({
        entry: /** @type {Entry} */ (this.entries[id]),
        closeness: Math.min(...[first, ...others].map((matches) => matches.get(id)?.closeness ?? 0)),
      }))
      .sort((a, b) => b.closeness - a.closeness || a.entry.id - b.entry.id);
  }

  /** @param {string} word */
  #match(word) {
    return match(this.index, word, { digits: 2 });
  }

  /** @param {string[]} words @param {(word: string) => Matches} [matches] */
  #peopleCalled(words, matches) {
    return this.#find(words, matches)
      .flatMap(({ entry: { person }, closeness }) => (person ? [{ person, rank: isAll(person.name, words) ? FULL : closeness }] : []))
      .sort((a, b) => b.rank - a.rank);
  }
}

/** Whether the words are a whole name, in any order. @param {string} name @param {string[]} words */
const isAll = (name, words) => wantedIn(name).length === words.length && wantedIn(name).every((word) => words.includes(word));

/** A name as it may be typed: O'Brien is also found as "obrien". @param {string} name */
const spellings = (name) => [...new Set([...wordsOf(name), ...wordsOf(name.replace(/['’‑-]/gu, ""))])].join(" ");

/**
 * The years and months of the photos, newest first, years before months.
 * @param {SearchedSet[]} sets
 */
function datesOf(sets) {
  /** @type {Map<string, number>} */
  const photos = new Map();
  for (const { day, start, end } of sets.flatMap(({ runs }) => runs)) {
    for (const key of day ? [day.slice(0, 4), day.slice(0, 7)] : []) photos.set(key, (photos.get(key) ?? 0) + end - start);
  }
  const newest = [...photos].sort(([a], [b]) => a.length - b.length || (a < b ? 1 : -1));
  return newest.map(([key, count]) => ({ name: key.length > 4 ? formatMonth(`${key}-15`) : key, photos: count }));
}

/**
 * All ways to part words into one group, two groups …, with their order kept.
 * @param {string[]} words
 * @param {number} most
 * @returns {Generator<string[][]>}
 */
function* splits(words, most) {
  if (!words.length) return;
  yield [words];
  for (let end = 1; most > 1 && end < words.length; end += 1) {
    for (const rest of splits(words.slice(end), most - 1)) yield [words.slice(0, end), ...rest];
  }
}

/**
 * One of each list, in all ways.
 * @template Each
 * @param {Each[][]} lists
 * @returns {Each[][]}
 */
function combinations([first, ...rest]) {
  if (!first) return [[]];
  const others = combinations(rest);
  return first.flatMap((one) => others.map((more) => [one, ...more]));
}

/**
 * A function that looks up the same words only once.
 * @template {string | string[]} Asked
 * @template Found
 * @param {(asked: Asked) => Found} find
 * @returns {(asked: Asked) => Found}
 */
function once(find) {
  /** @type {Map<string, Found>} */
  const known = new Map();
  return (asked) => {
    const found = known.get(String(asked)) ?? find(asked);
    known.set(String(asked), found);
    return found;
  };
}
