// The galleries that the page offers (templates/pages/lookalike.html). With a single one, there is nothing to choose.

import { byId } from "../elements.js";

/**
 * @typedef {object} Gallery
 * @property {string} [name]  None for the first gallery.
 * @property {string} title   Empty if it is the only one.
 * @property {number} people  How many it had when the page was made.
 */

const choices = () => /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[name=gallery]"));

/** The gallery that the visitor wants to be compared with. @returns {Gallery} */
export function chosenGallery() {
  const { dataset } = [...choices()].find(({ checked }) => checked) ?? byId("results");
  return { name: dataset.gallery, title: dataset.title ?? "", people: Number(dataset.people) };
}

/**
 * The title of a gallery of this name; empty if the page doesn't offer it, or has no other.
 * @param {string} [name]
 */
export const titleOf = (name) => [...choices()].find(({ dataset }) => dataset.gallery === name)?.dataset.title ?? "";
