// Draws a card for friends in the browser, in the colours and the display face of the page: who the visitor looks like,
// and the visitor's picture if they want it there.

import { byId, make } from "../elements.js";
import { CodedError } from "../errors.js";
import { squareOfCover } from "../faces/boxes.js";
import { t } from "../language.js";
import { encodeJpeg } from "../picture/jpeg.js";

/**
 * @typedef {import("../photos/search.js").Lookalike} Lookalike
 *
 * @typedef {object} Shape  Where everything stands on a card, in pixels.
 * @property {number} width
 * @property {number} height
 * @property {number} circle  Diameter of a picture.
 * @property {number} left    Of the pair.
 * @property {number} top
 * @property {number} wordsLeft
 * @property {number} wordsMiddle  Of all lines.
 * @property {number} wordsWidth
 * @property {number} name    Largest size of the name.
 * @property {number} small   Size of the other words.
 */

// Most networks show all of the wide card; the tall one fills a story.
/** @type {Record<"wide" | "tall", Shape>} */
export const SHAPES = {
  wide: { width: 1200, height: 630, circle: 350, left: 56, top: 104, wordsLeft: 730, wordsMiddle: 279, wordsWidth: 422, name: 190, small: 37 },
  tall: { width: 1080, height: 1350, circle: 520, left: 82, top: 110, wordsLeft: 84, wordsMiddle: 900, wordsWidth: 912, name: 230, small: 52 },
};
// The second picture overlaps the first by this share of a circle.
const OVERLAP = 0.24;
const RIM = 12;
const EDGE = 60;
const LEADING = 1.02;
// If a name on one line would be smaller than this share of the largest size, it goes on several.
const SMALLEST_LINE = 0.6;
// Space for a name, in lines of the largest size.
const MOST_HIGH = 1.4;
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * @param {"wide" | "tall"} shape
 * @param {Lookalike} person
 * @param {Blob | null} selfie  A square; without it, there is a silhouette.
 * @param {string} credit       Who made the portrait; empty if there is nobody to credit.
 * @param {string} gallery      Title of the person's gallery; empty if there is only one.
 * @returns {Promise<Blob>}  A JPEG.
 */
export async function drawCard(shape, person, selfie, credit, gallery) {
  const { width, height } = SHAPES[shape];
  const [own, portrait] = await Promise.all([selfie && createImageBitmap(selfie), load(person.portrait), loadFont()]);
  const canvas = make("canvas", { width, height });
  const card = new Card(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), SHAPES[shape]);
  card.background();
  card.pair(own, portrait, person);
  card.words(person.person, gallery);
  card.source(document.title.split(" · ").at(-1) ?? "", credit);
  own?.close();
  portrait.close();
  return encodeJpeg(canvas, 0.92);
}

