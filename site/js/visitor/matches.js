// The visitor's last lookalike result, in a row that nobody else may read or write. It never holds a picture.

import { dynamodb } from "../aws/calls.js";
import { config } from "../config.js";
import { plain, typed } from "../aws/values.js";

/**
 * @typedef {import("../aws/credentials.js").Credentials} Credentials
 * @typedef {import("../photos/search.js").Lookalike} Lookalike
 *
 * @typedef {object} Match
 * @property {"lookalike"} kind
 * @property {string} made_at  ISO 8601, UTC.
 * @property {number} expires_at  Seconds since 1970.
 * @property {Lookalike[]} people  Most similar first.
 * @property {string} [gallery]  The name of theirs, unless it is the first one.
 */

const KIND = "lookalike";
const MAX_PEOPLE = 5;
const MAX_TEXT = 300;
// As in functions/galleries.py.
const GALLERY = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const KEPT_SECONDS = config.keepMatchDays * 86_400;

/**
 * The match of the last visit; null if there is none, or if this page can't have written the row.
 * @param {Credentials} [as]  By default the visitor's.
 * @returns {Promise<Match | null>}
 */
export async function lastMatch(as) {
  const { Item } = await dynamodb("GetItem", keyOf, as);
  if (!Item) return null;
  const { identity_id, ...row } = plain({ M: Item });
  return isMatch(row) ? row : null;
}

/**
 * @param {Lookalike[]} people
 * @param {string} [gallery]  Unless it is the first one.
 */
export function keepMatch(people, gallery) {
  const seconds = Math.floor(Date.now() / 1000);
  const moments = { made_at: new Date(seconds * 1000).toISOString(), expires_at: seconds + KEPT_SECONDS };
  const kept = people.slice(0, MAX_PEOPLE).map(({ face, ...person }) => person);
  return bringMatch({ kind: KIND, people: kept, ...moments, ...(gallery ? { gallery } : {}) });
}

/**
 * Keep a match that was a guest's as the visitor's.
 * @param {Match} match
 */
export function bringMatch(match) {
  return dynamodb("PutItem", (identity) => ({
    TableName: config.matchesTable,
    Item: typed({ identity_id: identity, ...match }).M,
  }));
}

/** @param {Credentials} [as]  By default the visitor's. */
export const removeMatch = (as) => dynamodb("DeleteItem", keyOf, as);

/** @param {string} identity */
const keyOf = (identity) => ({ TableName: config.matchesTable, Key: typed({ identity_id: identity, kind: KIND }).M });

/**
 * Whether a row is a match as this page writes it, made in the past and still kept. Another page with the visitor's
 * credentials may have written anything.
 * @param {any} row
 */
export function isMatch(row) {
  const now = Date.now();
  const left = row.expires_at * 1000 - now;
  return (
    typeof row.made_at === "string" &&
    Date.parse(row.made_at) <= now &&
    left > 0 &&
    left <= KEPT_SECONDS * 1000 &&
    Array.isArray(row.people) &&
    row.people.length <= MAX_PEOPLE &&
    row.people.every(isLookalike) &&
    (row.gallery === undefined || (typeof row.gallery === "string" && GALLERY.test(row.gallery)))
  );
}

/** @param {any} found */
function isLookalike(found) {
  const texts = [found?.person, found?.portrait, found?.credit ?? "", found?.licence ?? "", found?.url ?? ""];
  const numbers = [found?.similarity, found?.width, found?.height];
  return (
    texts.every((text) => typeof text === "string" && text.length <= MAX_TEXT) &&
    numbers.every((number) => Number.isFinite(number) && number >= 0) &&
    found.portrait.startsWith(config.portraitFolder)
  );
}
