// An evening of naming: which question comes next, what an answer means, and how it is taken back. Without a page.

import { newId } from "./new-id.js";
import { undoing } from "./people-calls.js";

/**
 * @typedef {import("./people-calls.js").Group} Group
 * @typedef {import("./people-calls.js").Draft} Draft
 * @typedef {import("./people-calls.js").FaceShown} FaceShown
 * @typedef {import("./people-calls.js").KnownPerson} KnownPerson
 *
 * @typedef {import("./outbox.js").Answer & {group: Group, theirs: FaceShown[], name: string | null, newPerson: string | null, gone: boolean}} Given
 *   `theirs` are the faces it is about, among those that were seen.
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
    const answered = new Set(this.given.filter((given) => given.state !== "lost" && !given.gone).flatMap(({ theirs }) => theirs.map(keyOf)));
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
    const drafts = group.person ? [{ kind: "merge", person: group.person, into: person.id }, ...others(group, person.id)] : faces(group, person.id);
    return this.#give(group, drafts, person.name, null);
  }

  /** It is somebody new. @param {string} name */
  itIsNew(name) {
    const group = this.#answered();
    if (!group) return null;
    this.named += 1;
    const person = group.person ?? newId();
    const drafts = [{ kind: "name", person, name }, ...(group.person ? others(group, person) : faces(group, person))];
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
    const ignored = why === "stranger" ? allFaces(group) : seen(group).theirs;
    return this.#give(group, inParts(ignored, (some) => ({ kind: "ignore", faces: some, why })), null, null);
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

  /** The current question, unless all its faces were taken out. */
  #answered() {
    const [group] = this.questions;
    return group && seen(group).theirs.length ? this.questions.shift() : null;
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
    const given = { drafts: () => drafts, ids: [], state: "waiting", group, theirs: seen(group).theirs, name, newPerson, gone: false };
    this.given.push(given);
    return given;
  }
}

/** Which of the faces that the owner sees are one person: all of them, or those that were picked. @param {Group} group */
const seen = (group) => group.picked ?? { theirs: group.faces, others: [] };

/** The person's faces that were seen, and the ids of all that weren't. @param {Group} group @returns {Partial<FaceShown>[]} */
function allFaces(group) {
  const { theirs, others } = seen(group);
  const shown = new Set([...theirs, ...others].map(({ face }) => face));
  return [...theirs, ...(group.members ?? []).filter((face) => !shown.has(face)).map((face) => ({ face }))];
}

/** These faces are a person, and those that were taken out aren't. @param {Group} group @param {string} person */
const faces = (group, person) => [...inParts(seen(group).theirs, (some) => ({ kind: "assign", person, faces: some })), ...others(group, person)];

/** Those that were taken out aren't a person. @param {Group} group @param {string} person */
const others = (group, person) => inParts(seen(group).others, (some) => ({ kind: "reject", person, faces: some }));

/**
 * Decisions about faces, none about more faces than one decision may have.
 * @template Face
 * @param {Face[]} all
 * @param {(some: Face[]) => Draft} decision
 */
function inParts(all, decision) {
  /** @type {Draft[]} */
  const drafts = [];
  for (let at = 0; at < all.length; at += MAX_FACES) drafts.push(decision(all.slice(at, at + MAX_FACES)));
  return drafts;
}

/** What undoes an answer that is kept by the time this is sent. @param {Given} given @returns {Given} */
export const undoOf = (given) => ({ ...given, drafts: () => undoing(given.ids), ids: [], state: "waiting", gone: true });

/** @param {FaceShown} face */
const keyOf = ({ path, box }) => `${path} ${box.join()}`;
