// The owner's page of photos that guests have added and nobody has seen yet. Everybody else is told whose page it is, and
// loads none of its scripts.

import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { learn } from "../language.js";
import { tell } from "../notice.js";
import { isOwner } from "../visitor/owner.js";

/** Start the page. */
export async function showWaiting() {
  byId("loading").hidden = !isOwner();
  byId("not-owner").hidden = isOwner();
  if (!isOwner()) return;
  try {
    await learn(config.ownerTexts);
    await (await import("../owner/waiting.js")).startWaiting();
  } catch (error) {
    tell(error instanceof CodedError ? error : new CodedError("Offline", String(error)), () => void showWaiting());
  }
}
