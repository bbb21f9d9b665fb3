// Rows of twelve: "is this X?" All of a row are confirmed with one key, after those who aren't X were taken out.

import { make } from "../elements.js";
import { t, tn } from "../language.js";
import { inRows, rowDrafts } from "./candidate-rows.js";
import { faceImage } from "./face-image.js";
import { decide, readPersonFaces, undoing } from "./people-calls.js";
import { refusal } from "./refusals.js";

/** @typedef {import("./people-calls.js").KnownPerson} KnownPerson */

const FACE_PX = 96;

/**
 * Ask about one person's faces after another's.
 * @param {HTMLElement} place
 * @param {KnownPerson[]} everybody
 * @param {{told: (text: string, undo?: (() => void) | null) => void}} page
 */
export async function confirmRows(place, everybody, { told }) {
  if (place.dataset.started) return;
  place.dataset.started = "yes";
  for (const person of everybody.filter(({ candidates }) => candidates)) {
    try {
      const { candidates } = await readPersonFaces(person.id);
      for (const row of inRows(candidates)) await ask(place, person, row, told);
    } catch (error) {
      place.replaceChildren(make("p", { textContent: refusal(error) }));
      return;
    }
  }
  place.replaceChildren(make("h1", { tabIndex: -1, textContent: t("That's everybody") }), make("p", { className: "lead", textContent: t("The album has no more questions. New photos may bring some.") }));
}

/**
 * @param {HTMLElement} place
 * @param {KnownPerson} person
 * @param {import("./people-calls.js").FaceShown[]} row
 * @param {(text: string, undo?: (() => void) | null) => void} told
 * @returns {Promise<void>}  Resolved once it is answered.
 */
function ask(place, person, row, told) {
  return new Promise((resolve) => {
    const heading = make("h1", { tabIndex: -1, dir: "auto", textContent: t("Is this %(name)s?", { name: person.name }) });
    const buttons = row.map((face, index) => {
      const button = make("button", { type: "button", className: "candidate" }, faceImage(face, FACE_PX));
      button.setAttribute("aria-pressed", "true");
      button.setAttribute("aria-label", t("Face %(number)s is %(name)s", { number: index + 1, name: person.name }));
      button.addEventListener("click", () => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true")));
      return button;
    });
    const yes = make("button", { type: "button", className: "button strong" }, t("Yes"), " ", make("kbd", { textContent: "Y" }));
    const none = make("button", { type: "button", className: "button" }, t("None of them"), " ", make("kbd", { textContent: "N" }));
    const later = make("button", { type: "button", className: "button" }, t("Skip"), " ", make("kbd", { textContent: "S" }));
    const hint = make("p", { className: "quiet", textContent: t("Choose a face to take it out. Those are never suggested as %(name)s again.", { name: person.name }) });

    /** @param {boolean[] | null} isThem  Null to leave them for later. */
    function answer(isThem) {
      removeEventListener("keydown", onKey);
      resolve();
      if (!isThem) return;
      decide(rowDrafts(person.id, row, isThem)).then(
        (ids) => told(tn("Saved: %(num)s face of %(name)s.", "Saved: %(num)s faces of %(name)s.", isThem.filter(Boolean).length, { name: person.name }), () => {
          decide(undoing(ids)).then(() => told(t("Undone.")), (error) => told(refusal(error)));
        }),
        (error) => told(refusal(error)),
      );
    }

    const ticked = () => buttons.map((button) => button.getAttribute("aria-pressed") === "true");
    yes.addEventListener("click", () => answer(ticked()));
    none.addEventListener("click", () => answer(row.map(() => false)));
    later.addEventListener("click", () => answer(null));
    /** @param {KeyboardEvent} event */
    function onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      /** @type {Record<string, HTMLButtonElement>} */
      const keys = { y: yes, n: none, s: later };
      keys[event.key.toLowerCase()]?.click();
    }
    addEventListener("keydown", onKey);
    place.replaceChildren(heading, hint, make("div", { className: "candidates" }, ...buttons), make("div", { className: "actions" }, yes, none, later));
    heading.focus({ preventScroll: true });
  });
}
