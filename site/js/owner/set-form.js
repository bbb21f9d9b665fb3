// A set's title and description, edited in place.

import { make } from "../elements.js";
import { t } from "../language.js";
import { field } from "./asking.js";
import { changeSet } from "./manage-calls.js";
import { whyNot } from "./manage-refusals.js";
import { told } from "./owner-toast.js";

/** @typedef {import("./manage-calls.js").OwnSet} OwnSet */

/**
 * @param {OwnSet} set  Gets the new words.
 * @param {() => void} ended  The form is to go.
 * @returns {HTMLFormElement}
 */
export function setForm(set, ended) {
  const title = make("input", { value: set.title, placeholder: set.set.replaceAll("_", " ") });
  const description = make("textarea", { value: set.description, rows: 3 });
  const problem = make("p", { className: "field-problem" });
  problem.setAttribute("role", "alert");
  const save = make("button", { className: "button strong", textContent: t("Save") });
  const cancel = make("button", { type: "button", className: "button", textContent: t("Cancel") });
  const form = make("form", { className: "asking" }, field(t("Title"), title), field(t("Description"), description), problem, make("div", { className: "actions" }, save, cancel));
  cancel.addEventListener("click", ended);
  form.addEventListener("keydown", ({ key }) => key === "Escape" && ended());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    problem.textContent = "";
    try {
      const { before } = await give(set, title.value, description.value);
      told(t("Saved."), () => void giveBack(set, before, ended));
      ended();
    } catch (error) {
      problem.textContent = whyNot(error);
    }
    save.disabled = false;
  });
  queueMicrotask(() => title.focus());
  return form;
}

/** @param {OwnSet} set @param {string} title @param {string} description */
async function give(set, title, description) {
  const answer = await changeSet(set.set, { title, description });
  Object.assign(set, { title: title.trim(), description: description.trim(), is_published: false });
  set.shown_title = set.title || set.set.replaceAll("_", " ").trim() || set.set;
  return answer;
}

/** @param {OwnSet} set @param {{title: string, description: string}} before @param {() => void} ended */
async function giveBack(set, before, ended) {
  try {
    await give(set, before.title, before.description);
    told(t("Undone."));
  } catch (error) {
    told(whyNot(error));
  }
  ended();
}