class Card {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Shape} shape
   */
  constructor(context, shape) {
    this.context = context;
    this.shape = shape;
    // The style sheet gives the preview the colours of the theme.
    const style = getComputedStyle(byId("card"));
    this.paper = style.backgroundColor;
    this.ink = style.color;
    this.text = getComputedStyle(document.body).fontFamily;
    this.display = getComputedStyle(byId("name"));
    context.imageSmoothingQuality = "high";
  }

  background() {
    this.context.fillStyle = this.paper;
    this.context.fillRect(0, 0, this.shape.width, this.shape.height);
  }

  /**
   * @param {ImageBitmap | null} own
   * @param {ImageBitmap} portrait
   * @param {Lookalike} person
   */
  pair(own, portrait, { face }) {
    const { left, top, circle } = this.shape;
    if (own) this.#picture(own, { x: 0, y: 0, side: own.width }, left, top);
    else this.#nobody(left, top);
    const square = squareOfCover(face, portrait.width, portrait.height);
    const second = left + circle * (1 - OVERLAP);
    this.#disc(second - RIM, top - RIM, circle + 2 * RIM, this.paper);
    this.#picture(portrait, square, second, top);
  }

  /**
   * @param {string} name
   * @param {string} gallery
   */
  words(name, gallery) {
    const { context } = this;
    const { wordsLeft, wordsMiddle, wordsWidth, small } = this.shape;
    const { lines, size } = this.#fit(name);
    const more = gallery ? small * 1.3 : 0;
    const top = wordsMiddle - (lines.length * size * LEADING + small * 1.5 + more) / 2;
    context.textAlign = "left";
    context.letterSpacing = "0px";
    context.fillStyle = this.ink;
    context.font = `550 ${small}px ${this.text}`;
    context.fillText(t("I look like"), wordsLeft, top, wordsWidth);
    let y = top + small * 0.3;
    this.#displayFont(size);
    context.direction = RIGHT_TO_LEFT.test(name) ? "rtl" : "ltr";
    for (const line of lines) {
      y += size * LEADING;
      context.fillText(line, wordsLeft - size * 0.03, y - size * 0.14, wordsWidth);
    }
    context.direction = "inherit";
    context.letterSpacing = "0px";
    if (gallery) {
      context.font = `${small * 0.8}px ${this.text}`;
      context.fillText(gallery, wordsLeft, y + small * 1.3, wordsWidth);
    }
    context.font = `550 ${small}px ${this.text}`;
    context.fillText(t("Who do you look like?"), wordsLeft, y + small * 1.7 + more, wordsWidth);
  }

  /**
   * The site's name with its mark, and who made the portrait.
   * @param {string} title
   * @param {string} credit
   */
  source(title, credit) {
    const { context } = this;
    const { width, height, left, small } = this.shape;
    const size = small * 0.95;
    const y = height - EDGE;
    this.#mark(left, y - size * 0.8, size);
    this.#displayFont(size);
    context.fillText(title, left + size * 1.9, y, width / 2 - left);
    context.letterSpacing = "0px";
    context.textAlign = "right";
    context.font = `${small * 0.5}px ${this.text}`;
    context.fillText(credit, width - left, y, width / 2 - 2 * left);
  }

  /**
   * The name on one to three lines, as large as fits.
   * @param {string} name
   */
  #fit(name) {
    const one = { lines: [name], size: this.#sizeOf([name]) };
    if (one.size >= this.shape.name * SMALLEST_LINE) return one;
    const fits = splits(name.split(/\s+/)).map((lines) => ({ lines, size: this.#sizeOf(lines) }));
    return fits.reduce((largest, next) => (next.size > largest.size ? next : largest), one);
  }

  /**
   * The size at which every line fits, and all of them fit below each other.
   * @param {string[]} lines
   */
  #sizeOf(lines) {
    const { name, wordsWidth } = this.shape;
    this.#displayFont(name);
    const widest = Math.max(...lines.map((line) => this.context.measureText(line).width));
    return Math.min((name * wordsWidth) / widest, name * (MOST_HIGH / lines.length), name);
  }

  /** @param {number} size */
  #displayFont(size) {
    this.context.font = `${this.display.fontWeight} ${size}px ${this.display.fontFamily}`;
    this.context.letterSpacing = `${size * -0.03}px`;
  }

  /**
   * @param {ImageBitmap} picture
   * @param {{x: number, y: number, side: number}} part
   * @param {number} x
   * @param {number} y
   */
  #picture(picture, part, x, y) {
    const { context } = this;
    const { circle } = this.shape;
    context.save();
    this.#round(x, y, circle);
    context.clip();
    context.drawImage(picture, part.x, part.y, part.side, part.side, x, y, circle, circle);
    context.restore();
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #nobody(x, y) {
    const { context } = this;
    const { circle } = this.shape;
    context.save();
    this.#round(x, y, circle);
    context.clip();
    context.globalAlpha = 0.12;
    context.fillStyle = this.ink;
    context.fillRect(x, y, circle, circle);
    context.globalAlpha = 1;
    // As in templates/icons.html, whose box is 48 units wide.
    context.translate(x, y);
    context.scale(circle / 48, circle / 48);
    context.beginPath();
    context.ellipse(24, 20, 8.6, 10.4, 0, 0, 2 * Math.PI);
    context.fill();
    context.fill(new Path2D("M5 50c.6-10.5 8.4-16.5 19-16.5S42.4 39.5 43 50z"));
    context.restore();
  }

  /**
   * Two circles that meet, as in templates/icons.html, whose box is 34 units wide.
   * @param {number} x
   * @param {number} y
   * @param {number} size  Its height.
   */
  #mark(x, y, size) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    context.scale(size / 22, size / 22);
    context.lineWidth = 2;
    context.strokeStyle = context.fillStyle = this.ink;
    for (const middle of [11, 23]) {
      context.beginPath();
      context.arc(middle, 11, 10, 0, 2 * Math.PI);
      context.stroke();
    }
    context.fill(new Path2D("M17 3a10 10 0 0 1 0 16 10 10 0 0 1 0-16z"));
    context.restore();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} size
   * @param {string} colour
   */
  #disc(x, y, size, colour) {
    this.context.fillStyle = colour;
    this.#round(x, y, size);
    this.context.fill();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  #round(x, y, size) {
    this.context.beginPath();
    this.context.arc(x + size / 2, y + size / 2, size / 2, 0, 2 * Math.PI);
  }
}

/**
 * Each way to put words into two lines or three.
 * @param {string[]} words
 * @returns {string[][]}
 */
export function splits(words) {
  const at = (/** @type {number[]} */ ...ends) =>
    [0, ...ends].map((start, index) => words.slice(start, ends[index] ?? words.length).join(" "));
  const ends = words.slice(1).map((_, index) => index + 1);
  return ends.flatMap((first) => [at(first), ...ends.filter((second) => second > first).map((second) => at(first, second))]);
}

/** A canvas uses a font only once it is loaded, and a page may have done without it. */
function loadFont() {
  const { fontWeight, fontFamily } = getComputedStyle(byId("name"));
  return document.fonts.load(`${fontWeight} 100px ${fontFamily}`).catch(() => []);
}

/** @param {string} url  On this site. */
async function load(url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new CodedError("Offline", "no portrait");
  return createImageBitmap(await response.blob());
}
