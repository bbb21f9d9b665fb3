// Shows only a set's photos of some people. Loaded when the first of them is chosen.

import { CodedError } from "../errors.js";
import { peopleIn } from "./names.js";

/**
 * Choose somebody, or no longer.
 * @param {HTMLElement} chip  Its `data-person` says who.
 * @param {string} setName
 * @returns {Promise<Set<string> | null>}  The files that show everyone who is chosen; null if nobody is. Throws a `CodedError`.
 */
export async function choose(chip, setName) {
  const known = await peopleIn(setName);
  if (!known) throw new CodedError("Offline", "who is on the photos isn't known");
  chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
  /** @type {NodeListOf<HTMLElement>} */
  const pressed = document.querySelectorAll('[data-person][aria-pressed="true"]');
  const wanted = [...pressed].map(({ dataset }) => known.people.findIndex(({ slug }) => slug === dataset.person));
  if (!wanted.length) return null;
  const showing = Object.entries(known.photos).filter(([, faces]) => wanted.every((at) => faces.some(([, index]) => index === at)));
  return new Set(showing.map(([file]) => file));
}
