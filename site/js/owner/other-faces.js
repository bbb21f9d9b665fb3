// All faces of a question, on demand: the owner checks whether they are one person, and takes out those that aren't.

import { byId, make } from "../elements.js";
import { t, tn } from "../language.js";
import { faceButtons } from "./face-buttons.js";
import { readOtherFaces } from "./people-calls.js";
import { refusal } from "./refusals.js";

/** @typedef {import("./people-calls.js").Group} Group */

/**
 * A button that opens and closes them in the place that the page has for them; nothing if there is a single face.
 * @param {Group} group  `picked` is kept in it.
 * @returns {HTMLButtonElement | null}
 */
export function otherFaces(group) {
  const place = byId("others");
  place.replaceChildren();
  delete group.picked;
  const more = group.photos - group.faces.length;
  if (group.faces.length < 2) return null;
  const words = more > 0 ? tn("and %(num)s more photo", "and %(num)s more photos", more) : t("Not all the same person?");
  const button = make("button", { type: "button", className: "textlink small num", textContent: words });
  button.setAttribute("aria-keyshortcuts", "m");
  button.setAttribute("aria-controls", place.id);
  button.ariaExpanded = "false";

  async function open() {
    button.ariaExpanded = "true";
    const loading = make("p", { className: "quiet", textContent: t("Loading…") });
    place.replaceChildren(loading);
    const focused = document.activeElement;
    try {
      const all = [...group.faces, ...(await readOtherFaces(group))];
      if (!loading.isConnected) return; // closed meanwhile, or another question is asked
      const pick = () => (group.picked = { theirs: buttons.chosen(), others: buttons.left() });
      const buttons = faceButtons(all, (number) => t("Face %(number)s", { number }), true, pick);
      pick();
      place.replaceChildren(make("p", { className: "quiet", textContent: t("Choose faces to leave them out of your answer.") }), buttons.element);
      // Who types a name by now goes on: elsewhere, its letters would be shortcuts.
      if (document.activeElement === focused) buttons.element.querySelector("button")?.focus();
    } catch (error) {
      const problem = make("p", { className: "field-problem", textContent: refusal(error) });
      problem.setAttribute("role", "alert");
      if (loading.isConnected) place.replaceChildren(problem);
    }
  }
  function close() {
    button.ariaExpanded = "false";
    place.replaceChildren();
    delete group.picked;
    button.focus();
  }
  button.addEventListener("click", () => (button.ariaExpanded === "true" ? close() : void open()));
  return button;
}
