// The page of photos that guests have added and nobody has seen yet: the owner's, and that of members who help with an
// event, by the link that the owner gave them. Everybody else is told whose page it is, and loads none of its scripts.

import pages from "../../pages.json" with { type: "json" };
import { session } from "../aws/session.js";
import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { learn } from "../language.js";
import { tell } from "../notice.js";
import { withWayBack } from "../private/way-back.js";
import { isOwner } from "../visitor/owner.js";

// Who helps no more, and a link that leads nowhere any more.
const REFUSED = new Set(["NotAllowed", "NoEvent"]);

// The event's secret, as long as whoever helps signs in on another page.
const HELPING = "kinpics.helping";

/** Start the page. */
export async function showWaiting() {
  const event = eventOf();
  const mayEnter = isOwner() || Boolean(event && session());
  byId("loading").hidden = !mayEnter;
  byId("not-owner").hidden = mayEnter;
  byId("to-sign-in", HTMLAnchorElement).href = withWayBack(pages.account.path, pages.waiting.path);
  if (!mayEnter) return;
  try {
    await learn(config.ownerTexts);
    if (!isOwner()) await (await import("../owner/waiting-calls.js")).helpWith(event);
    await (await import("../owner/waiting.js")).startWaiting();
  } catch (error) {
    if (error instanceof CodedError && REFUSED.has(error.code)) {
      byId("loading").hidden = true;
      byId("not-owner").hidden = false;
      return;
    }
    tell(error instanceof CodedError ? error : new CodedError("Offline", String(error)), () => void showWaiting());
  }
}

/** The secret in the link that a helper came by; empty if there is none. */
function eventOf() {
  const given = location.hash.slice(1);
  try {
    if (given) sessionStorage.setItem(HELPING, given);
    return given || (sessionStorage.getItem(HELPING) ?? "");
  } catch {
    return given;
  }
}
