// Words as they are compared: both texts and what a visitor types are split into them.

import { t } from "../language.js";

// Letters that Unicode doesn't decompose.
/** @type {Record<string, string>} */
const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i" };

const dates = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

/** The words of a text, without accents or capitals; an emoji is a word too. @param {string} text @returns {string[]} */
export function wordsOf(text) {
  const folded = text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[ßæœøłđı]/g, (letter) => PLAIN[letter] ?? letter);
  return folded.match(/[\p{L}\p{N}]+|\p{Extended_Pictographic}|\p{Regional_Indicator}/gu) ?? [];
}

/** What a day is called in the page's language: its number, month and year. @param {string} day  ISO 8601, or empty. */
export function wordsOfDay(day) {
  const parts = day ? dates.formatToParts(new Date(day)) : [];
  return parts.filter(({ type }) => type !== "literal").flatMap(({ value }) => wordsOf(value));
}

/** What a visitor searches for: the words that tell photos apart, or all words if there are none. @param {string} text */
export function wantedIn(text) {
  const words = [...new Set(wordsOf(text))];
  // For translators: the small words of your language that search ignores, in any order.
  const small = new Set(wordsOf(t("a an and at by for from in of on or our the to with")));
  const telling = words.filter((word) => !small.has(word));
  return telling.length ? telling : words;
}
