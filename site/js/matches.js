// What is a visitor's own, in a row of his own for each kind: nobody else may read or write it. Never a picture.

import { credentials, dynamodb, known } from "./aws.js";
import { config } from "./config.js";
import { plain, typed } from "./values.js";

/**
 * @typedef {import("./aws.js").Credentials} Credentials
 * @typedef {import("./album.js").Lookalike} Lookalike
 */

/**
 * @typedef {object} Match
 * @property {"lookalike"} kind
 * @property {string} made_at  ISO 8601, UTC.
 * @property {number} expires_at  Seconds since 1970.
 * @property {Lookalike[]} people  Most similar first.
 */

/**
 * A wish to be forgotten: the owner sees it and grants it.
 * @typedef {object} Wish
 * @property {"forget"} kind
 * @property {string} made_at  ISO 8601, UTC.
 * @property {number} expires_at  Seconds since 1970.
 * @property {string[]} face_ids
 */

const KINDS = /** @type {const} */ (["lookalike", "forget"]);
const MOST_PEOPLE = 5;
const KEPT_SECONDS = 365 * 86_400;

/** @returns {Promise<Match | null>}  Of the last visit. */
export const lastMatch = () => read("lookalike");

/** @returns {Promise<Wish | null>} */
export const lastWish = () => read("forget");

/** @param {Lookalike[]} people */
export function keepMatch(people) {
  return write({ kind: "lookalike", people: people.slice(0, MOST_PEOPLE), ...now() });
}

/** @param {string[]} faceIds  Of the visitor. */
export function keepWish(faceIds) {
  return write({ kind: "forget", face_ids: faceIds, ...now() });
}

/** @param {typeof KINDS[number]} kind */
export const remove = (kind) => dynamodb("DeleteItem", (identity) => at(identity, kind));

/** Remove whatever is the visitor's. */
export async function removeAll() {
  for (const kind of KINDS) await remove(kind);
}

/**
 * Bring what is a guest's along into an account; what is there already stays where it is newer.
 * @param {() => Promise<void>} signIn
 */
export async function bringAlong(signIn) {
  const guest = known() ? await credentials() : null; // nobody new is made known for it
  const rows = guest ? (await Promise.all(KINDS.map((kind) => read(kind, guest)))).filter((row) => row !== null) : [];
  await signIn();
  for (const row of rows) {
    const own = await read(row.kind);
    if (!own || own.made_at < row.made_at) await write(row);
    await dynamodb("DeleteItem", (identity) => at(identity, row.kind), guest ?? undefined);
  }
}

/**
 * @param {typeof KINDS[number]} kind
 * @param {Credentials} [as]
 * @returns {Promise<any>}
 */
async function read(kind, as) {
  const { Item } = await dynamodb("GetItem", (identity) => at(identity, kind), as);
  if (!Item) return null;
  const { identity_id, ...row } = plain({ M: Item });
  return row;
}

/** @param {Match | Wish} row */
function write(row) {
  return dynamodb("PutItem", (identity) => ({
    TableName: config.matchesTable,
    Item: typed({ identity_id: identity, ...row }).M,
  }));
}

/**
 * @param {string} identity
 * @param {string} kind
 */
function at(identity, kind) {
  return { TableName: config.matchesTable, Key: typed({ identity_id: identity, kind }).M };
}

function now() {
  const seconds = Math.floor(Date.now() / 1000);
  return { made_at: new Date(seconds * 1000).toISOString(), expires_at: seconds + KEPT_SECONDS };
}
