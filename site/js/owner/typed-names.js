// Names as the owner types them: which are possible, and who may be meant.

import { t } from "../language.js";

// functions/people/person_names.py has the same.
export const MAX_NAME = 80;
const MAX_MATCHES = 8;
// Control characters, halves of characters, and those that turn the direction of a text.
const UNSHOWN = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
const NOTHING_SHOWN = /^[\p{C}\p{Z}\p{M}]*$/u;

/** A name as it is kept. @param {string} typed */
export const tidyName = (typed) => typed.normalize("NFC").trim().replace(/\s+/gu, " ");

/** What two spellings have in common: accents and capitals don't matter. @param {string} name */
export const plainName = (name) => tidyName(name).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Why this can't be a name, in words; empty if it can.
 * @param {string} typed
 */
export function nameProblem(typed) {
  const name = tidyName(typed);
  if (NOTHING_SHOWN.test(name)) return t("Type a name first.");
  const length = [...name].length;
  if (length > MAX_NAME) return t("This name has %(length)s characters. Shorten it to %(most)s.", { length, most: MAX_NAME });
  if (UNSHOWN.test(name)) return t("This name has an invisible character in it. Type it by hand.");
  return "";
}

/**
 * People whose name, or a word of it, begins with what is typed: most photographed first.
 * @template {{name: string, photos: number}} Person
 * @param {string} typed
 * @param {Person[]} people
 */
export function matchesOf(typed, people) {
  const wanted = plainName(typed);
  if (!wanted) return [];
  const begins = (/** @type {string} */ name) => name.startsWith(wanted) || name.split(/[\s-]/u).some((word) => word.startsWith(wanted));
  return people
    .filter(({ name }) => begins(plainName(name)))
    .sort((a, b) => b.photos - a.photos)
    .slice(0, MAX_MATCHES);
}

/**
 * Those who have this very name.
 * @template {{name: string}} Person
 * @param {string} typed
 * @param {Person[]} people
 */
export const namesakes = (typed, people) => people.filter(({ name }) => plainName(name) === plainName(typed));
