// Reads what can be searched: the file that scripts/site/search_index.py writes when the site is published.

import { answerOf } from "../aws/http.js";
import { CodedError } from "../errors.js";
import { keyOf } from "../photos/urls.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 *
 * @typedef {object} Run  Photos of one day, one after another.
 * @property {string} day  ISO 8601; empty if nobody knows.
 * @property {number} start  Index of its first photo among all.
 * @property {number} end
 *
 * @typedef {object} Words  What is written about a photo.
 * @property {number} place  Its index among all.
 * @property {string} title
 * @property {string} caption
 * @property {string[]} words  Keywords and labels.
 *
 * @typedef {object} SearchedSet
 * @property {string} name
 * @property {string} title
 * @property {string} description
 * @property {{file: string, x: number, y: number} | null} cover  What to keep in view, in percent.
 * @property {string[]} panoramas  Files to show one above the other in its place; mostly none.
 * @property {number} start  Index of its first photo among all.
 * @property {number} end
 * @property {number[]} others  Indices of other sets' photos that it shows too.
 * @property {number} startOfOthers  Index of the first of these as this set's: each is once more among all, as often as it is shown.
 * @property {Run[]} runs
 * @property {Words[]} words
 *
 * @typedef {{sets: SearchedSet[], photos: Photo[]}} Contents
 */

/**
 * @param {any} file
 * @returns {Contents}
 */
export function contentsOf(file) {
  /** @type {Photo[]} */
  const photos = [];
  /** @type {SearchedSet[]} */
  const sets = file.sets.map((/** @type {any} */ set) => {
    const start = photos.length;
    const [cover, x, y, ...panoramas] = set.cover ?? [];
    const sizes = set.sizes.flatMap((/** @type {number[]} */ [width, height, count]) => Array(count).fill({ width, height }));
    const days = set.days.flatMap((/** @type {[string, number]} */ [day, count]) => Array(count).fill(day));
    for (const [at, name] of set.files.entries()) {
      photos.push({ setName: set.name, file: name, ...sizes[at], placeholder: "", takenAt: days[at] || undefined });
    }
    let end = start;
    return {
      name: set.name,
      title: set.title,
      description: set.description ?? "",
      cover: cover ? { file: cover, x, y } : null,
      panoramas,
      start,
      end: photos.length,
      others: [],
      startOfOthers: 0,
      runs: set.days.map((/** @type {[string, number]} */ [day, count]) => ({ day, start: end, end: (end += count) })),
      words: set.words.map((/** @type {[number, string, string, ...string[]]} */ [place, title, caption, ...words]) => ({
        place: start + place,
        title,
        caption,
        words,
      })),
    };
  });
  const places = new Map(photos.map((photo, place) => [keyOf(photo), place]));
  const words = new Map(sets.flatMap((set) => set.words).map((own) => [own.place, own]));
  for (const [at, set] of sets.entries()) {
    set.startOfOthers = photos.length;
    for (const [setName, files] of Object.entries(file.sets[at].others ?? {})) {
      set.others.push(...files.flatMap((/** @type {string} */ file) => places.get(keyOf({ setName, file })) ?? []));
    }
    for (const original of set.others) {
      const said = words.get(original);
      if (said) set.words.push({ ...said, place: photos.length });
      photos.push(/** @type {Photo} */ (photos[original]));
    }
  }
  return { sets, photos };
}

/** How many photos a set shows. @param {SearchedSet} set */
export const countOf = ({ start, end, others }) => end - start + others.length;

/**
 * Fetch the file. Throws a `CodedError`.
 * @param {string} url
 */
export async function readContents(url) {
  try {
    return contentsOf(await answerOf(fetch(url)));
  } catch (error) {
    // The site has been published since this page was loaded, and the file now has another name.
    if (error instanceof CodedError && error.code === "Http404") throw new CodedError("InvalidRequest", error.message);
    throw error;
  }
}
