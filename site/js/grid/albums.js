// A person's photos under headings: one for each album, the one with the latest photo first.

import { make } from "../elements.js";
import { setUrl } from "../photos/urls.js";
import { dateIn } from "./days.js";
import { sectionOf } from "./sections.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./days.js").Group} Group
 */

/**
 * @param {Photo[]} photos  By time; each album's stay in that order.
 * @returns {{photos: Photo[], groups: Group[]}}  Photos in the order of the groups, whose keys are names of sets.
 */
export function groupByAlbum(photos) {
  /** @type {Map<string, Photo[]>} */
  const bySet = new Map();
  for (const photo of photos) bySet.set(photo.setName, [...(bySet.get(photo.setName) ?? []), photo]);
  /** @param {Photo[]} own */
  const latest = (own) => own.map(({ takenAt }) => dateIn(takenAt)).reduce((one, other) => (one > other ? one : other));
  const ordered = [...bySet].sort(([name, own], [otherName, other]) => latest(other).localeCompare(latest(own)) || name.localeCompare(otherName));
  let end = 0;
  const groups = ordered.map(([key, own]) => ({ key, start: end, end: (end += own.length) }));
  return { photos: ordered.flatMap(([, own]) => own), groups };
}

/**
 * A section whose heading leads to the album.
 * @param {Group} group
 * @param {(setName: string) => string} titleOf
 */
export function albumSection(group, titleOf) {
  const section = sectionOf(group, () => "");
  const link = make("a", { href: setUrl(group.key), textContent: titleOf(group.key), dir: "auto" });
  section.querySelector("h2")?.append(link);
  return section;
}
