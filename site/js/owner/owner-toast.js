// What was just saved, with a button that takes it back.

import { make } from "../elements.js";
import { t } from "../language.js";

const words = make("span");
words.setAttribute("role", "status");
const button = make("button", { type: "button", className: "button bare", textContent: t("Undo") });
const place = make("div", { className: "toast saved", hidden: true }, words, button);

/**
 * @param {string} text
 * @param {(() => void) | null} [undo]
 */
export function told(text, undo = null) {
  // What is outside of an open dialog is below it.
  (document.querySelector("dialog[open]") ?? document.body).append(place);
  words.textContent = text;
  place.hidden = !text;
  button.hidden = !undo;
  button.onclick = () => {
    place.hidden = true;
    undo?.();
  };
}
