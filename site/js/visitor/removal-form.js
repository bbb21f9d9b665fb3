// "This is me": the part of the page with the visitor's photos that asks the owner to remove the visitor from search.

import { known } from "../aws/credentials.js";
import { byId } from "../elements.js";
import { formatDay, t } from "../language.js";
import { clear, tell } from "../notice.js";
import { askForRemoval, standingRequest, withdrawRequest } from "./removal.js";

/**
 * Let the visitor make and cancel a removal request.
 * @param {() => string[]} faceIds  The faces that the visitor says are theirs.
 */
export async function watchRemovalForm(faceIds) {
  const request = byId("removal-request");
  const requested = byId("requested");
  const form = byId("removal-form", HTMLDetailsElement);
  const message = byId("message", HTMLTextAreaElement);

  /** @param {string | null} words  What was asked; null if nothing was. */
  function show(words) {
    requested.textContent = words ?? "";
    request.hidden = words === null;
    form.hidden = words !== null;
    form.open = false;
  }

  async function ask() {
    try {
      clear();
      await askForRemoval(faceIds(), message.value);
      show(t("You've asked the owner to remove your face from search."));
      byId("withdraw").focus();
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

  byId("ask-removal").addEventListener("click", ask);
  byId("withdraw").addEventListener("click", withdraw);
  // A first-time visitor can't have asked. If this call fails, the next visit will show the request.
  const last = known() ? await standingRequest().catch(() => null) : null;
  if (last) {
    const day = formatDay(last.made_at);
    show(t("On %(day)s you asked the owner to remove your face from search. The owner hasn't done it yet.", { day }));
  }
}
