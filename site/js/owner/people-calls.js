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
 *
 * @typedef {KnownPerson & {faces: (FaceShown & {origin: string})[], candidates: FaceShown[]}} PersonFaces
 *
 * @typedef {object} Suggestion
 * @property {string | null} person  None yet, if only another service has named them.
 * @property {string} name
 * @property {FaceShown | null} portrait
 * @property {"said" | "alike" | "same-photos" | "same-set"} why
 *
 * @typedef {object} Group  Somebody without a name.
 * @property {string} id
 * @property {string | null} person  If some of the faces were confirmed to be one person.
 * @property {number} photos
 * @property {FaceShown[]} faces  The best of them.
 * @property {string[]} [members]  Ids of all of them.
 * @property {{theirs: FaceShown[], others: FaceShown[]}} [picked]  Which of them are one person, if the owner looked.
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
 * @property {string[]} [names]
 * @property {string} [was]  What the person was called before.
 * @property {string} [date]
 * @property {string} [why]
 * @property {string} [event]
 * @property {Decision} [step]  What an undo is about in the end.
 * @property {boolean} [again]  It holds again, because an undo was undone.
 *
 * @typedef {{kind: string, [field: string]: unknown}} Draft
 */

// functions/people/owner_call.py
const MOST_ANSWERS = 500;

/** @param {number} skipped  So many more are needed. @returns {Promise<{named: number, total: number, groups: Group[]}>} */
export const readQuestions = (skipped) => callPeople({ action: "questions", limit: Math.min(50 + skipped, MOST_ANSWERS) });

/** The faces that a question doesn't show, as many as one call returns. @param {Group} group @returns {Promise<FaceShown[]>} */
export async function readOtherFaces({ faces, members = [] }) {
  const shown = new Set(faces.map(({ face }) => face));
  const others = members.filter((face) => !shown.has(face)).slice(0, MOST_ANSWERS);
  return others.length ? (await callPeople({ action: "faces", faces: others })).faces : [];
}

/** @returns {Promise<(KnownPerson & {candidates: number})[]>}  Hidden people too, each with the number of faces to ask about. */
export const readEverybody = async () => (await callPeople({ action: "people" })).people;

/** @param {string} person @returns {Promise<PersonFaces>} */
export const readPersonFaces = (person) => callPeople({ action: "person", person });

/** @param {string} path @returns {Promise<{faces: PhotoFace[]}>} */
export const readPhotoFaces = (path) => callPeople({ action: "photo", path });

/** @param {string} before  An id; empty for the newest. @returns {Promise<{decisions: Decision[], unread: number}>} */
export const readHistory = (before) => callPeople({ action: "history", limit: 50, before });

/**
 * Keep decisions: all of them or, with a `CodedError`, none.
 * @param {Draft[]} events
 * @returns {Promise<string[]>}  The ids they are kept under.
 */
export const decide = async (events) => (await decideEach(events)).flat();

/**
 * The same, with the ids of each of them.
 * @param {Draft[]} events
 * @returns {Promise<string[][]>}
 */
export async function decideEach(events) {
  const { events: kept } = await callPeople({ action: "decide", events: events.map(bare) });
  return idsOfEach(events, kept);
}

/**
 * Which ids belong to which decision. The album may name people for good just before a decision that is about them.
 * @param {Draft[]} events
 * @param {{id: string, kind: string, person?: string}[]} kept
 */
export function idsOfEach(events, kept) {
  let at = 0;
  return events.map((event, index) => {
    const from = at;
    const isIt = (/** @type {typeof kept[number] | undefined} */ one) => one?.kind === event.kind && one.person === event.person;
    while (at < kept.length - 1 && !isIt(kept[at])) at += 1;
    at = index === events.length - 1 ? kept.length : at + 1;
    return kept.slice(from, at).map(({ id }) => id);
  });
}

/** A decision with no more about its faces than which they are. @param {Draft} draft */
function bare(draft) {
  const { faces, face } = /** @type {{faces?: Partial<FaceShown>[], face?: Partial<FaceShown>}} */ (draft);
  const which = (/** @type {Partial<FaceShown>} */ one) => ({ path: one.path, box: one.box, face: one.face });
  return { ...draft, ...(faces && { faces: faces.map(which) }), ...(face && { face: which(face) }) };
}

/** What undoes events, the last one first. @param {string[]} ids @returns {Draft[]} */
export const undoing = (ids) => [...ids].reverse().map((event) => ({ kind: "undo", event }));
