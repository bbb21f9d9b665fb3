// "These are me": the wish that a face be removed from search, which the owner sees and grants.

import { keepWish, lastWish, remove } from "./matches.js";
import { clear, tell } from "./problems.js";

/**
 * Watch the part of the page that a wish is made and taken back by.
 * @param {() => string[]} faceIds  The faces that the visitor says are his or hers.
 */
export async function watchWish(faceIds) {
  const wish = /** @type {HTMLElement} */ (document.getElementById("wish"));
  const wished = /** @type {HTMLElement} */ (document.getElementById("wished"));
  const leave = /** @type {HTMLDetailsElement} */ (document.getElementById("leave"));

  /** @param {string | null} words */
  function show(words) {
    wished.textContent = words ?? "";
    wish.hidden = words === null;
    leave.hidden = words !== null;
    leave.open = false;
  }

  async function make() {
    try {
      clear();
      await keepWish(faceIds());
      show("The owner is asked to remove your face from search.");
      /** @type {HTMLElement} */ (document.getElementById("withdraw")).focus();
    } catch (error) {
      tell(error, make);
    }
  }

  async function withdraw() {
    try {
      clear();
      await remove("forget");
      show(null);
    } catch (error) {
      tell(error, withdraw);
    }
  }

  /** @type {HTMLElement} */ (document.getElementById("forget-me")).addEventListener("click", make);
  /** @type {HTMLElement} */ (document.getElementById("withdraw")).addEventListener("click", withdraw);
  const last = await lastWish().catch(() => null); // it is asked for again at the next visit
  if (last) {
    const day = new Date(last.made_at).toLocaleDateString(undefined, { dateStyle: "long" });
    show(`On ${day} you asked the owner to remove your face from search; it is not done yet.`);
  }
}
