// The notice at the bottom of a page: what went wrong, with a button that tries again, or that the site is busy.

import { onWaiting } from "./aws/patience.js";
import { byId, make } from "./elements.js";
import { CodedError } from "./errors.js";
import { t } from "./language.js";
import { OFFLINE, WAITING } from "./words.js";

onWaiting((isWaiting) => {
  const place = byId("notice");
  if (!isWaiting && place.dataset.waiting) clear();
  if (!isWaiting || !place.hidden) return;
  fill(place, make("p", {}, WAITING));
  place.dataset.waiting = "yes";
});

// What each place says or is about to say: the words for it load later, and the page may have moved on by then.
/** @type {WeakMap<HTMLElement, { retry: () => void }>} */
const told = new WeakMap();

/**
 * Show what went wrong, with a button that tries again.
 * @param {unknown} error
 * @param {() => void} retry
 * @param {string} [label]  The button's.
 * @param {HTMLElement} [place]  If a page has its own place for it.
 * @returns {Promise<boolean>}  Whether it is shown: not if the page has gone on meanwhile.
 */
export async function tell(error, retry, label = t("Try again"), place = byId("notice")) {
  const own = { retry };
  told.set(place, own);
  const words = await wordsFor(error);
  if (told.get(place) !== own) return false;
  const button = make("button", { type: "button", className: "button", textContent: label });
  button.addEventListener("click", () => {
    clear(place);
    retry();
  });
  fill(place, make("p", {}, ...words), button);
  return true;
}

/** @param {unknown} error */
async function wordsFor(error) {
  try {
    if (!(error instanceof CodedError && error.code === "Offline")) return (await import("./problems.js")).explain(error);
  } catch {
    // the words can't be loaded either
  }
  return [OFFLINE];
}

/**
 * Remove the notice.
 * @param {HTMLElement} [place]
 * @param {() => void} [retry]  Remove it only if this is what it tries again.
 */
export function clear(place = byId("notice"), retry = told.get(place)?.retry) {
  if (told.get(place)?.retry !== retry) return;
  told.delete(place);
  fill(place);
}

/** @param {HTMLElement} place @param {Node[]} shown */
function fill(place, ...shown) {
  place.replaceChildren(...shown);
  delete place.dataset.waiting;
  place.hidden = !shown.length;
}
