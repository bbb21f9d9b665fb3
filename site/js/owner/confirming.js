// Rows of twelve: "is this X?" All of a row are confirmed with one key, after those who aren't X were taken out.

import pages from "../../pages.json" with { type: "json" };
import { make } from "../elements.js";
import { t, tn } from "../language.js";
import { inRows, rowDrafts } from "./candidate-rows.js";
import { faceButtons } from "./face-buttons.js";
import { decide, readEverybody, readPersonFaces, undoing } from "./people-calls.js";
import { refusal } from "./refusals.js";

/**
 * @typedef {import("./people-calls.js").FaceShown} FaceShown
 * @typedef {{person: {id: string, name: string}, faces: FaceShown[]}} Row
 */

/**
 * Ask about one person's faces after another's. Call it once.
 * @param {HTMLElement} place
 * @param {(text: string, undo?: (() => void) | null) => void} told
 * @returns {(key: string) => boolean}  What a key means here: whether it means anything.
 */
export function confirmRows(place, told) {
  /** The row that is asked about first. @type {Row[]} */
  const rows = [];
  /** People whose rows haven't been read yet, once it is known who there is. @type {{id: string, name: string}[] | null} */
  let rest = null;
  /** @type {{row: Row, ids: string[]}[]} */
  const kept = [];
  /** @type {Record<string, () => void>} */
  let keys = {};

  async function next() {
    keys = {};
    place.inert = true; // until the next row is there
    try {
      rest ??= (await readEverybody()).filter(({ candidates }) => candidates);
      while (!rows.length && rest.length) {
        const [person] = /** @type {[{id: string, name: string}]} */ (rest);
        rows.push(...inRows((await readPersonFaces(person.id)).candidates).map((faces) => ({ person, faces })));
        rest.shift();
      }
      place.inert = false; // what is inert can't take the focus
      show();
    } catch (error) {
      const again = make("button", { type: "button", className: "button", textContent: t("Try again") });
      again.addEventListener("click", () => void next());
      place.replaceChildren(make("p", { className: "problem", textContent: refusal(error) }), again);
      place.inert = false;
    }
  }

  function show() {
    const [row] = rows;
    const heading = make("h1", { tabIndex: -1, dir: "auto", textContent: row ? t("Is this %(name)s?", { name: row.person.name }) : t("That's everybody") });
    keys = kept.length ? { z: undo } : {};
    if (row) place.replaceChildren(heading, ...question(row));
    else place.replaceChildren(heading, make("p", { className: "lead", textContent: t("The album has no more questions. New photos may bring some.") }), wayOn());
    heading.focus({ preventScroll: true });
  }

  const wayOn = () => make("p", { className: "actions" }, make("a", { className: "button strong", href: pages.people.path, textContent: t("See all people") }));

  /** @param {Row} row */
  function question(row) {
    const { name } = row.person;
    const buttons = faceButtons(row.faces, (number) => t("Face %(number)s is %(name)s", { number, name }), true);
    Object.assign(keys, { y: () => void answer(row, buttons.chosen(), buttons.left()), n: () => void answer(row, [], row.faces), s: skip });
    const button = (/** @type {string} */ words, /** @type {string} */ key, more = "") => {
      const made = make("button", { type: "button", className: `button ${more}` }, words, " ", make("kbd", { textContent: key.toUpperCase(), ariaHidden: "true" }));
      made.setAttribute("aria-keyshortcuts", key);
      made.addEventListener("click", () => keys[key]?.());
      return made;
    };
    return [
      make("p", { className: "quiet", textContent: t("Choose every face that isn't %(name)s. It won't be suggested again.", { name }) }),
      buttons.element,
      make("div", { className: "actions" }, button(t("Yes"), "y", "strong"), button(t("None of them"), "n"), button(t("Skip"), "s")),
    ];
  }

  function skip() {
    rows.shift();
    void next();
  }

  /** @param {Row} row @param {FaceShown[]} theirs @param {FaceShown[]} others */
  async function answer(row, theirs, others) {
    keys = {};
    place.inert = true;
    try {
      kept.push({ row, ids: await decide(rowDrafts(row.person.id, theirs, others)) });
      told(tn("Saved: %(num)s face of %(name)s.", "Saved: %(num)s faces of %(name)s.", theirs.length, { name: row.person.name }), undo);
      rows.shift();
      await next();
    } catch (error) {
      told(refusal(error));
      place.inert = false;
      show();
    }
  }

  /** Take the last answer back, and ask again. */
  async function undo() {
    const last = kept.pop();
    if (!last) return;
    keys = {};
    place.inert = true;
    try {
      await decide(undoing(last.ids));
      rows.unshift(last.row);
      told(t("Undone."));
    } catch (error) {
      kept.push(last);
      told(refusal(error), undo);
    }
    place.inert = false;
    show();
  }

  void next();
  return (key) => {
    const act = keys[key];
    act?.();
    return Boolean(act) || place.inert;
  };
}
