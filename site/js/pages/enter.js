// Come in: visitors turned away by the gate land here, and go on once this browser has a valid pass.

import pages from "../../pages.json" with { type: "json" };
import { session } from "../aws/session.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { tell } from "../notice.js";
import { setCard } from "../photos/set-card.js";
import { privateSets } from "../private/door.js";
import { enter, keptPass } from "../private/pass.js";
import { wayBack, wholeWayBack, withWayBack } from "../private/way-back.js";

// The edge may learn of somebody who came in for the first time a little later than the door.
const PAUSE_MS = 1500;

/** Start the page. */
export function showEnter() {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll("[data-sign-in]");
  for (const link of links) link.href = withWayBack(pages.account.path);
  if (session()) show("coming"); // whoever is signed in needn't read for a moment that they should
  void comeIn();
}

async function comeIn() {
  const isOldLink = new URLSearchParams(location.search).get("why") === "link";
  try {
    const isMember = Boolean(await enter());
    if (isOldLink && !isMember) return show("link");
    if (!keptPass()) return show("private");
    const to = wayBack() || "/";
    if ((await isOpen(to)) || (isMember && (await isOpenSoon(to)))) return location.replace(wholeWayBack() || to);
    const sets = await privateSets();
    if (sets.length) return list(sets);
    show(isMember ? "nothing" : "private");
  } catch (error) {
    if (error instanceof CodedError && error.code === "NotInvited") {
      byId("address").textContent = session()?.email ?? "";
      const sets = keptPass() ? await privateSets().catch(() => []) : [];
      return sets.length ? list(sets) : show("uninvited");
    }
    if (error instanceof CodedError && error.code === "SignedOut") return show(isOldLink ? "link" : "private");
    tell(error, comeIn);
  }
}

/** The same, in a moment. @param {string} path */
async function isOpenSoon(path) {
  await new Promise((done) => setTimeout(done, PAUSE_MS));
  return isOpen(path);
}

/** Whether the gate lets this browser see a page. @param {string} path */
async function isOpen(path) {
  const answer = await fetch(path, { cache: "no-store", headers: { accept: "text/html" } }).catch((error) => {
    throw new CodedError("Offline", String(error));
  });
  return answer.ok && !new URL(answer.url).pathname.startsWith(pages.enter.path);
}

/** @param {import("../photos/rows.js").PhotoSet[]} sets */
function list(sets) {
  byId("sets").replaceChildren(...sets.reverse().map(setCard));
  show("some");
}

/** @param {string} name  The panel's. */
function show(name) {
  /** @type {NodeListOf<HTMLElement>} */
  const panels = document.querySelectorAll("[data-panel]");
  for (const panel of panels) panel.hidden = panel.dataset.panel !== name;
}
