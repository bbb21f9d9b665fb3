// "This is me": asking to be removed from search, on the page that found the visitor's face.

import { known } from "../aws/calls.js";
import { clear, tell } from "../problems.js";
import { askForRemoval, standingRequest, withdrawRequest } from "./removal.js";

/**
 * Wire up the part of the page that makes and withdraws a removal request.
 * @param {() => string[]} faceIds  The faces that the visitor says are theirs.
 */
export async function watchLeaving(faceIds) {
  const standing = /** @type {HTMLElement} */ (document.getElementById("standing"));
  const asked = /** @type {HTMLElement} */ (document.getElementById("asked"));
  const leave = /** @type {HTMLDetailsElement} */ (document.getElementById("leave"));
  const message = /** @type {HTMLTextAreaElement} */ (document.getElementById("message"));

  /** @param {string | null} words */
  function show(words) {
    asked.textContent = words ?? "";
    standing.hidden = words === null;
    leave.hidden = words !== null;
    leave.open = false;
  }

  async function ask() {
    try {
      clear();
      await askForRemoval(faceIds(), message.value);
      show("You have asked the owner to remove your face from search.");
      /** @type {HTMLElement} */ (document.getElementById("withdraw")).focus();
    } catch (error) {
      tell(error, ask);
    }
  }

  async function withdraw() {
    try {
      clear();
      await withdrawRequest();
      show(null);
    } catch (error) {
      tell(error, withdraw);
    }
  }

  /** @type {HTMLElement} */ (document.getElementById("ask-removal")).addEventListener("click", ask);
  /** @type {HTMLElement} */ (document.getElementById("withdraw")).addEventListener("click", withdraw);
  // A first-time visitor can't have asked. If the call fails now, the next visit shows the request.
  const last = known() ? await standingRequest().catch(() => null) : null;
  if (last) {
    const day = new Date(last.made_at).toLocaleDateString(undefined, { dateStyle: "long" });
    show(`On ${day} you asked the owner to remove your face from search. It isn't done yet.`);
  }
}
