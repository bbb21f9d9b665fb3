// Shows only a set's photos of some people. Loaded when the first of them is chosen.

import { CodedError } from "../errors.js";
import { keyOf } from "../photos/urls.js";
import { peopleOnPage } from "./names.js";

/**
 * Choose somebody, or no longer.
 * @param {HTMLElement} chip  Its `data-person` says who.
 * @param {string} setName
 * @returns {Promise<Set<string> | null>}  The keys of photos of everyone who is chosen; null if nobody is. Throws a `CodedError`.
 */
export async function choose(chip, setName) {
  const sets = [...(await peopleOnPage(setName))].map(([name, known]) => {
    if (!known) throw new CodedError("Offline", `who is on the photos of ${name} isn't known`);
    return { name, known };
  });
  chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
  /** @type {NodeListOf<HTMLElement>} */
  const pressed = document.querySelectorAll('[data-person][aria-pressed="true"]');
  if (!pressed.length) return null;
  return new Set(sets.flatMap(({ name, known: { people, photos } }) => {
    const wanted = [...pressed].map(({ dataset }) => people.findIndex(({ slug }) => slug === dataset.person));
    const showing = Object.entries(photos).filter(([, faces]) => wanted.every((at) => faces.some(([, index]) => index === at)));
    return showing.map(([file]) => keyOf({ setName: name, file }));
  }));
}
