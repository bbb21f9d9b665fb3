// Who may see the site or an album, in the owner's place: shown, changed, and its link passed on.

import { make } from "../elements.js";
import { t } from "../language.js";
import { goodPass } from "../private/pass.js";
import { ask, field } from "./asking.js";
import { changeAudience, readLink, readProgress, renewLink, settleAudiences } from "./letting-calls.js";
import { whyNot } from "./manage-refusals.js";
import { addressRow, button, reach } from "./own-parts.js";
import { audienceWords, consequenceWords, isNarrowed, movingWords } from "./own-words.js";
import { told } from "./owner-toast.js";

/**
 * @typedef {import("./manage-calls.js").Audience} Audience
 * @typedef {import("./manage-calls.js").Overview} Overview
 * @typedef {import("./manage-calls.js").OwnSet} OwnSet
 */

const LOOK_MS = 3000;
const PASS_MS = 3000;
// What was stopped is gone on with so often.
const TRIES = 5;

/**
 * @param {Overview} seen
 * @param {OwnSet | null} set  Null for the site.
 */
export function audiencePanel(seen, set) {
  const place = make("div", { className: "own-panel" });
  const status = make("p", { className: "small" });
  status.setAttribute("role", "status");
  const current = () => set?.audience ?? seen.audience;
  const view = () => {
    const words = set?.inherits ? t("%(audience)s, like the site", { audience: audienceWords(current()) }) : audienceWords(current());
    const link = make("div");
    place.replaceChildren(make("p", { textContent: words }), link, make("p", { className: "actions" }, change), status);
    if (current() === "link" && !set?.inherits) void showLink(link);
  };
  /** @param {HTMLElement} link */
  async function showLink(link) {
    const name = set?.set ?? null;
    try {
      const path = await readLink(name);
      if (!path) return;
      const anew = button(t("New link…"), () => {
        const sure = [make("p", { textContent: t("The old link stops working, and whoever came in by it is out within a minute.") })];
        ask(t("Make a new link?"), sure, t("Make a new link"), async () => {
          await renewLink(name);
          view();
          told(t("Only the new link works now."));
        });
      });
      link.replaceChildren(addressRow(t("Secret link"), path, set?.shown_title ?? document.title), ...reach(), make("p", { className: "actions" }, anew));
    } catch (error) {
      status.textContent = whyNot(error);
    }
  }
  const change = button(t("Change who may see it…"), () => {
    /** @type {[Audience | "inherited", string][]} */
    const choices = [["public", audienceWords("public")], ["link", audienceWords("link")], ["members", audienceWords("members")]];
    if (set) choices.unshift(["inherited", t("Like the site: %(audience)s", { audience: audienceWords(seen.audience) })]);
    const choice = make("select", {}, ...choices.map(([value, textContent]) => make("option", { value, textContent })));
    choice.value = set?.inherits ? "inherited" : current();
    const after = make("div", { className: "own-after" });
    after.setAttribute("role", "status");
    const tell = () => after.replaceChildren(...consequenceWords(/** @type {Audience | "inherited"} */ (choice.value), seen, set).map((textContent) => make("p", { textContent })));
    choice.addEventListener("change", tell);
    tell();
    ask(set ? t("Who may see this album?") : t("Who may see the site?"), [field(t("Audience"), choice), after], t("Change it"), async () => {
      const wanted = /** @type {Audience | "inherited"} */ (choice.value);
      const shuts = isNarrowed(current(), wanted === "inherited" ? seen.audience : wanted);
      choice.disabled = true;
      try {
        await seenThrough(() => changeAudience(set?.set ?? null, wanted), (words) => {
          if (after.isConnected) after.replaceChildren(make("p", { textContent: words }));
          else status.textContent = words;
        }, shuts);
      } finally {
        choice.disabled = false;
        tell();
      }
      if (!set) seen.audience = /** @type {Audience} */ (wanted);
      else Object.assign(set, { inherits: wanted === "inherited", audience: wanted === "inherited" ? seen.audience : wanted });
      await comeIn(seen);
      view();
      told(t("Done. Run `kinpics publish` when you are at your computer, so that all pages follow."));
    });
  });
  view();
  if (seen.moving) void seenThrough(settleAudiences, (words) => (status.textContent = words)).then(view, (error) => (status.textContent = whyNot(error)));
  return place;
}

/** Let the owner's browser have the pictures that the gate keeps from others, if there are any. @param {Overview} seen */
export async function comeIn({ audience, sets }) {
  if ([audience, ...sets.map((set) => set.audience)].every((one) => one === "public")) return;
  // The page is of use without these pictures.
  await Promise.race([goodPass().catch(() => {}), new Promise((resolve) => setTimeout(resolve, PASS_MS))]);
}

/**
 * Do it, and tell meanwhile how far it is. What takes longer than one call is gone on with.
 * @param {() => Promise<unknown>} act
 * @param {(words: string) => void} tell
 * @param {boolean} [shuts]  Whether some are refused from now on.
 */
async function seenThrough(act, tell, shuts = true) {
  let isDone = false;
  const look = (/** @type {import("./letting-calls.js").Moving[]} */ moving) => isDone || tell(movingWords(moving, shuts));
  const timer = setInterval(() => void readProgress().then(look, () => {}), LOOK_MS);
  tell(shuts ? t("Anyone who may no longer see it is refused from now on…") : t("Working…"));
  try {
    await act();
  } catch (error) {
    if (!(await readProgress()).length) throw error;
    await goOn(error);
  } finally {
    isDone = true; // an answer may still be on its way
    clearInterval(timer);
  }
  tell("");
}

/** @param {unknown} error  Why it stopped. */
async function goOn(error) {
  for (let tries = TRIES; tries; tries -= 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    try {
      await settleAudiences();
    } catch (another) {
      error = another;
    }
    if (!(await readProgress()).length) return;
  }
  throw error;
}
