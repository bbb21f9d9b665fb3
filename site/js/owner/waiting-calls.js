// Calls about photos that wait, of the owner, or of a member who helps with an event (functions/uploads/handler.py).

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { titleOf } from "../photos/rows.js";
import { goodPass } from "../private/pass.js";

/**
 * @typedef {object} Waiting  A photo that waits.
 * @property {string} id
 * @property {string} set
 * @property {string} who
 * @property {string} [name]  The first name that the guest gave.
 * @property {string} file
 * @property {string} at    Since when (ISO 8601).
 * @property {string} look  Where its picture can be had, for a quarter of an hour.
 * @property {string} look_jpeg  Where a JPEG of it can be, if it is a HEIC or a TIFF.
 *
 * @typedef {{decision: "let_in" | "refuse", set: string, ids: string[]}} Decided
 */

const MOST_IDS = 100;
/** Whoever helps: the event's secret, and its set. @type {{event: string, set: string} | null} */
let helping = null;
/** @type {Map<string, string>} */
const titles = new Map();

/** From now on, calls are a helper's. Throws a `CodedError` if there is no such event. @param {string} event  Its secret. */
export async function helpWith(event) {
  const { output } = await invoke(config.uploadsFunction, { action: "event", event });
  helping = { event, set: output.set };
  titles.set(output.set, output.title);
}

/** What visitors call an album. @param {string} set */
export const titleOfSet = (set) => titles.get(set) || titleOf(set);

/** Learn what albums are called; the page is of use without. @param {string[]} sets */
async function learnTitles(sets) {
  if (helping || sets.every((set) => titles.has(set))) return;
  const { sets: known } = await call({ action: "sets" }).catch(() => ({ sets: [] }));
  for (const { name, title } of known) titles.set(name, title);
}

/** How many photos wait, by set. @returns {Promise<Record<string, number>>} */
export async function countWaiting() {
  return helping ? { [helping.set]: (await pagesOf(helping.set)).length } : (await call({ action: "waiting" })).counts;
}

/** Every photo that waits. @returns {Promise<Waiting[]>} */
export async function readWaiting() {
  const found = [];
  const counts = await countWaiting();
  await learnTitles(Object.keys(counts));
  for (const [set, count] of Object.entries(counts)) {
    if (count) found.push(...(await pagesOf(set)));
  }
  return found;
}

/** @param {string} set @returns {Promise<Waiting[]>} */
async function pagesOf(set) {
  /** @type {Waiting[]} */
  const found = [];
  for (let after = ""; ; ) {
    const page = await call({ action: "waiting", set, ...(after && { after }) });
    found.push(...page.photos.map((/** @type {Waiting} */ photo) => ({ ...photo, set })));
    after = page.after ?? "";
    if (!after) return found;
  }
}

/** Carry out a decision. @param {Decided} decided */
export async function decide({ decision, set, ids }) {
  for (let start = 0; start < ids.length; start += MOST_IDS) {
    await call({ action: decision, set, ids: ids.slice(start, start + MOST_IDS) });
  }
}

/** @param {{action: string, [field: string]: unknown}} event @returns {Promise<any>} */
async function call(event) {
  if (!helping) return (await invoke(config.arrivalsFunction, event)).output;
  // A helper's set is the event's.
  const { set: _, ...rest } = event;
  return (await invoke(config.uploadsFunction, { ...rest, event: helping.event, pass: await goodPass() })).output;
}
