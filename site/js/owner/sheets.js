// A poster and table cards for an event, as an SVG file to print: A4, in the site's accent. `kinpics event --poster` makes
// the same in the site's own font, and as PDF (scripts/events/sheets.py).

import { config } from "../config.js";
import { make } from "../elements.js";
import { element } from "../icons.js";
import { t } from "../language.js";
import { asSvg } from "../sharing/code.js";
import { outlineOf } from "../sharing/outline.js";
import { save } from "../sharing/save.js";

// Millimetres.
const WIDTH = 210;
const HEIGHT = 297;
const MARGIN = 18;
const CARD_WIDTH = 92;
const CARD_HEIGHT = 66;
const FONT = "system-ui, sans-serif";

/** @typedef {{colour: string, ink: string, code: import("../sharing/outline.js").Outline, title: string, address: string, atOnce: boolean}} Look */

/**
 * Save it as a file.
 * @param {string} address  Of the guests' page.
 * @param {string} title
 * @param {boolean} atOnce  Whether photos are shown at once.
 * @param {boolean} isCards  Eight table cards, or else a poster.
 */
export function printSheet(address, title, atOnce, isCards) {
  const look = { colour: colourOf("--accent"), ink: colourOf("--on-accent"), code: outlineOf(address), title, address, atOnce };
  const marks = isCards ? cards(look) : poster(look);
  const sheet = element("svg", { xmlns: "http://www.w3.org/2000/svg", width: `${WIDTH}mm`, height: `${HEIGHT}mm`, viewBox: `0 0 ${WIDTH} ${HEIGHT}` }, marks);
  save(asSvg(/** @type {SVGElement} */ (sheet)), isCards ? "table-cards.svg" : "poster.svg");
}

/** A colour of the theme, as a file of its own can have it. @param {string} name */
function colourOf(name) {
  const probe = make("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** @param {Look} look */
function poster(look) {
  const top = HEIGHT - MARGIN - 16 - 84;
  const scan = t("Point your phone's camera at the code");
  const choose = t("Choose the photos you took");
  const password = t("Go on past the warning, and ask your host for the password");
  const steps = config.homeUrl ? [scan, password, choose] : [scan, choose, t("That's it: no app, no account")];
  return [
    box(0, 0, WIDTH, HEIGHT, look.colour),
    ...lines(look.title, MARGIN, MARGIN + 24, 30, WIDTH - 2 * MARGIN, 4, look.ink),
    ...lines(t("Scan to add your photos"), MARGIN, top - 10, 11, WIDTH - 2 * MARGIN, 1, look.ink),
    ...code(look, MARGIN, top, 84),
    ...steps.flatMap((step, index) => lines(`${index + 1}  ${step}`, MARGIN + 94, top + 8 + index * 26, 5.4, WIDTH - 2 * MARGIN - 94, 3, look.ink)),
    ...lines(promise(look), MARGIN, HEIGHT - MARGIN, 3.6, WIDTH - 2 * MARGIN, 1, look.ink),
  ];
}

/** @param {Look} look */
function cards(look) {
  const left = (WIDTH - 2 * CARD_WIDTH) / 2;
  const top = (HEIGHT - 4 * CARD_HEIGHT) / 2;
  return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((number) => {
    const x = left + (number % 2) * CARD_WIDTH;
    const y = top + Math.floor(number / 2) * CARD_HEIGHT;
    const room = CARD_WIDTH - 44 - 15;
    return [
      box(x + 0.5, y + 0.5, CARD_WIDTH - 1, CARD_HEIGHT - 1, look.colour),
      ...code(look, x + 5, y + 7, 44),
      ...lines(look.title, x + 54, y + 13, 6, room, 4, look.ink),
      ...lines(t("Scan to add your photos"), x + 54, y + 44, 4.4, room, 2, look.ink),
      ...lines(config.homeUrl ? t("Ask your host for the password.") : promise(look), x + 5, y + CARD_HEIGHT - 6, 2.7, CARD_WIDTH - 10, 1, look.ink),
    ];
  });
}

/** @param {Look} look */
const promise = ({ atOnce }) => (atOnce ? t("Everybody sees them at once.") : t("Your host sees them first."));

/** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} fill */
const box = (x, y, width, height, fill) => element("rect", { x: String(x), y: String(y), width: String(width), height: String(height), fill });

/** Black on white, whatever the colours, or phones wouldn't see it. @param {Look} look @param {number} x @param {number} y @param {number} side */
function code({ code: outline }, x, y, side) {
  return [box(x, y, side, side, "#fff"), element("path", { d: outline.ink, fill: "#000", transform: `translate(${x} ${y}) scale(${side / outline.side})` })];
}

/**
 * Words in lines that fit, smaller if they must; what is too much is cut off.
 * @param {string} text
 * @param {number} x
 * @param {number} y  Of the first line's foot.
 * @param {number} size
 * @param {number} width
 * @param {number} most
 * @param {string} fill
 */
function lines(text, x, y, size, width, most, fill) {
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  let rows = [""];
  for (let fitted = size; fitted > size / 2.2; fitted *= 0.88) {
    pen.font = `700 ${fitted * 10}px ${FONT}`;
    const fits = (/** @type {string} */ words) => pen.measureText(words).width <= width * 10;
    rows = [""];
    for (const word of text.split(/\s+/)) {
      const longer = `${rows.at(-1)} ${word}`.trim();
      if (!rows.at(-1) || fits(longer)) rows[rows.length - 1] = longer;
      else rows.push(word);
    }
    size = fitted;
    if (rows.length <= most && rows.every(fits)) break;
  }
  return rows.slice(0, most).map((row, index) => {
    const made = element("text", { x: String(x), y: String(y + index * size * 1.1), fill, "font-family": FONT, "font-weight": "700", "font-size": String(size) });
    made.textContent = row;
    return made;
  });
}
