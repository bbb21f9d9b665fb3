// "Who is this?": one face after another. The next question is there at once, while the answer is sent in the background.

import pages from "../../pages.json" with { type: "json" };
import { byId, make } from "../elements.js";
import { formatNumber, t, tn } from "../language.js";
import { photoUrl } from "../photos/urls.js";
import { isOwner } from "../visitor/owner.js";
import { confirmRows } from "./confirming.js";
import { Evening, undoOf } from "./evening.js";
import { faceImage, photoOf } from "./face-image.js";
import { showHistory } from "./history.js";
import { nameField } from "./name-field.js";
import { otherFaces } from "./other-faces.js";
import { Outbox } from "./outbox.js";
import { told } from "./owner-toast.js";
import { decideEach, readEverybody, readQuestions } from "./people-calls.js";
import { refusal } from "./refusals.js";

/**
 * @typedef {import("./people-calls.js").KnownPerson} KnownPerson
 * @typedef {import("./evening.js").Given} Given
 */

const BIG_PX = 320;
const BIG_ON_PHONES_PX = 164;
const SMALL_PX = 56;
const CHOICE_PX = 48;

/** Start the page for the owner. */
export async function startNaming() {
  const evening = new Evening();
  /** @type {KnownPerson[]} */
  let everybody = [];
  /** Why answers weren't kept, since the last question was asked. @type {string} */
  let trouble = "";
  let wasEmptied = false;
  /** What a key means while rows are asked about. @type {((key: string) => boolean) | null} */
  let rowKey = null;
  /** The button that shows all faces of the question. @type {HTMLButtonElement | null} */
  let showOthers = null;

  /** @type {Outbox<Given>} */
  const outbox = new Outbox({
    send: decideEach,
    emptied: () => void refresh(),
    failed: (given, error) => {
      const isUndo = given.gone;
      trouble = isUndo
        ? t("That couldn't be undone. %(reason)s", { reason: refusal(error) })
        : t("An answer wasn't saved, so the question is back. %(reason)s", { reason: refusal(error) });
      if (!isUndo) {
        if (given.newPerson) everybody = everybody.filter(({ id }) => id !== given.newPerson);
        evening.askAgain(given);
      }
      told(""); // it may say that this was saved
      const isTyping = document.activeElement === field.input;
      show();
      if (isTyping) field.input.focus(); // elsewhere, what is being typed would be shortcuts
    },
  });

  const field = nameField({
    label: t("Name"),
    people: () => everybody,
    known: (person) => answer(evening.itIs(person)),
    fresh: (name) => answer(evening.itIsNew(name)),
  });
  byId("name-place").replaceChildren(field.element);

  /** Ask the album again: names change what it asks, and who it suggests. */
  async function refresh() {
    try {
      const [asked, people] = await Promise.all([readQuestions(evening.skipped), readEverybody()]);
      if (!outbox.isEmpty) return; // a newer answer is on its way, after which this is called again
      const hadQuestion = Boolean(evening.current);
      everybody = people;
      evening.takeIn(asked);
      wasEmptied = !asked.groups.length || !evening.current;
      if (hadQuestion && evening.current) showProgress();
      else show();
    } catch (error) {
      trouble ||= refusal(error); // that an answer wasn't saved matters more
      if (evening.current) showProgress(); // what was typed or chosen for it stays
      else show();
    }
  }

  /** @param {Given | null} given */
  function answer(given) {
    if (!given) return evening.current && told(t("You left out all faces. Keep at least one."));
    if (given.newPerson && given.name) {
      everybody = [...everybody, { id: given.newPerson, name: given.name, slug: "", hidden: false, birth: null, photos: given.group.photos, portrait: given.theirs[0] ?? null }];
    }
    trouble = "";
    outbox.add(given);
    told(given.name ? t("Saved: that was %(name)s.", { name: given.name }) : ignoredWords(given), undo);
    show();
  }

  /** @param {{person: string | null, name: string}} suggestion  Somebody named by another service may have got a name here since. */
  function choose({ person, name }) {
    const known = person ? { id: person, name } : everybody.find((one) => one.name.toLowerCase() === name.toLowerCase());
    answer(known ? evening.itIs(known) : evening.itIsNew(name));
  }

  /** @param {Given} given */
  function ignoredWords(given) {
    const faces = given.drafts().flatMap((draft) => /** @type {unknown[]} */ (draft.faces)).length;
    return tn("Saved: you won't be asked about this face again.", "Saved: you won't be asked about these %(num)s faces again.", faces);
  }

  /** Take the last answer back. */
  function undo() {
    const given = evening.last;
    if (!given) return void told(t("There's nothing to undo here. History has all earlier steps."));
    if (!outbox.takeBack(given)) outbox.add(undoOf(given));
    evening.askAgain(given);
    if (given.newPerson) everybody = everybody.filter(({ id }) => id !== given.newPerson);
    told(t("Undone."));
    show();
  }

  function skip() {
    if (!evening.skip()) return;
    trouble = "";
    told(t("Skipped. You'll be asked again another time."));
    show();
    if (!evening.current && outbox.isEmpty) void refresh(); // else it is called once the answers are kept
  }

  function showProgress() {
    byId("progress-words").textContent = evening.total ? t("%(number)s of %(total)s named", { number: evening.named, total: evening.total }) : "";
    Object.assign(byId("progress", HTMLProgressElement), { max: Math.max(1, evening.total), value: evening.named, hidden: !evening.total });
    const problem = byId("problem");
    problem.replaceChildren(...(trouble ? [trouble, " ", ...wayOut()] : []));
    problem.hidden = !trouble;
  }

  /** What to do about trouble, unless it is to answer again. */
  function wayOut() {
    if (!isOwner()) return [make("a", { className: "textlink", href: pages.account.path, textContent: t("Sign in") })];
    if (evening.current || wasEmptied) return [];
    const again = make("button", { type: "button", className: "textlink", textContent: t("Try again") });
    again.addEventListener("click", () => {
      trouble = "";
      show();
      void refresh();
    });
    return [again];
  }

  function show() {
    showProgress();
    field.clear();
    const group = evening.current;
    byId("question").hidden = !group;
    byId("loading").hidden = true;
    const rows = byId("rows");
    const wereHidden = rows.hidden;
    rows.hidden = Boolean(group) || !wasEmptied;
    if (!group) {
      showOthers = null;
      if (!wasEmptied) byId("loading").hidden = Boolean(trouble);
      else if (!rowKey) rowKey = confirmRows(rows, told);
      else if (wereHidden) rows.querySelector("h1")?.focus({ preventScroll: true });
      return;
    }
    const [first] = group.faces;
    const big = matchMedia("(max-width: 699px)").matches ? BIG_ON_PHONES_PX : BIG_PX;
    byId("face").replaceChildren(faceImage(first ?? null, big));
    const more = group.photos - group.faces.length;
    const links = group.faces.map((face, index) => {
      const link = make("a", { href: photoUrl(photoOf(face.path)), target: "_blank" }, faceImage(face, SMALL_PX));
      link.setAttribute("aria-label", t("Open photo %(number)s with this face in a new tab", { number: index + 1 }));
      return link;
    });
    showOthers = otherFaces(group);
    byId("evidence").replaceChildren(...links, ...(showOthers ? [showOthers, make("kbd", { textContent: "M", ariaHidden: "true" })] : []));
    field.caption.textContent = group.suggestions.length ? t("Somebody else") : t("Name");
    byId("how-many").textContent = more > 0 ? t("“A stranger” applies to all %(photos)s photos, “Not a face” only to the faces you see here.", { photos: group.photos }) : "";
    byId("choices").replaceChildren(...group.suggestions.map(({ person, name, portrait, why }, index) => {
      const reasons = { said: t("Said to be in this photo"), alike: t("Looks alike"), "same-photos": t("Often in the same photos"), "same-set": t("Also in this album") };
      const words = make("span", {}, make("bdi", { textContent: name }), make("small", { textContent: reasons[why] }));
      const button = make("button", { type: "button", className: "choice" }, faceImage(portrait, CHOICE_PX), words, make("kbd", { textContent: formatNumber(index + 1) }));
      button.setAttribute("aria-keyshortcuts", String(index + 1));
      button.addEventListener("click", () => choose({ person, name }));
      return button;
    }));
    const names = group.suggestions.map(({ name }, index) => `${index + 1} ${name}`).join(", ");
    byId("announcement").textContent = [t("Who is this?"), tn("In %(num)s photo.", "In %(num)s photos.", group.photos), names].join(" ");
    byId("ask").focus({ preventScroll: true });
    // The next face is loaded before it is asked about.
    const next = evening.questions[1]?.faces[0];
    if (next) byId("next-face").replaceChildren(faceImage(next, big));
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    s: skip,
    x: () => answer(evening.ignore("no-face")),
    t: () => answer(evening.ignore("stranger")),
    z: undo,
    m: () => showOthers?.click(),
    n: () => field.input.focus(),
    "/": () => field.input.focus(),
  };
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    const isUndo = (event.ctrlKey || event.metaKey) && event.key === "z";
    if ((event.ctrlKey || event.metaKey) && !isUndo) return;
    if (!evening.current && rowKey?.(event.key.toLowerCase())) return event.preventDefault();
    const suggestion = evening.current?.suggestions[Number(event.key) - 1];
    const act = suggestion ? () => choose(suggestion) : keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  byId("skip").addEventListener("click", skip);
  byId("no-face").addEventListener("click", () => answer(evening.ignore("no-face")));
  byId("stranger").addEventListener("click", () => answer(evening.ignore("stranger")));
  byId("history").addEventListener("click", () => showHistory(() => void refresh()));
  byId("history").hidden = false;
  addEventListener("beforeunload", (event) => {
    if (!outbox.isEmpty) event.preventDefault(); // answers are still on their way
  });
  await refresh();
}
