// Icons of Lucide as elements. Templates draw the same ones with their macro `icon`.

import icons from "../icons.json" with { type: "json" };

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {keyof typeof icons} name
 * @returns {SVGElement}  To go beside a text, or into a button with a label: screen readers ignore it.
 */
export function icon(name) {
  const shapes = /** @type {[string, Record<string, string>][]} */ (icons[name]);
  return element("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, shapes.map(([tag, attributes]) => element(tag, attributes)));
}

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {Element[]} [children]
 */
export function element(tag, attributes, children = []) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
