// An evening of naming: which question comes next, what an answer means, and how it is taken back. Without a page.

import { newId } from "./new-id.js";
import { undoing } from "./people-calls.js";

/**
 * @typedef {import("./people-calls.js").Group} Group
 * @typedef {import("./people-calls.js").Draft} Draft
 * @typedef {import("./people-calls.js").KnownPerson} KnownPerson
 *
 * @typedef {import("./outbox.js").Answer & {group: Group, name: string | null, newPerson: string | null, gone: boolean}} Given
 */

// A decision is about 1,000 faces at most, and so are the bytes of one (functions/people/decisions.py, deciding.py).
const MAX_FACES = 500;

export class Evening {
  /** Questions, the current one first. @type {Group[]} */
  questions = [];
  /** Answered, in order. @type {Given[]} */
  given = [];
  named = 0;
  total = 0;
  /** Faces whose question was put off. @type {Set<string>} */
  #putOff = new Set();
  /** How many questions those were. */
  skipped = 0;

  /** @returns {Group | undefined} */
  get current() {
    return this.questions[0];
  }

  /**
   * Take in what the album asks now. The current question stays, and what was answered or put off isn't asked again.
   * @param {{named: number, total: number, groups: Group[]}} asked
   */
  takeIn({ named, total, groups }) {
    const [current] = this.questions;
    const answered = new Set(this.given.filter((given) => given.state !== "lost" && !given.gone).flatMap(({ group }) => group.faces.map(keyOf)));
    const asked = groups.filter((group) => !group.faces.some((face) => answered.has(keyOf(face))));
    const put = (/** @type {Group} */ group) => group.faces.some((face) => this.#putOff.has(keyOf(face)));
    const isCurrent = (/** @type {Group} */ group) => current?.faces.some((face) => group.faces.map(keyOf).includes(keyOf(face)));
    this.questions = [...(current ? [current] : []), ...asked.filter((group) => !put(group) && !isCurrent(group))];
    this.named = named;
    this.total = total;
  }

  /** Leave the current question for another evening. */
  skip() {
    const group = this.questions.shift();
    if (group) this.skipped += 1;
    for (const face of group?.faces ?? []) this.#putOff.add(keyOf(face));
    return group;
  }

  /** It is somebody who has a name already. @param {{id: string, name: string}} person */
  itIs(person) {
    const group = this.#answered();
    if (!group) return null;
    this.total -= 1;
    const drafts = group.person
      ? [{ kind: "merge", person: group.person, into: person.id }]
      : [{ kind: "assign", person: person.id, faces: group.faces }];
    return this.#give(group, drafts, person.name, null);
  }

  /** It is somebody new. @param {string} name */
  itIsNew(name) {
    const group = this.#answered();
    if (!group) return null;
    this.named += 1;
    const person = group.person ?? newId();
    /** @type {Draft[]} */
    const drafts = [{ kind: "name", person, name }];
    if (!group.person) drafts.push({ kind: "assign", person, faces: group.faces });
    return this.#give(group, drafts, name, person);
  }

  /**
   * Never ask again. A stranger is one in all their photos. That something is no face is said of what is shown alone:
   * the other boxes may well be faces.
   * @param {"stranger" | "no-face"} why
   */
  ignore(why) {
    const group = this.#answered();
    if (!group) return null;
    this.total -= 1;
    const faces = why === "stranger" ? allFaces(group) : group.faces;
    /** @type {Draft[]} */
    const drafts = [];
    for (let at = 0; at < faces.length; at += MAX_FACES) drafts.push({ kind: "ignore", faces: faces.slice(at, at + MAX_FACES), why });
    return this.#give(group, drafts, null, null);
  }

  /** The answer that Undo takes back. @returns {Given | undefined} */
  get last() {
    return this.given.findLast((given) => !given.gone && given.state !== "lost");
  }

  /**
   * An answer is taken back, or couldn't be kept: its question is the current one again.
   * @param {Given} given
   */
  askAgain(given) {
    given.gone = true;
    if (given.newPerson) this.named -= 1;
    else this.total += 1;
    this.questions = [given.group, ...this.questions.filter((group) => group.id !== given.group.id)];
  }

  #answered() {
    return this.questions.shift();
  }

  /**
   * @param {Group} group
   * @param {Draft[]} drafts
   * @param {string | null} name
   * @param {string | null} newPerson
   * @returns {Given}
   */
  #give(group, drafts, name, newPerson) {
    /** @type {Given} */
    const given = { drafts: () => drafts, ids: [], state: "waiting", group, name, newPerson, gone: false };
    this.given.push(given);
    return given;
  }
}

/** The faces that are shown, and the ids of all others. @param {Group} group @returns {Partial<import("./people-calls.js").FaceShown>[]} */
function allFaces({ faces, members = [] }) {
  const shown = new Set(faces.map(({ face }) => face));
  return [...faces, ...members.filter((face) => !shown.has(face)).map((face) => ({ face }))];
}

/** What undoes an answer that is kept by the time this is sent. @param {Given} given @returns {Given} */
export const undoOf = (given) => ({ ...given, drafts: () => undoing(given.ids), ids: [], state: "waiting", gone: true });

/** @param {import("./people-calls.js").FaceShown} face */
const keyOf = ({ path, box }) => `${path} ${box.join()}`;
