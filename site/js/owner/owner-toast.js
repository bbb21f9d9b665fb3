// What was just saved, with a button that takes it back. It has a place in the page, so that it never covers anything.

import { make } from "../elements.js";
import { t } from "../language.js";

const words = make("span");
words.setAttribute("role", "status");
const button = make("button", { type: "button", className: "button bare", textContent: t("Undo") });
const place = make("div", { className: "saved", hidden: true }, words, button);

/**
 * Say it in the open dialog, or in the place that the page has for it.
 * @param {string} text
 * @param {(() => void) | null} [undo]
 */
export function told(text, undo = null) {
  const places = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-saved]"))];
  // What is outside of an open dialog is below it; that of a page's hidden part is hidden.
  const shown = places.find((one) => one.closest("dialog[open]")) ?? places.find((one) => one.offsetParent);
  if (shown !== place.parentElement) shown?.append(place);
  words.textContent = text;
  place.hidden = !text;
  button.hidden = !undo;
  button.onclick = () => {
    place.hidden = true;
    undo?.();
  };
}
