// What the owner asks the people function for, with the shapes of its answers (docs/data.md).

import { callPeople } from "../visitor/owner.js";

/**
 * @typedef {object} FaceShown
 * @property {string} path  Set and file.
 * @property {[number, number, number, number]} box  Left, top, width, height, in fractions of the photo.
 * @property {string | null} face  Its id, if Rekognition knows it.
 * @property {number} width  Of the photo.
 * @property {number} height
 *
 * @typedef {object} KnownPerson
 * @property {string} id
 * @property {string} name
 * @property {string} slug
 * @property {boolean} hidden
 * @property {string | null} birth
 * @property {number} photos
 * @property {FaceShown | null} portrait
 * @property {number} [candidates]  Faces to ask about: is this them?
 *
 * @typedef {object} Suggestion
 * @property {string} person
 * @property {string} name
 * @property {FaceShown | null} portrait
 * @property {"alike" | "same-photos" | "same-set"} why
 *
 * @typedef {object} Group  Somebody without a name.
 * @property {string} id
 * @property {string | null} person  If some of the faces were confirmed to be one person.
 * @property {number} photos
 * @property {FaceShown[]} faces  The best of them.
 * @property {string[]} [members]  Ids of all of them.
 * @property {Suggestion[]} suggestions
 *
 * @typedef {FaceShown & {person: string | null, name: string | null, origin: string | null, box_origin: string, ignored: string | null}} PhotoFace
 *
 * @typedef {object} Decision
 * @property {string} id
 * @property {string} at
 * @property {string} by
 * @property {string} kind
 * @property {boolean} undone
 * @property {number} faces
 * @property {{id: string, name: string | null}} [person]
 * @property {{id: string, name: string | null}} [into]
 * @property {{id: string, name: string | null}} [to]
 * @property {string} [name]
 * @property {string} [date]
 * @property {string} [why]
 * @property {string} [event]
 *
 * @typedef {{kind: string, [field: string]: unknown}} Draft
 */

/** @returns {Promise<{named: number, total: number, groups: Group[]}>} */
export const readQuestions = (limit = 50) => callPeople({ action: "questions", limit });

/** @returns {Promise<KnownPerson[]>}  Hidden people too. */
export const readEverybody = async () => (await callPeople({ action: "people" })).people;

/** @param {string} person @returns {Promise<KnownPerson & {faces: (FaceShown & {origin: string})[], candidates: FaceShown[]}>} */
export const readPersonFaces = (person) => callPeople({ action: "person", person });

/** @param {string} path @returns {Promise<{faces: PhotoFace[]}>} */
export const readPhotoFaces = (path) => callPeople({ action: "photo", path });

/** @param {string} before  An id; empty for the newest. @returns {Promise<{decisions: Decision[]}>} */
export const readHistory = (before) => callPeople({ action: "history", limit: 50, before });

/**
 * Keep decisions. Throws a `CodedError`.
 * @param {Draft[]} events
 * @returns {Promise<string[]>}  The ids they are kept under.
 */
export const decide = async (events) =>
  (await callPeople({ action: "decide", events: events.map(bare) })).events.map((/** @type {{id: string}} */ { id }) => id);

/** A decision with no more about its faces than which they are. @param {Draft} draft */
function bare(draft) {
  const { faces, face } = /** @type {{faces?: Partial<FaceShown>[], face?: Partial<FaceShown>}} */ (draft);
  const which = (/** @type {Partial<FaceShown>} */ one) => ({ path: one.path, box: one.box, face: one.face });
  return { ...draft, ...(faces && { faces: faces.map(which) }), ...(face && { face: which(face) }) };
}

/** What undoes events, the last one first. @param {string[]} ids @returns {Draft[]} */
export const undoing = (ids) => [...ids].reverse().map((event) => ({ kind: "undo", event }));
