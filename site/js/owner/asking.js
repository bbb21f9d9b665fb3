// A dialog of the owner's pages that asks for something: its fields, a button that does it, and one that doesn't.

import { make } from "../elements.js";
import { t } from "../language.js";
import { whyNot } from "./manage-refusals.js";

let number = 0;

/**
 * Ask, and do it. While it is done, and if it fails, the dialog stays.
 * @param {string} title
 * @param {(Node | string)[]} content
 * @param {string} button  What it does.
 * @param {() => Promise<unknown>} act
 * @param {{isDangerous?: boolean, otherwise?: string}} [look]  Nothing else to do where `otherwise` is empty.
 */
export function ask(title, content, button, act, { isDangerous = false, otherwise = t("Cancel") } = {}) {
  const heading = make("h2", { id: `asking-${++number}`, textContent: title, dir: "auto" });
  const problem = make("p", { className: "field-problem" });
  problem.setAttribute("role", "alert");
  const doIt = make("button", { className: `button ${isDangerous ? "danger" : "strong"}`, textContent: button });
  const leave = make("button", { type: "button", className: "button", textContent: otherwise });
  const form = make("form", { className: "asking" }, heading, ...content, problem, make("div", { className: "actions" }, doIt, ...(otherwise ? [leave] : [])));
  const dialog = make("dialog", { className: "owner-dialog" }, form);
  dialog.setAttribute("aria-labelledby", heading.id);
  leave.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    doIt.disabled = true;
    try {
      await act();
      dialog.close();
    } catch (error) {
      problem.textContent = whyNot(error);
    }
    doIt.disabled = false;
  });
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} input
 */
export function field(label, input) {
  input.className = "input";
  return make("label", { className: "field" }, make("span", { textContent: label }), input);
}
