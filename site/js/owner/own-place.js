// Starts the owner's place: an overview, or the set that the address names.

import { byId, make } from "../elements.js";
import { t } from "../language.js";
import { whyNot } from "./manage-refusals.js";
import { showOverview } from "./own-overview.js";
import { showOwnSet } from "./own-set.js";

/** Start the page for the owner. */
export async function startOwnPlace() {
  const place = byId("own-place");
  const problem = byId("problem");
  const name = new URLSearchParams(location.search).get("set");
  byId("loading").hidden = false;
  problem.hidden = true;
  try {
    await (name ? showOwnSet(place, name) : showOverview(place));
    place.hidden = false;
  } catch (error) {
    const again = make("button", { type: "button", className: "textlink", textContent: t("Try again") });
    again.addEventListener("click", () => void startOwnPlace());
    problem.replaceChildren(whyNot(error), " ", again);
    problem.hidden = false;
  }
  byId("loading").hidden = true;
}
