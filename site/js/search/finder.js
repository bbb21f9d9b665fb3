// Finds photos and sets by words. Each word a visitor types must be in the photo's own words, in its date, or in its
// set's title or description.

import MiniSearch from "minisearch";
import { wantedIn, wordsOf, wordsOfDay } from "./words.js";

/**
 * @typedef {import("./contents.js").Contents} Contents
 * @typedef {import("./contents.js").SearchedSet} SearchedSet
 * @typedef {Awaited<ReturnType<typeof prepare>>} Prepared
 *
 * @typedef {object} Text  About photos that come one after another.
 * @property {number} id
 * @property {string} text
 * @property {number} start  Index of the first.
 * @property {number} end
 * @property {number} weight
 *
 * @typedef {{set: SearchedSet, places: number[]}} FoundPhotos  Of one set, by their indices.
 */

// A photo's own words count more than its day, and its day more than its set.
const OWN = 4;
const DAY = 2;
const SET = 1;
// Words with at least this many letters also match with a typo, if nothing else matches.
const MIN_FUZZY = 4;
const FUZZY = 0.25;

// How many texts are indexed without a pause.
const CHUNK = 500;

/**
 * Index what can be searched, with pauses for the page.
 * @param {Contents} contents
 */
export async function prepare(contents) {
  const finder = new Finder(contents);
  await finder.index.addAllAsync(finder.texts, { chunkSize: CHUNK });
  return finder;
}

class Finder {
  /** @param {Contents} contents */
  constructor({ sets, photos }) {
    this.sets = sets;
    this.total = photos.length;
    /** @type {Text[]} */
    this.texts = [];
    this.index = new MiniSearch({ fields: ["text"], tokenize: wordsOf, processTerm: (word) => word });
    this.parts = sets.map((set) => ({
      set,
      about: this.#add(`${set.title} ${set.name} ${set.description}`, set, SET),
      days: set.runs.map((run) => this.#add(wordsOfDay(run.day).join(" "), run, DAY)),
    }));
    for (const { place, title, caption, words } of sets.flatMap((set) => set.words)) {
      this.#add([title, caption, ...words].join(" "), { start: place, end: place + 1 }, OWN);
    }
  }

  /**
   * @param {string} query
   * @returns {{sets: SearchedSet[], photos: FoundPhotos[]}}  Sets in their own order (all of them if there is no
   *   query), photos by set, the best set first.
   */
  find(query) {
    const words = wantedIn(query).map((word) => this.#match(word));
    if (!words.length) return { sets: query ? [] : this.sets, photos: [] };
    const sets = this.parts
      .filter(({ about, days }) => days.some((day) => words.every((scores) => scores.has(about) || scores.has(day))))
      .map(({ set }) => set);
    return { sets, photos: this.#photos(words) };
  }

  /**
   * @param {string} text
   * @param {{start: number, end: number}} photos
   * @param {number} weight
   */
  #add(text, { start, end }, weight) {
    const id = this.texts.length;
    this.texts.push({ id, text, start, end, weight });
    return id;
  }

  /**
   * How well texts match a word, by their ids: those that contain it, or a word that begins with it. If there are none,
   * those with a word that is nearly the same and has the same first letter.
   * @param {string} word
   * @returns {Map<number, number>}
   */
  #match(word) {
    const isNumber = /^\p{N}+$/u.test(word);
    const prefix = !isNumber || word.length > 2; // 2 doesn't match 24
    const found = this.index.search(word, { prefix });
    const others = found.length || isNumber || word.length < MIN_FUZZY ? [] : this.index.search(word, { fuzzy: FUZZY });
    const near = others.filter(({ terms }) => terms.some((term) => term[0] === word[0])); // "each" is not a typo for "beach"
    return new Map([...found, ...near].map(({ id, score }) => [id, score]));
  }

  /**
   * The photos that match all words.
   * @param {Map<number, number>[]} words
   */
  #photos(words) {
    const totals = new Float64Array(this.total).fill(1e-9);
    for (const scores of words) {
      const own = new Float64Array(this.total);
      for (const [id, score] of scores) {
        const { start, end, weight } = /** @type {Text} */ (this.texts[id]);
        for (let place = start; place < end; place += 1) own[place] = (own[place] ?? 0) + score * weight;
      }
      for (const [place, score] of own.entries()) totals[place] = score && totals[place] ? (totals[place] ?? 0) + score : 0;
    }
    const found = this.sets.map((set) => {
      const places = Array.from({ length: set.end - set.start }, (_, at) => set.start + at).filter((place) => totals[place]);
      return { set, places, best: Math.max(0, ...places.map((place) => totals[place] ?? 0)) };
    });
    return found.filter(({ places }) => places.length).sort((a, b) => b.best - a.best);
  }
}
