// The owner's calls about photos that wait (functions/uploads/handler.py).

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";

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

/** How many photos wait, by set. @returns {Promise<Record<string, number>>} */
export const countWaiting = async () => (await call({ action: "waiting" })).counts;

/** Every photo that waits. @returns {Promise<Waiting[]>} */
export async function readWaiting() {
  const found = [];
  for (const [set, count] of Object.entries(await countWaiting())) {
    let after = count ? undefined : "";
    while (after !== "") {
      const page = await call({ action: "waiting", set, ...(after && { after }) });
      found.push(...page.photos.map((/** @type {Waiting} */ photo) => ({ ...photo, set })));
      after = page.after ?? "";
    }
  }
  return found;
}

/** Carry out a decision. @param {Decided} decided */
export async function decide({ decision, set, ids }) {
  for (let start = 0; start < ids.length; start += MOST_IDS) {
    await call({ action: decision, set, ids: ids.slice(start, start + MOST_IDS) });
  }
}

/** @param {{action: string, [field: string]: unknown}} event @returns {Promise<any>} */
const call = async (event) => (await invoke(config.arrivalsFunction, event)).output;
