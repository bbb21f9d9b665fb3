// The sections of a set's grid: each has a heading, unless it is the only one, and a grid.

import { make } from "../elements.js";
import { formatDay, formatMonth, t } from "../language.js";
import { countPhotos } from "../words.js";
import { UNDATED } from "./days.js";

/** @typedef {import("./days.js").Group} Group */

/**
 * The same as in site/templates/macros.html.
 * @param {Group} group
 * @param {(key: string) => string} [heading]
 */
export function sectionOf(group, heading = headingOf) {
  const { key, start, end } = group;
  const section = make("section", {}, make("div", { className: "grid edge" }));
  section.dataset.group = key;
  if (!key) return section;
  const count = make("span", { className: "quiet num small", textContent: countPhotos(end - start) });
  section.prepend(make("div", { className: "day" }, make("h2", { textContent: heading(key) }), count));
  return section;
}

/** @param {string} key  Of a group. */
export function headingOf(key) {
  if (key === UNDATED) return t("Undated");
  return key.length === "2026-06".length ? formatMonth(`${key}-01T00:00`) : formatDay(`${key}T00:00`);
}
