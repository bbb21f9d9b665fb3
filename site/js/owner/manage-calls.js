// What the owner asks the manage function for, with the shapes of its answers (docs/data.md).

import { callManage } from "../visitor/owner.js";

/**
 * @typedef {"public" | "link" | "members"} Audience
 *
 * @typedef {object} OwnSet
 * @property {string} set  Its name.
 * @property {string} title  The owner's; empty for none.
 * @property {string} shown_title
 * @property {string} description
 * @property {string} dated  The owner's date, as `2019-05`; empty for none.
 * @property {string} place  The owner's place for it among all sets; empty for none.
 * @property {string | null} cover  A file.
 * @property {number | null} photos
 * @property {number | null} faces
 * @property {Audience} audience
 * @property {boolean} inherits  Whether it has the album's audience.
 * @property {boolean} is_published  False if it has changed since the last publish.
 *
 * @typedef {object} Ceiling
 * @property {"search" | "index" | "people" | "removal"} purpose
 * @property {number} used
 * @property {number} most
 * @property {number} allowed  Until `until`.
 * @property {string | null} until
 *
 * @typedef {object} Overview
 * @property {OwnSet[]} sets
 * @property {Audience} audience  The site's.
 * @property {boolean} moving  Whether an audience is being changed, or was when that was stopped.
 * @property {string | null} published_at  None also since a set was made private here.
 * @property {number} processing
 * @property {number} dead_letters
 * @property {number} requests
 * @property {Ceiling[]} ceilings
 *
 * @typedef {object} OwnPhoto
 * @property {string} sortkey  Its file.
 * @property {number} [width]
 * @property {number} [height]
 * @property {string} [taken_at]
 * @property {number} [film_seconds]  If it is a film or has one.
 *
 * @typedef {Pick<OwnSet, "title" | "description" | "dated" | "place">} SetTexts
 * @typedef {{title: string, caption: string}} PhotoWords
 * @typedef {Record<string, Partial<PhotoWords>>} Deleted  The owner's words by photo.
 *
 * @typedef {object} AskedRemoval
 * @property {string} request
 * @property {string} made_at
 * @property {string} message
 * @property {import("./people-calls.js").FaceShown[]} faces
 * @property {string[]} names
 * @property {string[]} warnings
 *
 * @typedef {{key: string, path: string | null, code: string, reason: string}} DeadLetter
 */

// functions/manage/manage_call.py
export const MOST_AT_ONCE = 100;
const MOST_ON_A_PAGE = 500;

/** @returns {Promise<Overview>} */
export const readOverview = () => callManage({ action: "overview" });

/**
 * Change a set; what isn't given stays.
 * @param {string} set
 * @param {Partial<SetTexts> & {cover?: string | null}} words
 * @returns {Promise<{before: SetTexts & {cover: string | null}}>}
 */
export const changeSet = (set, words) => callManage({ action: "set", set, ...words });

/** All photos of a set, by time. @param {string} set @returns {Promise<OwnPhoto[]>} */
export async function readOwnPhotos(set) {
  /** @type {OwnPhoto[]} */
  const all = [];
  for (let after = ""; ; ) {
    const page = await callManage({ action: "photos", set, limit: MOST_ON_A_PAGE, after });
    all.push(...page.photos);
    after = page.after ?? "";
    if (!after) return all;
  }
}

/** @param {string} path @returns {Promise<PhotoWords>} */
export const readPhotoWords = (path) => callManage({ action: "photo", path });

/** @param {string} path @param {Partial<PhotoWords>} words @returns {Promise<{before: PhotoWords}>} */
export const changePhotoWords = (path, words) => callManage({ action: "photo", path, ...words });

/** @param {string[]} paths @returns {Promise<{deleted: Deleted, names: {name: string, path: string}[]}>} */
export async function deletePhotos(paths) {
  const parts = await inParts(paths, (some) => callManage({ action: "delete", paths: some }));
  return { deleted: Object.assign({}, ...parts.map(({ deleted }) => deleted)), names: parts.flatMap(({ names }) => names) };
}

/** @param {Deleted} photos @returns {Promise<string[]>}  Those that come back. */
export async function restorePhotos(photos) {
  const some = (/** @type {string[]} */ paths) => Object.fromEntries(paths.map((path) => [path, photos[path] ?? {}]));
  const parts = await inParts(Object.keys(photos), (paths) => callManage({ action: "restore", photos: some(paths) }));
  return parts.flatMap(({ restored }) => restored);
}

/** @param {string[]} paths @param {string} set @returns {Promise<{moving: Record<string, string>, refused: Record<string, {code: string, values?: Record<string, any>}>}>} */
export async function movePhotos(paths, set) {
  const parts = await inParts(paths, (some) => callManage({ action: "move", paths: some, set }));
  return { moving: Object.assign({}, ...parts.map(({ moving }) => moving)), refused: Object.assign({}, ...parts.map(({ refused }) => refused)) };
}

export const readCeilings = () => callManage({ action: "ceilings" });

/** @returns {Promise<AskedRemoval[]>} */
export const readRequests = async () => (await callManage({ action: "requests" })).requests;

/** @param {string} request @returns {Promise<{photos: string[]}>} */
export const grantRequest = (request) => callManage({ action: "grant", request });

/** @param {string} request */
export const refuseRequest = (request) => callManage({ action: "refuse", request });

/** @returns {Promise<DeadLetter[]>} */
export const readDeadLetters = async () => (await callManage({ action: "dead_letters" })).dead_letters;

/** @param {string[]} keys */
export const retryPhotos = (keys) => inParts(keys, (some) => callManage({ action: "retry", keys: some }));

/** @param {string[]} keys */
export const dropPhotos = (keys) => inParts(keys, (some) => callManage({ action: "drop", keys: some }));

/**
 * Call once for as many as one call may be about, one call after the other.
 * @template Answer
 * @param {string[]} all
 * @param {(some: string[]) => Promise<Answer>} call
 */
async function inParts(all, call) {
  /** @type {Answer[]} */
  const answers = [];
  for (let at = 0; at < all.length; at += MOST_AT_ONCE) answers.push(await call(all.slice(at, at + MOST_AT_ONCE)));
  return answers;
}
