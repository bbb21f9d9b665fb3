// Texts that pages share: the site can't be reached or is busy, how many photos there are, how similar two faces are.

import { formatPercent, t, tn } from "./language.js";

/** Shown when no answer comes: then nothing more can be loaded, so these words are always there. */
export const OFFLINE = t("This page can't reach the site. Check your connection, then try again.");

/** Shown while a page waits for a busy site. */
export const WAITING = t("The site is busy right now. This page will keep trying.");

/** "1 photo", "2 photos". @param {number} number */
export const countPhotos = (number) => tn("%(num)s photo", "%(num)s photos", number);

/**
 * A similarity in percent, never rounded up: only the clicked face itself is 100% similar.
 * @param {number} similarity
 */
export function percent(similarity) {
  if (similarity < 1) return t("less than %(percent)s", { percent: formatPercent(0.01) });
  if (similarity < 99 || similarity === 100) return formatPercent(Math.floor(similarity) / 100);
  return formatPercent(Math.floor(similarity * 10) / 1000);
}
