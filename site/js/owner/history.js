// Everything that was decided, newest first. Any step can be undone, however old.

import { make } from "../elements.js";
import { formatDay, formatTime, t, tn } from "../language.js";
import { decide, readHistory, undoing } from "./people-calls.js";
import { refusal } from "./refusals.js";

/** @typedef {import("./people-calls.js").Decision} Decision */

/**
 * Show it in a dialog.
 * @param {() => void} changed  Something was undone.
 */
export function showHistory(changed) {
  const title = make("h2", { id: "history-title", textContent: t("History"), tabIndex: -1 });
  const list = make("ol", { className: "history" });
  const status = make("p", { className: "quiet" });
  status.setAttribute("role", "status");
  const more = make("button", { type: "button", className: "button", textContent: t("Show more") });
  const close = make("button", { type: "button", className: "button strong", textContent: t("Close") });
  const dialog = make("dialog", { className: "owner-dialog" }, title, list, more, make("div", { className: "dialog-foot" }, status, make("div", { className: "actions" }, close)));
  dialog.setAttribute("aria-labelledby", title.id);
  let before = "";
  let hasChanged = false;
  /** What is in the list, by id. @type {Map<string, {decision: Decision, item: HTMLElement}>} */
  const shown = new Map();

  async function load() {
    more.disabled = true;
    status.textContent = t("Loading…");
    try {
      const { decisions, unread } = await readHistory(before);
      before = decisions.at(-1)?.id ?? before;
      list.append(...decisions.map(entry));
      more.hidden = decisions.length < 50;
      const kept = unread ? tn("%(num)s decision is damaged, or from a newer kinpics. It is kept, but doesn't count.", "%(num)s decisions are damaged, or from a newer kinpics. They are kept, but don't count.", unread) : "";
      status.textContent = list.children.length ? kept : t("Nothing has been decided yet.");
    } catch (error) {
      status.textContent = refusal(error);
    }
    more.disabled = false;
  }

  /** @param {Decision} decision */
  function entry(decision) {
    const sentence = make("span", { dir: "auto", textContent: sentenceOf(decision) });
    const when = make("span", { className: "quiet small", textContent: `${formatDay(decision.at)}, ${formatTime(decision.at)} · ${decision.by}` });
    const item = make("li", { tabIndex: -1 }, make("div", {}, sentence, when));
    shown.set(decision.id, { decision, item });
    if (decision.undone) {
      sentence.className = "undone";
      item.append(make("span", { className: "quiet small", textContent: t("Undone") }));
    } else if (decision.kind !== "forgotten") {
      const undo = make("button", { type: "button", className: "button", textContent: t("Undo") });
      undo.setAttribute("aria-label", t("Undo: %(step)s", { step: sentenceOf(decision) }));
      undo.addEventListener("click", async () => {
        undo.disabled = true;
        status.textContent = "";
        try {
          await takeBack(decision);
          status.textContent = t("That step is undone.");
        } catch (error) {
          status.textContent = refusal(error);
          undo.disabled = false;
        }
      });
      item.append(undo);
    }
    return item;
  }

  /** Undo a step where it stands in the list, however far down. @param {Decision} decision */
  async function takeBack(decision) {
    await decide(undoing([decision.id]));
    hasChanged = true;
    // Without an undo, what it undid holds again; if that was an undo too, what that one undid doesn't.
    for (let id = decision.id, isUndone = true; ; isUndone = !isUndone) {
      const there = shown.get(id);
      if (!there) break;
      there.decision.undone = isUndone;
      there.item.replaceWith(entry(there.decision));
      id = there.decision.event ?? "";
    }
    shown.get(decision.id)?.item.focus({ preventScroll: true });
    // The step is undone even if the list can't be read again. What is new in it is there next time.
    const { decisions } = await readHistory("").catch(() => ({ decisions: [] }));
    list.prepend(...decisions.filter(({ id }) => !shown.has(id)).map(entry));
  }

  more.addEventListener("click", () => void load());
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (hasChanged) changed();
  });
  document.body.append(dialog);
  dialog.showModal();
  void load();
}

/**
 * What was decided, in a sentence, with the names that people had then.
 * @param {Decision} decision
 * @returns {string}
 */
export function sentenceOf({ kind, person, into, to, name = "", names = [], was, faces, date, why, step, again }) {
  const who = person?.name ?? t("somebody without a name");
  /** @type {Record<string, () => string>} */
  const sentences = {
    name: () => (was ? t("%(name)s is called %(other)s now", { name: was, other: name }) : t("Named: %(name)s", { name })),
    assign: () => tn("%(num)s face is %(name)s", "%(num)s faces are %(name)s", faces, { name: who }),
    reject: () => tn("%(num)s face isn't %(name)s", "%(num)s faces aren't %(name)s", faces, { name: who }),
    ignore: () => (why === "stranger" ? tn("%(num)s face: a stranger", "%(num)s faces: a stranger", faces) : tn("%(num)s box isn't a face", "%(num)s boxes aren't faces", faces)),
    box: () => (person ? t("A face was drawn: %(name)s", { name: who }) : t("A face was drawn")),
    merge: () => t("%(name)s was merged into %(other)s", { name: who, other: into?.name ?? t("somebody without a name") }),
    split: () => tn("%(num)s face moved from %(name)s to %(other)s", "%(num)s faces moved from %(name)s to %(other)s", faces, { name: who, other: to?.name || name || t("somebody without a name") }),
    hide: () => t("%(name)s was hidden", { name: who }),
    show: () => t("%(name)s is shown again", { name: who }),
    portrait: () => t("A portrait of %(name)s was chosen", { name: who }),
    birth: () => (date ? t("%(name)s was born on %(date)s", { name: who, date: formatDay(`${date}T00:00`) }) : t("The birth date of %(name)s was removed", { name: who })),
    import: () => tn("%(num)s face named in a photo's file", "%(num)s faces named in photos' files", faces),
    said: () => t("Said to be in a photo: %(names)s", { names: names.join(", ") }),
    undo: () => (!step ? t("A step was undone") : again ? t("Done again: %(step)s", { step: sentenceOf(step) }) : t("Undone: %(step)s", { step: sentenceOf(step) })),
    forgotten: () => t("Somebody was forgotten"),
    replace: () => t("A photo's file was replaced by another one of the same picture"),
  };
  return sentences[kind]?.() ?? kind;
}
