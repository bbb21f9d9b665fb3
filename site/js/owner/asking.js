// A dialog of the owner's pages that asks for something: its fields, a button that does it, and one that doesn't.

import { make } from "../elements.js";
import { t } from "../language.js";
import { whyNot } from "./manage-refusals.js";
import { told } from "./owner-toast.js";

let number = 0;

/**
 * Ask, and do it. While it is done, and if it fails, the dialog stays. Only one thing is asked at a time.
 * @param {string} title
 * @param {(Node | string)[]} content
 * @param {string} button  What it does.
 * @param {() => Promise<unknown>} act
 * @param {{isDangerous?: boolean, otherwise?: string}} [look]  Nothing else to do where `otherwise` is empty.
 */
export function ask(title, content, button, act, { isDangerous = false, otherwise = t("Cancel") } = {}) {
  if (document.querySelector(".owner-dialog[open]")) return; // a double click
  const heading = make("h2", { id: `asking-${++number}`, textContent: title, dir: "auto" });
  const problem = make("p", { className: "field-problem" });
  problem.setAttribute("role", "alert");
  const doIt = make("button", { className: `button ${isDangerous ? "danger" : "strong"}`, textContent: button });
  const leave = make("button", { type: "button", className: "button", textContent: otherwise });
  const form = make("form", { className: "asking" }, heading, ...content, problem, make("div", { className: "actions" }, doIt, ...(otherwise ? [leave] : [])));
  const dialog = make("dialog", { className: "owner-dialog" }, form);
  dialog.setAttribute("aria-labelledby", heading.id);
  leave.addEventListener("click", () => dialog.close());
  const focusAgain = rememberFocus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    focusAgain();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.textContent = "";
    void whileBusy(form, doIt, async () => {
      try {
        await act();
        dialog.close();
      } catch (error) {
        // Whoever has left the dialog meanwhile reads it on the page.
        if (dialog.open) problem.textContent = whyNot(error);
        else told(whyNot(error));
      }
    });
  });
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * Do it, but not twice at once. The button isn't disabled meanwhile: it would lose the focus.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} doIt
 * @param {() => Promise<void>} act
 */
export async function whileBusy(form, doIt, act) {
  if (form.ariaBusy) return;
  form.ariaBusy = doIt.ariaDisabled = "true";
  await act();
  form.ariaBusy = doIt.ariaDisabled = null;
}

/** What gives the focus back to what has it now, or to what has taken its place: its namesake, or else what is near. */
function rememberFocus() {
  const had = document.activeElement;
  /** @type {Element[]} */
  const around = [];
  for (let place = had?.parentElement; place; place = place.parentElement) around.push(place);
  const name = had && nameOf(had);
  return () => {
    if (document.activeElement !== document.body) return;
    for (const place of around) {
      if (!place.isConnected) continue;
      const there = [.../** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("button:not([disabled]), a[href]"))].filter(({ offsetParent }) => offsetParent);
      const next = there.find((one) => nameOf(one) === name) ?? there[0];
      if (next) return next.focus();
    }
  };
}

/** @param {Element} control */
const nameOf = (control) => control.ariaLabel ?? control.textContent;

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} input
 */
export function field(label, input) {
  input.className = "input";
  return make("label", { className: "field" }, make("span", { textContent: label }), input);
}
