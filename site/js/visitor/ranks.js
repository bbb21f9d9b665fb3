// Says how the people of the gallery rank. A program can order faces by likeness, but its percentages mean little to people.

import { config } from "../config.js";
import { t } from "../language.js";

// In percent. Below this, a program would not call two faces alike.
const ALIKE = 1;

// If there are fewer people than this, the page says so.
const FEW = 5;

/** The ranks after the best, as many as a result shows. */
export const RUNNERS_UP = [t("second"), t("third"), t("fourth"), t("fifth")];

/**
 * What the best rank means.
 * @param {{similarity: number}[]} people  Most similar first; at least one.
 * @param {number} total  How many people there were to choose from.
 */
export function rankInWords(people, total) {
  const [best, next] = people;
  const similarity = best?.similarity ?? 0;
  if (total === 1) return t("The only person to choose from so far.");
  const few = total < FEW ? t("There are only %(total)s people to choose from.", { total }) : "";
  return [verdict(similarity, similarity === next?.similarity, total), few].filter(Boolean).join(" ");
}

/**
 * @param {number} similarity  Of the best, in percent.
 * @param {boolean} tied
 * @param {number} total
 */
function verdict(similarity, tied, total) {
  if (similarity < ALIKE) return t("Not much of a likeness, but the closest of %(total)s.", { total });
  if (tied) return t("A tie for the closest of %(total)s.", { total });
  if (similarity >= config.faceMatchThreshold) return t("Closest of %(total)s, and so close that it could be you.", { total });
  return t("Closest of %(total)s, as far as a program can tell.", { total });
}
