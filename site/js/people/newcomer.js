// Shows a person whom the site has no page for yet, as the page of several people would.

import pages from "../../pages.json" with { type: "json" };
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";

/** Put that page in place of this one, and start its script. Throws a ``CodedError`` if it can't be had. */
export async function showNewcomer() {
  const answer = await fetch(pages.together.path).catch((error) => {
    throw new CodedError("Offline", String(error));
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  byId("main").replaceChildren(.../** @type {HTMLElement} */ (page.getElementById("main")).childNodes);
  document.body.className = page.body.className;
  document.title = page.title;
  const { person } = await import("../later.js");
  void person();
}
