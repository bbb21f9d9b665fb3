// Finds photos and sets by words. Each word a visitor types must be in the photo's own words, in its date, or in its
// set's title or description; or it must be a name of somebody who is on the photo.

import { hasWord, match, newIndex } from "./matching.js";
import { wordsOfDay } from "./words.js";

/**
 * @typedef {import("./contents.js").Contents} Contents
 * @typedef {import("./contents.js").SearchedSet} SearchedSet
 * @typedef {import("./reading.js").Part} Part
 * @typedef {import("./reading.js").Person} Person
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
// Who is on a photo counts as much as a rare word of its own.
const PERSON = 40;

// So many photos are named as the best.
const BEST = 2;
// How many texts are indexed without a pause.
const CHUNK = 500;

export class Finder {
  /**
   * Index what can be searched, with pauses for the page.
   * @param {Contents} contents
   */
  static async of(contents) {
    const finder = new Finder(contents);
    await finder.index.addAllAsync(finder.texts, { chunkSize: CHUNK });
    return finder;
  }

  /** @param {Contents} contents */
  constructor({ sets, photos }) {
    this.sets = sets;
    this.total = photos.length;
    /** @type {Text[]} */
    this.texts = [];
    this.index = newIndex();
    this.parts = sets.map((set) => {
      const text = `${set.title} ${set.name} ${set.description}`;
      const others = set.others.map((_, at) => set.startOfOthers + at);
      const runs = others.map((place) => ({ day: photos[place]?.takenAt ?? "", start: place, end: place + 1 }));
      for (const { start, end } of runs) this.#add(text, { start, end }, SET);
      return {
        set,
        about: this.#add(text, set, SET),
        days: [...set.runs, ...runs].map((run) => this.#add(wordsOfDay(run.day).join(" "), run, DAY)),
      };
    });
    for (const { place, title, caption, words } of sets.flatMap((set) => set.words)) {
      this.#add([title, caption, ...words].join(" "), { start: place, end: place + 1 }, OWN);
    }
  }

  /**
   * @param {Part[] | null} parts  What a visitor types, or null for nothing.
   * @param {Map<Person, number[]>} [places]  The indices of each person's photos; of people who aren't in it, none are found.
   * @returns {{sets: SearchedSet[], photos: FoundPhotos[], best: number[]}}  Sets in their own order (all of them if
   *   there is nothing typed), photos by set, the best set first, and the best photos of all.
   */
  find(parts, places = new Map()) {
    if (!parts?.length) return { sets: parts ? [] : this.sets, photos: [], best: [] };
    const matched = parts.map(({ words, people }) => ({
      words: words.map((word) => match(this.index, word, { isRight: people.length > 0 })), // a name is no typo
      people: people.flatMap((person) => places.get(person) ?? []),
    }));
    const words = matched.flatMap((part) => part.words);
    const sets = this.parts
      .filter(({ about, days }) => days.some((day) => words.every((matches) => matches.has(about) || matches.has(day))))
      .map(({ set }) => set);
    return { sets, ...this.#photos(matched.map((part) => this.#scores(part)).reduce(both)) };
  }

  /** Whether a text has this very word. @param {string} word */
  has(word) {
    return hasWord(this.index, word);
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
   * How well each photo matches a part of what is typed: its words, or somebody with that name on it.
   * @param {{words: Map<number, import("./matching.js").Match>[], people: number[]}} part
   */
  #scores({ words, people }) {
    const scores = words.map((matches) => this.#spread(matches)).reduce(both);
    for (const place of people) scores[place] = (scores[place] ?? 0) + PERSON;
    return scores;
  }

  /** From texts to the photos they are about. @param {Map<number, import("./matching.js").Match>} matches */
  #spread(matches) {
    const scores = new Float64Array(this.total);
    for (const [id, { score }] of matches) {
      const { start, end, weight } = /** @type {Text} */ (this.texts[id]);
      for (let place = start; place < end; place += 1) scores[place] = (scores[place] ?? 0) + score * weight;
    }
    return scores;
  }

  /** @param {Float64Array} scores  Of each photo; 0 if it isn't found. */
  #photos(scores) {
    /** Other sets' photos that were found already. @type {Set<number>} */
    const known = new Set();
    const found = this.sets.map((set) => {
      const own = Array.from({ length: set.end - set.start }, (_, at) => set.start + at).filter((place) => scores[place]);
      // Each photo is found once: in its own set, or else in the first that shows it.
      const others = set.others.flatMap((original, at) => {
        const place = set.startOfOthers + at;
        if (!scores[place] || scores[original] || known.has(original)) return [];
        known.add(original);
        return [place];
      });
      const places = [...own, ...others];
      return { set, places, best: Math.max(0, ...places.map((place) => scores[place] ?? 0)) };
    });
    const photos = found.filter(({ places }) => places.length).sort((a, b) => b.best - a.best);
    const best = photos.flatMap(({ places }) => places).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    return { photos, best: best.slice(0, BEST) };
  }
}

/**
 * The scores of what is in both.
 * @param {Float64Array} some
 * @param {Float64Array} others
 */
const both = (some, others) => some.map((score, place) => (score && others[place] ? score + (others[place] ?? 0) : 0));
