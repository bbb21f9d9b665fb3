// The owner's place. Everybody else is told whose page it is, and loads none of its scripts.

import pages from "../../pages.json" with { type: "json" };
import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { learn } from "../language.js";
import { tell } from "../notice.js";
import { withWayBack } from "../private/way-back.js";
import { isOwner } from "../visitor/owner.js";

/** Start the page. */
export async function showOwner() {
  byId("loading").hidden = !isOwner();
  byId("not-owner").hidden = isOwner();
  byId("to-sign-in", HTMLAnchorElement).href = withWayBack(pages.account.path, pages.owner.path + location.search);
  if (!isOwner()) return;
  try {
    await learn(config.ownerTexts);
    await (await import("../owner/own-place.js")).startOwnPlace();
  } catch (error) {
    tell(new CodedError("Offline", String(error)), () => void showOwner());
  }
}
