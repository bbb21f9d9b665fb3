// What the page says, in its language: texts, numbers and dates. A text is looked up by its English words, which an
// English page shows as they are (docs/languages.md).

import { config } from "./config.js";

/** @typedef {Record<string, string | number>} Values */

const language = document.documentElement.lang;
// Pages are written in British English; scripts/site/translations.py says the same.
const locale = language === "en" ? "en-GB" : language;

// By message; a message with a plural has a text for each of the language's categories.
/** @type {Record<string, string | Record<string, string>>} */
const texts = config.texts ? await import(config.texts).then((module) => module.default, () => ({})) : {};

/** Know more texts: those of scripts that few load, in `config`. Call it before these. @param {string | null} url */
export async function learn(url) {
  if (url) Object.assign(texts, await import(url).then((module) => module.default, () => ({})));
}

// Making one takes a phone's processor milliseconds, so each is made when it is first needed.
const rules = once(() => new Intl.PluralRules(locale));
const numbers = once(() => new Intl.NumberFormat(locale));
const percents = once(() => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }));
const days = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "long" }));
const moments = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }));
const months = once(() => new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" }));
const times = once(() => new Intl.DateTimeFormat(locale, { timeStyle: "short" }));

/**
 * A text in the page's language, with values in place of `%(name)s`.
 * @param {string} text
 * @param {Values} [values]  Numbers are written as the language writes them.
 */
export function t(text, values = {}) {
  const known = texts[text];
  return filled(typeof known === "string" ? known : text, values);
}

/**
 * The same for a text about a number, which is its value `num`.
 * @param {string} one   "%(num)s photo"
 * @param {string} many  "%(num)s photos"
 * @param {number} num
 * @param {Values} [values]
 */
export function tn(one, many, num, values = {}) {
  const forms = texts[one];
  const known = typeof forms === "object" ? (forms[rules().select(num)] ?? forms.other) : undefined;
  return filled(known ?? (num === 1 ? one : many), { num, ...values });
}

/** @param {number} number */
export const formatNumber = (number) => numbers().format(number);

/** @param {number} fraction  1 is 100%. */
export const formatPercent = (fraction) => percents().format(fraction);

/** A day. @param {string} moment  ISO 8601. */
export const formatDay = (moment) => days().format(new Date(moment));

/** A day and time, in UTC. @param {string} moment  ISO 8601. */
export const formatMoment = (moment) => moments().format(new Date(moment));

/** A month. @param {string} moment  ISO 8601. */
export const formatMonth = (moment) => months().format(new Date(moment));

/** A time of day. @param {string} moment  ISO 8601. */
export const formatTime = (moment) => times().format(new Date(moment));

/**
 * From one day to another, or a single day if they are the same.
 * @param {string} first  ISO 8601.
 * @param {string} last
 */
export const formatDays = (first, last) => days().formatRange(new Date(first), new Date(last));

/** Names, such as "Ann, Ben and Carl". @param {string[]} names */
export const formatList = (names) => new Intl.ListFormat(locale).format(names);

/**
 * @param {string} text
 * @param {Values} values
 */
function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, /** @type {string} */ name) => {
    const value = values[name] ?? place;
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

/**
 * @template Made
 * @param {() => Made} make
 * @returns {() => Made}
 */
function once(make) {
  /** @type {Made | undefined} */
  let made;
  return () => (made ??= make());
}
