// Looks for new photos every few seconds: one small read of the set's row, and of its photos only when that has changed.
// While the album doesn't answer, it says nothing: the show goes on with what there is. An answer that takes long is given
// up, and asked for anew: of a connection that was lost, nobody tells when it is back.

import { readPhotos, readSet } from "../photos/read.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").PhotoSet} PhotoSet
 */

export const EVERY_MS = 6_000;
export const MAX_PAUSE_MS = 10_000;
export const PATIENCE_MS = 8_000;

/**
 * How long to wait after so many looks that failed, one after the other.
 * @param {number} failures
 */
export const pauseAfter = (failures) => Math.min(EVERY_MS * 2 ** Math.max(0, failures - 1), MAX_PAUSE_MS);

/**
 * @param {string} name  The set's.
 * @param {(set: PhotoSet | null, photos: Photo[]) => void} found  Told at the first look, and of every change.
 * @param {(isThere: boolean) => void} reached  Told after each look whether the album has answered.
 */
export function keepLooking(name, found, reached) {
  /** @type {string | null} */
  let version = null;
  let failures = 0;
  let timer = 0;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    try {
      const set = await inTime(readSet(name));
      const now = set?.updatedAt ?? "";
      if (now !== version) {
        found(set, set ? await readPhotos(set) : []);
        version = now;
      }
      failures = 0;
    } catch {
      failures += 1;
    }
    isLooking = false;
    reached(!failures);
    timer = setTimeout(look, pauseAfter(failures));
  };
  addEventListener("online", () => void look());
  void look();
}

/**
 * @template Found
 * @param {Promise<Found>} answer
 * @returns {Promise<Found>}
 */
function inTime(answer) {
  let timer = 0;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error("no answer in time")), PATIENCE_MS);
  });
  return Promise.race([answer, /** @type {Promise<never>} */ (late)]).finally(() => clearTimeout(timer));
}
