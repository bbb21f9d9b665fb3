// Where a sheet comes to rest, as pure functions.

/** @typedef {"closed" | "half" | "full"} Rest */

// A flick faster than this decides by itself, wherever the finger is. In sheet heights per second.
const FLICK = 0.6;

/** How much of a sheet is in view at each rest, in sheet heights. @type {Record<Rest, number>} */
export const SHOWN = { closed: 0, half: 0.58, full: 1 };

const RESTS = /** @type {Rest[]} */ (["closed", "half", "full"]);

/**
 * @param {number} shown  How much of the sheet is in view, in sheet heights.
 * @param {number} speed  Upwards, in heights a second.
 * @returns {Rest}
 */
export function restOf(shown, speed) {
  if (Math.abs(speed) > FLICK) {
    const ahead = RESTS.filter((rest) => (speed > 0 ? SHOWN[rest] > shown : SHOWN[rest] < shown));
    return (speed > 0 ? ahead[0] : ahead.at(-1)) ?? (speed > 0 ? "full" : "closed");
  }
  return RESTS.reduce((best, rest) => (Math.abs(SHOWN[rest] - shown) < Math.abs(SHOWN[best] - shown) ? rest : best));
}
