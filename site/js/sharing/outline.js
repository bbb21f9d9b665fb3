// What a QR code is made of. Loaded with the first code that is drawn, because it brings the package that encodes them.

import { encode } from "uqr";

// Light modules on each side, which scanners need (ISO/IEC 18004).
const QUIET_ZONE = 4;

/**
 * @typedef {object} Outline  A QR code, in modules.
 * @property {number} side  Of the square with its quiet zone.
 * @property {string} ink  The dark modules as an SVG path.
 */

/**
 * @param {string} text
 * @returns {Outline}
 */
export function outlineOf(text) {
  const { size, data } = encode(text, { ecc: "M", border: QUIET_ZONE });
  const runs = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => {
      if (!isDark || row[x - 1]) return [];
      const length = row.indexOf(false, x) - x; // the quiet zone ends every run
      return `M${x} ${y}h${length}v1h-${length}z`;
    }),
  );
  return { side: size, ink: runs.join("") };
}
