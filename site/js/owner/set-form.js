// A set's title, description, date and place, edited in place.

import { make } from "../elements.js";
import { t } from "../language.js";
import { field, whileBusy } from "./asking.js";
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
  const dated = make("input", { value: set.dated, inputMode: "numeric", placeholder: t("2019, 2019-05 or 2019-05-03") });
  const spot = make("input", { value: set.place, type: "number", min: "1", max: "9999" });
  const problem = make("p", { className: "field-problem" });
  problem.setAttribute("role", "alert");
  const save = make("button", { className: "button strong", textContent: t("Save") });
  const cancel = make("button", { type: "button", className: "button", textContent: t("Cancel") });
  const form = make("form", { className: "asking" }, field(t("Title"), title), field(t("Description"), description), field(t("Date, if the photos' own isn't right"), dated), field(t("Place among the albums: 1 comes first"), spot), problem, make("div", { className: "actions" }, save, cancel));
  cancel.addEventListener("click", ended);
  form.addEventListener("keydown", ({ key }) => key === "Escape" && ended());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.textContent = "";
    void whileBusy(form, save, async () => {
      try {
        const { before } = await give(set, { title: title.value, description: description.value, dated: dated.value, place: spot.value });
        told(t("Saved."), () => void giveBack(set, before, ended));
        ended();
      } catch (error) {
        problem.textContent = whyNot(error);
      }
    });
  });
  queueMicrotask(() => title.focus());
  return form;
}

/** @param {OwnSet} set @param {import("./manage-calls.js").SetTexts} texts */
async function give(set, texts) {
  const answer = await changeSet(set.set, texts);
  for (const [name, text] of Object.entries(texts)) Object.assign(set, { [name]: text.trim() });
  set.is_published = false;
  set.shown_title = set.title || set.set.replaceAll("_", " ").trim() || set.set;
  return answer;
}

/** @param {OwnSet} set @param {import("./manage-calls.js").SetTexts} before @param {() => void} ended */
async function giveBack(set, { title, description, dated, place }, ended) {
  try {
    await give(set, { title, description, dated, place });
    told(t("Undone."));
  } catch (error) {
    told(whyNot(error));
  }
  ended();
}
