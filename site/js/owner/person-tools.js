// The owner's tools on a person's page: name, merge, split, "not this person", hide, portrait, birth date.

import { byId, make } from "../elements.js";
import { t, tn } from "../language.js";
import { personUrl } from "../photos/urls.js";
import { toast } from "../toast.js";
import pages from "../../pages.json" with { type: "json" };
import { rowDrafts } from "./candidate-rows.js";
import { faceButtons } from "./face-buttons.js";
import { showHistory } from "./history.js";
import { nameField } from "./name-field.js";
import { newId } from "./new-id.js";
import { loadOwnerStyles } from "./owner-styles.js";
import { told } from "./owner-toast.js";
import { decide, readEverybody, readPersonFaces, undoing } from "./people-calls.js";
import { refusal } from "./refusals.js";

/**
 * @typedef {import("./people-calls.js").Draft} Draft
 * @typedef {import("./people-calls.js").FaceShown} FaceShown
 * @typedef {import("./people-calls.js").KnownPerson} KnownPerson
 * @typedef {import("./people-calls.js").PersonFaces} PersonFaces
 *
 * @typedef {object} Tools  What each tool works with.
 * @property {PersonFaces} person
 * @property {KnownPerson[]} others
 * @property {(drafts: Draft[], words: string, next?: string) => Promise<void>} keep  Then the dialog is about `next`.
 * @property {(problem: string) => void} refuse
 */

/** Add the button that opens the tools, for hidden people too. @param {string} slug  Of the page's person. */
export async function offerPersonTools(slug) {
  loadOwnerStyles();
  const findPerson = async () => (await readEverybody()).find((one) => one.slug === slug);
  const none = byId("none");
  if (!none.hidden) {
    const person = await findPerson().catch(() => undefined);
    if (!person) return;
    /** @type {HTMLElement} */ (none.querySelector("h2")).textContent = person.hidden
      ? t("%(name)s is hidden from visitors.", { name: person.name })
      : t("There are no photos of %(name)s.", { name: person.name });
  }
  const button = make("button", { type: "button", className: "button", textContent: t("Edit") });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const person = await findPerson();
      if (person) await showTools(person.id);
    } catch (error) {
      toast(refusal(error));
    }
    button.disabled = false;
  });
  byId("download").parentElement?.append(button);
}

/** Everything about a person, in a dialog. It is read again after each decision. @param {string} id */
async function showTools(id) {
  let person = await readPersonFaces(id);
  let hasChanged = false;
  const title = make("h2", { id: "tools-title", dir: "auto", tabIndex: -1 });
  const problem = make("p", { className: "problem" });
  problem.setAttribute("role", "alert");
  const tools = make("div", { className: "tools" });
  const history = make("button", { type: "button", className: "button", textContent: t("History") });
  const close = make("button", { type: "button", className: "button strong", textContent: t("Done") });
  const saved = make("div");
  saved.dataset.saved = "";
  const foot = make("div", { className: "dialog-foot" }, problem, saved, make("div", { className: "actions" }, close, history));
  const dialog = make("dialog", { className: "owner-dialog" }, title, tools, foot);
  dialog.setAttribute("aria-labelledby", title.id);

  /** @param {string} next */
  async function show(next) {
    const [now, everybody] = await Promise.all([readPersonFaces(next), readEverybody()]);
    person = now;
    title.textContent = person.name;
    problem.textContent = "";
    const others = everybody.filter((other) => other.id !== person.id);
    tools.replaceChildren(...toolsOf({ person, others, keep, refuse: (words) => (problem.textContent = words) }));
    title.focus({ preventScroll: true });
  }

  /**
   * @param {Draft[]} drafts
   * @param {string} words
   * @param {string} next
   * @param {((ids: string[]) => void) | null} undo
   */
  async function carryOut(drafts, words, next, undo) {
    problem.textContent = "";
    tools.inert = true; // nothing is decided twice
    try {
      const ids = await decide(drafts);
      hasChanged = true;
      await show(next);
      told(words, undo && (() => undo(ids)));
    } catch (error) {
      problem.textContent = refusal(error);
    }
    tools.inert = false;
  }

  /** @param {Draft[]} drafts @param {string} words @param {string} [next] */
  function keep(drafts, words, next = person.id) {
    const before = person.id;
    return carryOut(drafts, words, next, (ids) => void carryOut(undoing(ids), t("Undone."), before, null));
  }

  // The next attempt starts without the last problem.
  for (const kind of ["click", "input"]) tools.addEventListener(kind, () => (problem.textContent = ""), true);
  history.addEventListener("click", () => showHistory(() => {
    hasChanged = true;
    show(person.id).catch((error) => (problem.textContent = refusal(error)));
  }));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (hasChanged) void follow(person.id);
  });
  await show(id);
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
}

/** @param {Tools} tools */
function toolsOf(tools) {
  return [...namesOf(tools), birthOf(tools), ...candidatesOf(tools), ...facesOf(tools), hidingOf(tools)];
}

/** Fields for a new name, and for merging with somebody else. @param {Tools} tools */
function namesOf({ person, others, keep, refuse }) {
  const mergeWith = (/** @type {KnownPerson} */ other) =>
    keep([{ kind: "merge", person: person.id, into: other.id }], t("%(name)s was merged into %(other)s", { name: person.name, other: other.name }), other.id);
  const rename = nameField({
    label: t("New name"),
    people: () => others,
    known: (other) => void mergeWith(other),
    fresh: (name) => void keep([{ kind: "name", person: person.id, name }], t("Saved: the name is %(name)s now.", { name })),
    asksFirst: true,
  });
  const merge = nameField({
    label: t("The same person as"),
    people: () => others,
    known: (other) => void mergeWith(other),
    fresh: (name) => refuse(t("Nobody is called %(name)s. Choose somebody who has a name already.", { name })),
    onlyKnown: true,
  });
  return [rename.element, merge.element];
}

