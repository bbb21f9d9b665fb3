// Draws a card for friends in the browser: who the visitor looks like, and the visitor's picture if they want it there.

import { make } from "../elements.js";
import { CodedError } from "../errors.js";
import { encodeJpeg } from "../picture/jpeg.js";

// Most networks show a card of this size whole.
const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 48;
const PICTURE = 400;
const FONT = "system-ui, sans-serif";

/**
 * @param {string} portrait  URL of the portrait.
 * @param {Blob | null} selfie  Goes beside it.
 * @param {string} headline
 * @param {string} source  The page, and where the portrait comes from.
 * @param {string} note
 * @returns {Promise<Blob>}  A JPEG.
 */
export async function drawCard(portrait, selfie, headline, source, note) {
  const pictures = [...(selfie ? [await createImageBitmap(selfie)] : []), await load(portrait)];
  const canvas = make("canvas", { width: WIDTH, height: HEIGHT });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fdfcfa";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.imageSmoothingQuality = "high";
  const all = pictures.length * PICTURE + (pictures.length - 1) * MARGIN;
  for (const [index, picture] of pictures.entries()) {
    cover(context, picture, (WIDTH - all) / 2 + index * (PICTURE + MARGIN), MARGIN);
    picture.close();
  }
  context.textAlign = "center";
  const lines = [
    { text: headline, size: 44, color: "#22201d" },
    { text: source, size: 24, color: "#5d5852" },
    { text: note, size: 22, color: "#5d5852" },
  ];
  let y = MARGIN + PICTURE;
  for (const { text, size, color } of lines) {
    y += size * 1.35;
    context.font = `${size === 44 ? "600 " : ""}${size}px ${FONT}`;
    context.fillStyle = color;
    context.fillText(text, WIDTH / 2, y, WIDTH - 2 * MARGIN);
  }
  return encodeJpeg(canvas, 0.9);
}

/** @param {string} url  On this site. */
async function load(url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new CodedError("Offline", "no portrait");
  return createImageBitmap(await response.blob());
}

/**
 * Fill a square with the part of a picture where faces are: a little above the middle.
 * @param {CanvasRenderingContext2D} context
 * @param {ImageBitmap} picture
 * @param {number} x
 * @param {number} y
 */
function cover(context, picture, x, y) {
  const side = Math.min(picture.width, picture.height);
  const left = (picture.width - side) / 2;
  const top = (picture.height - side) * 0.25;
  context.drawImage(picture, left, top, side, side, x, y, PICTURE, PICTURE);
}
