// The owner's tools on a person's page: name, merge, split, "not this person", hide, portrait, birth date.

import { byId, make } from "../elements.js";
import { t, tn } from "../language.js";
import { personUrl } from "../photos/urls.js";
import pages from "../../pages.json" with { type: "json" };
import { faceImage } from "./face-image.js";
import { showHistory } from "./history.js";
import { nameField } from "./name-field.js";
import { newId } from "./new-id.js";
import { loadOwnerStyles } from "./owner-styles.js";
import { told } from "./owner-toast.js";
import { decide, readEverybody, readPersonFaces, undoing } from "./people-calls.js";
import { refusal } from "./refusals.js";

/** @typedef {import("./people-calls.js").Draft} Draft @typedef {import("./people-calls.js").KnownPerson} KnownPerson */

const FACE_PX = 72;

/** Add the button that opens the tools. @param {string} slug  Of the page's person. */
export function offerPersonTools(slug) {
  loadOwnerStyles();
  const button = make("button", { type: "button", className: "button", textContent: t("Edit") });
  button.addEventListener("click", async () => {
    try {
      const everybody = await readEverybody();
      const person = everybody.find((one) => one.slug === slug);
      if (person) await showTools(person, everybody);
    } catch (error) {
      told(refusal(error));
    }
  });
  byId("download").parentElement?.append(button);
}

/** @param {KnownPerson} person @param {KnownPerson[]} everybody */
async function showTools(person, everybody) {
  const { faces } = await readPersonFaces(person.id);
  const others = everybody.filter(({ id }) => id !== person.id);
  let hasChanged = false;
  const title = make("h2", { id: "tools-title", dir: "auto", textContent: person.name });
  const status = make("p", { className: "problem" });
  status.setAttribute("role", "alert");
  const dialog = make("dialog", { className: "owner-dialog" }, title, status);
  dialog.setAttribute("aria-labelledby", title.id);

  /** @param {Draft[]} drafts @param {string} words @param {() => void} [done] */
  async function keep(drafts, words, done = () => {}) {
    status.textContent = "";
    try {
      const ids = await decide(drafts);
      hasChanged = true;
      done();
      told(words, () => void decide(undoing(ids)).then(() => told(t("Undone.")), (error) => told(refusal(error))));
    } catch (error) {
      status.textContent = refusal(error);
    }
  }

  const rename = nameField({
    label: t("New name"),
    people: () => others,
    known: (other) => void mergeWith(other),
    fresh: (name) => void keep([{ kind: "name", person: person.id, name }], t("Saved: the name is %(name)s now.", { name }), () => (title.textContent = name)),
  });
  const merge = nameField({
    label: t("The same person as"),
    people: () => others,
    known: (other) => void mergeWith(other),
    fresh: (name) => (status.textContent = t("Nobody is called %(name)s. Choose somebody who has a name already.", { name })),
  });
  /** @param {KnownPerson} other */
  const mergeWith = (other) =>
    keep([{ kind: "merge", person: person.id, into: other.id }], t("%(name)s was merged with %(other)s", { name: person.name, other: other.name }), () => dialog.close());

  const birth = make("input", { type: "date", className: "input", value: person.birth ?? "", max: new Date().toISOString().slice(0, 10) });
  birth.addEventListener("change", () => {
    if (birth.validity.rangeOverflow) status.textContent = t("A birth date can't be in the future.");
    else void keep([{ kind: "birth", person: person.id, date: birth.value || null }], t("Saved."));
  });
  const hide = make("button", { type: "button", className: "button", textContent: person.hidden ? t("Show to visitors") : t("Hide from visitors") });
  hide.addEventListener("click", () => void keep([{ kind: person.hidden ? "show" : "hide", person: person.id }], t("Saved."), () => {
    person.hidden = !person.hidden;
    hide.textContent = person.hidden ? t("Show to visitors") : t("Hide from visitors");
  }));

  const buttons = faces.map((face, index) => {
    const button = make("button", { type: "button", className: "candidate" }, faceImage(face, FACE_PX));
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", t("Face %(number)s", { number: index + 1 }));
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      const chosen = choice().length;
      number.textContent = tn("%(num)s face chosen", "%(num)s faces chosen", chosen);
    });
    return button;
  });
  const choice = () => faces.filter((_, index) => buttons[index]?.getAttribute("aria-pressed") === "true");
  const number = make("p", { className: "quiet" });
  number.setAttribute("role", "status");

  /**
   * The chosen faces, if they aren't too many for what is to be done; else it says why not.
   * @param {number} most
   * @param {string} tooMany
   */
  function chosen(most, tooMany) {
    const some = choice();
    status.textContent = !some.length ? t("Choose faces first.") : some.length > most ? tooMany : "";
    return status.textContent ? null : some;
  }
  const part = () =>
    chosen(faces.length - 1, t("These are all faces of %(name)s. Change the name instead, or say who %(name)s is.", { name: person.name }));

  function takeOut() {
    for (const [index, face] of faces.entries()) {
      const button = buttons[index];
      if (button?.getAttribute("aria-pressed") === "true" && face) {
        button.remove();
        button.setAttribute("aria-pressed", "false");
      }
    }
    number.textContent = "";
  }
  const notThem = make("button", { type: "button", className: "button", textContent: t("Not %(name)s", { name: person.name }) });
  notThem.addEventListener("click", () => {
    const wrong = chosen(faces.length, "");
    if (wrong) void keep([{ kind: "reject", person: person.id, faces: wrong }], t("Saved."), takeOut);
  });
  const portrait = make("button", { type: "button", className: "button", textContent: t("Use as portrait") });
  portrait.addEventListener("click", () => {
    const one = chosen(1, t("Choose just one face for the portrait."));
    if (one) void keep([{ kind: "portrait", person: person.id, face: one[0] }], t("Saved."));
  });
  const split = nameField({
    label: t("The chosen faces are"),
    people: () => others,
    known: (other) => {
      const some = part();
      if (some) void keep([{ kind: "assign", person: other.id, faces: some }], t("Saved: that was %(name)s.", { name: other.name }), takeOut);
    },
    fresh: (name) => {
      const some = part();
      if (some) void keep([{ kind: "split", person: person.id, faces: some, to: newId(), name }], t("Saved: that was %(name)s.", { name }), takeOut);
    },
  });
  const history = make("button", { type: "button", className: "button", textContent: t("History") });
  history.addEventListener("click", () => showHistory(() => (hasChanged = true)));
  const close = make("button", { type: "button", className: "button strong", textContent: t("Done") });
  close.addEventListener("click", () => dialog.close());
  dialog.append(
    rename.element,
    merge.element,
    make("label", { className: "field" }, make("span", { textContent: t("Birth date, if you know it") }), birth),
    make("h3", { textContent: t("Faces") }),
    make("p", { className: "quiet", textContent: t("Choose those that are wrong, or one for the portrait.") }),
    make("div", { className: "candidates" }, ...buttons),
    number,
    make("div", { className: "actions" }, notThem, portrait),
    split.element,
    make("div", { className: "actions" }, close, hide, history),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (hasChanged) void follow(person.id);
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Go where the person is now: another name is another address. @param {string} id */
async function follow(id) {
  const people = await readEverybody().catch(() => []);
  const now = people.find((one) => one.id === id && !one.hidden);
  location.assign(now ? personUrl(now.slug) : pages.people.path);
}
