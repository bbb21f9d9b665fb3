// The notice at the bottom of a page: what went wrong, with a button that tries again, or that the site is busy.

import { onWaiting } from "./aws/patience.js";
import { byId, make } from "./elements.js";
import { t } from "./language.js";
import { inWords, WAITING } from "./words.js";

onWaiting((isWaiting) => {
  const place = byId("notice");
  if (!isWaiting && place.dataset.waiting) clear();
  if (!isWaiting || !place.hidden) return;
  place.replaceChildren(make("p", { textContent: WAITING }));
  place.dataset.waiting = "yes";
  place.hidden = false;
});

/**
 * Show what went wrong, with a button that tries again.
 * @param {unknown} error
 * @param {() => void} retry
 * @param {string} [label]  The button's.
 * @param {HTMLElement} [place]  Where a page has a place of its own for it.
 */
export function tell(error, retry, label = t("Try again"), place = byId("notice")) {
  const button = make("button", { type: "button", className: "button", textContent: label });
  button.addEventListener("click", () => {
    clear(place);
    retry();
  });
  place.replaceChildren(make("p", { textContent: inWords(error) }), button);
  delete place.dataset.waiting;
  place.hidden = false;
}

/** Take the notice away. @param {HTMLElement} [place] */
export function clear(place = byId("notice")) {
  place.replaceChildren();
  delete place.dataset.waiting;
  place.hidden = true;
}
