// Asks the door for rows of private sets. They are as DynamoDB has them, so that what reads public rows reads them too.

import { invoke } from "../aws/calls.js";
import { patiently } from "../aws/patience.js";
import { plain } from "../aws/values.js";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { isUncounted, photoFrom, setFrom } from "../photos/rows.js";
import { forgetKept, forgetPrivate } from "./forget.js";
import { goodPass, renewed } from "./pass.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").PhotoSet} PhotoSet
 */

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
const MAX_PATHS = 100;

// The sets of this visit that were read here: they are asked for here first.
/** @type {Set<string>} */
const behind = new Set();
// At the door, these mean that a visitor sees no more than a stranger.
const OUTSIDE = new Set(["NotInvited", "PassEnded", "SignedOut"]);

/** @param {unknown} error */
const isLeftOutside = (error) => error instanceof CodedError && OUTSIDE.has(error.code);

/** Whether a set was read here. @param {string} name */
export const isBehind = (name) => behind.has(name);

/**
 * Public sets, and the private ones that this visitor may see, by name.
 * @param {PhotoSet[]} sets  The public ones.
 * @returns {Promise<PhotoSet[]>}
 */
export async function addSets(sets) {
  const own = await privateSets();
  const more = own.filter((set) => set.photoCount || isUncounted(set));
  const all = [...sets.filter(({ name }) => !more.some((set) => set.name === name)), ...more];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns {Promise<PhotoSet[]>}  The private sets that this visitor may see: none for somebody who was never let in. */
export async function privateSets() {
  try {
    return (await setRows()).map(privateSetFrom);
  } catch (error) {
    if (isLeftOutside(error)) return [];
    throw error;
  }
}

/**
 * A private set; null if there is none by this name for this visitor. Throws a `CodedError` if there was one until now.
 * @param {string} name
 * @param {() => Promise<any>} readPublic  Its row, if it is public.
 * @returns {Promise<PhotoSet | null>}
 */
export async function readSet(name, readPublic) {
  const [row] = await setRows(name);
  if (row) {
    behind.add(name);
    return privateSetFrom(row);
  }
  if (!behind.has(name)) return null;
  const now = await readPublic(); // it may have become public
  if (!now) {
    await forgetKept(); // the pass may still open others
    location.reload();
    throw new CodedError("NotShared", name);
  }
  behind.delete(name);
  return setFrom(now);
}

/**
 * The photos of a private set in the grid's order.
 * @param {PhotoSet} set
 * @returns {Promise<Photo[]>}
 */
export async function readPhotos(set) {
  /** @type {Map<string, Photo>} */
  const photos = new Map(); // while a set moves between the tables, some come twice
  const whole = isUncounted(set);
  let next;
  do {
    const answer = await ask({ action: "photos", set: set.name, ...(whole ? { whole } : {}), ...(next ? { next } : {}) });
    for (const item of rowsOf(answer)) {
      if (!item.still) photos.set(item.sortkey, photoFrom(item, set.name, item.sortkey));
    }
    next = answer?.next;
  } while (next);
  return [...photos.values()];
}

/** @param {any} row @returns {PhotoSet} */
const privateSetFrom = (row) => ({ ...setFrom(row), isPrivate: true });

/** @param {string} [name]  Of the only one that matters. */
async function setRows(name) {
  const rows = [];
  let next;
  do {
    const answer = await ask({ action: "sets", ...(name ? { set: name } : {}), ...(next ? { next } : {}) });
    rows.push(...rowsOf(answer));
    next = answer?.next;
  } while (next);
  return rows;
}

/**
 * Whole rows of photos in private sets, in any order.
 * @param {string[]} paths  Each as set, slash and file.
 * @returns {Promise<any[]>}
 */
export async function wholeRows(paths) {
  const rows = [];
  let left = paths;
  while (left.length) {
    const answer = await ask({ action: "rows", paths: left.slice(0, MAX_PATHS) });
    rows.push(...rowsOf(answer));
    left = [...(answer?.next ?? []), ...left.slice(MAX_PATHS)];
  }
  return rows;
}

/** @param {any} answer @returns {any[]} */
const rowsOf = (answer) => (answer?.output ?? []).map((/** @type {any} */ row) => plain({ M: row }));

/** A pass to go with a call of another function, if there is one. @returns {Promise<{ pass?: string }>} */
export async function withPass() {
  const pass = await goodPass().catch(() => "");
  return pass ? { pass } : {};
}

/**
 * Null without a pass. Throws a `CodedError` if the pass counts no more and there is no other.
 * @param {object} event
 */
async function ask(event) {
  const pass = await goodPass();
  if (!pass) return null;
  try {
    return await call(event, pass);
  } catch (error) {
    if (!(error instanceof CodedError && error.code === "PassEnded")) throw error;
    const other = await renewed(pass).catch(async (reason) => {
      if (isLeftOutside(reason)) await leave();
      throw reason;
    });
    if (other && other !== pass) return call(event, other);
    await leave();
    throw error;
  }
}

/** See whether this visitor is still let in, where another function has answered as if they weren't. */
export const lookAgain = () => setRows().catch(() => {});

/**
 * This browser was let in and isn't any more: signed out on another device, removed, or by a link that is gone. The page
 * comes anew, as the gate has it for strangers: it says what to do.
 */
async function leave() {
  await forgetPrivate();
  location.reload();
}

/** @param {object} event @param {string} pass */
const call = (event, pass) => patiently(() => invoke(config.doorFunction, { ...event, pass }));
