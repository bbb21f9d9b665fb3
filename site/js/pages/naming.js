// The owner's page "Who is this?". Everybody else is told whose page it is, and loads none of its scripts.

import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { learn } from "../language.js";
import { tell } from "../notice.js";
import { isOwner } from "../visitor/owner.js";

/** Start the page. */
export async function showNaming() {
  byId("loading").hidden = !isOwner();
  byId("not-owner").hidden = isOwner();
  if (!isOwner()) return;
  try {
    await learn(config.ownerTexts);
    await (await import("../owner/naming.js")).startNaming();
  } catch (error) {
    tell(new CodedError("Offline", String(error)), () => void showNaming());
  }
}
