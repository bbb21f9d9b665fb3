// Photos that wait, by who sent them: what came from one guest to one set is a batch, the newest first.

/**
 * @typedef {import("./waiting-calls.js").Waiting} Waiting
 *
 * @typedef {object} Batch
 * @property {string} key
 * @property {string} set
 * @property {string} name  The guest's first name; empty if they gave none.
 * @property {Waiting[]} photos  In the order in which they came.
 */

/** @param {Waiting[]} photos @returns {Batch[]} */
export function batchesOf(photos) {
  /** @type {Map<string, Batch>} */
  const batches = new Map();
  for (const photo of [...photos].sort((one, other) => compare(one.at, other.at))) {
    const key = `${photo.set}/${photo.who}`;
    const batch = batches.get(key) ?? { key, set: photo.set, name: "", photos: [] };
    batches.set(key, batch);
    batch.photos.push(photo);
    batch.name = photo.name ?? batch.name;
  }
  return [...batches.values()].sort((one, other) => compare(newest(other), newest(one)));
}

/** @param {Batch} batch */
const newest = ({ photos }) => photos.at(-1)?.at ?? "";

/** @param {string} one @param {string} other */
const compare = (one, other) => (one < other ? -1 : Number(one > other));