/** @param {Tools} tools */
function birthOf({ person, keep, refuse }) {
  const birth = make("input", { type: "date", className: "input", value: person.birth ?? "", max: new Date().toISOString().slice(0, 10) });
  const label = make("label", { className: "field" }, make("span", { textContent: t("Birth date, if you know it") }), birth);
  const form = make("form", { className: "birth", noValidate: true }, label, make("button", { type: "submit", className: "button", textContent: t("Save") }));
  // Not when it changes: while a year is typed, the field holds the years 1, 19 and 197 too.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (birth.validity.rangeOverflow) refuse(t("A birth date can't be in the future."));
    else if (birth.reportValidity()) void keep([{ kind: "birth", person: person.id, date: birth.value || null }], t("Saved."));
  });
  return form;
}

/** Faces that may be this person's, if there are any. @param {Tools} tools */
function candidatesOf({ person, keep }) {
  if (!person.candidates.length) return [];
  const { name, candidates } = person;
  const faces = faceButtons(candidates, (number) => t("Face %(number)s is %(name)s", { number, name }), true);
  /** @param {FaceShown[]} theirs @param {FaceShown[]} rest */
  const answer = (theirs, rest) => keep(rowDrafts(person.id, theirs, rest), tn("Saved: %(num)s face of %(name)s.", "Saved: %(num)s faces of %(name)s.", theirs.length, { name }));
  const yes = make("button", { type: "button", className: "button", textContent: t("Yes") });
  yes.addEventListener("click", () => void answer(faces.chosen(), faces.left()));
  const none = make("button", { type: "button", className: "button", textContent: t("None of them") });
  none.addEventListener("click", () => void answer([], faces.seen()));
  return [
    make("h3", { dir: "auto", textContent: t("Is this %(name)s?", { name }) }),
    make("p", { className: "quiet", textContent: t("Choose every face that isn't %(name)s. It won't be suggested again.", { name }) }),
    make("div", { className: "rows" }, faces.element),
    make("div", { className: "actions" }, yes, none),
  ];
}

/** The faces: those that are wrong, or somebody else's, or one as portrait. @param {Tools} tools */
function facesOf({ person, others, keep, refuse }) {
  if (!person.faces.length) return [];
  const { id, name } = person;
  const number = make("p", { className: "quiet" });
  number.setAttribute("role", "status");
  const faces = faceButtons(person.faces, (index) => t("Face %(number)s", { number: index }), false, () => {
    number.textContent = tn("%(num)s face chosen", "%(num)s faces chosen", faces.chosen().length);
  });

  /**
   * The chosen faces, if they aren't too many for what is to be done; else it says why not.
   * @param {number} most
   * @param {string} tooMany
   */
  function chosen(most, tooMany) {
    const some = faces.chosen();
    const problem = !some.length ? t("Choose faces first.") : some.length > most ? tooMany : "";
    refuse(problem);
    return problem ? null : some;
  }
  const part = () => chosen(person.faces.length - 1, t("These are all faces of %(name)s. Change the name instead, or say who %(name)s is.", { name }));

  const notThem = make("button", { type: "button", className: "button", textContent: t("Not %(name)s", { name }) });
  notThem.addEventListener("click", () => {
    const wrong = chosen(person.faces.length, "");
    if (wrong) void keep([{ kind: "reject", person: id, faces: wrong }], tn("Saved: %(num)s face isn't %(name)s.", "Saved: %(num)s faces aren't %(name)s.", wrong.length, { name }));
  });
  const portrait = make("button", { type: "button", className: "button", textContent: t("Use as portrait") });
  portrait.addEventListener("click", () => {
    const one = chosen(1, t("Choose just one face for the portrait."));
    if (one) void keep([{ kind: "portrait", person: id, face: one[0] }], t("Saved: this is the portrait now."));
  });
  const split = nameField({
    label: t("The chosen faces are"),
    people: () => others,
    known: (other) => {
      const some = part();
      if (some) void keep([{ kind: "assign", person: other.id, faces: some }], t("Saved: that was %(name)s.", { name: other.name }));
    },
    fresh: (newName) => {
      const some = part();
      if (some) void keep([{ kind: "split", person: id, faces: some, to: newId(), name: newName }], t("Saved: that was %(name)s.", { name: newName }));
    },
  });
  return [
    make("h3", { textContent: t("Faces") }),
    make("p", { className: "quiet", textContent: t("Choose those that are wrong, or one for the portrait.") }),
    faces.element,
    number,
    make("div", { className: "actions" }, notThem, portrait),
    split.element,
  ];
}

/** @param {Tools} tools */
function hidingOf({ person, keep }) {
  const words = person.hidden ? t("Show to visitors") : t("Hide from visitors");
  const done = person.hidden ? t("Saved: visitors see %(name)s again.", { name: person.name }) : t("Saved: visitors don't see %(name)s any more.", { name: person.name });
  const hide = make("button", { type: "button", className: "button", textContent: words });
  hide.addEventListener("click", () => void keep([{ kind: person.hidden ? "show" : "hide", person: person.id }], done));
  const note = person.hidden
    ? t("In keywords, the name comes back only when the photos are processed again.")
    : t("The name stays on photos' own pages and in keywords until the next “kinpics publish”.");
  return make("div", { className: "hiding" }, make("p", { className: "quiet", textContent: note }), make("div", { className: "actions" }, hide));
}

/** Go where the person is now: another name is another address. @param {string} id */
async function follow(id) {
  const people = await readEverybody().catch(() => []);
  const now = people.find((one) => one.id === id);
  location.assign(now ? personUrl(now.slug) : pages.people.path);
}
