// The visitor's picture, on the device: opened, cut to the chosen face, and made small enough to send.

import { make } from "../elements.js";
import { CodedError } from "../errors.js";
import { squareOfCover } from "../faces/boxes.js";

/** @typedef {import("../photos/rows.js").Box} Box */

const MAX_SIDE_PX = 1024;
const MAX_BYTES = 150_000;
// Lower quality makes faces look less alike, so it goes only as low as the bytes demand.
const QUALITIES = [0.95, 0.85, 0.7, 0.5];
const MIN_QUALITY = 0.3;
// Room left around a face, in sizes of the face. Beside other faces: hair and chin, but no neighbour.
const MARGIN_ALONE = 1.5;
const MARGIN_AMONG_OTHERS = 0.6;
// Rekognition takes pictures of 80 pixels a side and more; twice that leaves room around a face.
const MIN_SIDE_PX = 160;
// As large as a page or a card shows it on a high-resolution screen.
const PORTRAIT_PX = 800;
const PORTRAIT_QUALITY = 0.9;
// How much a portrait shows, in face sizes: the whole head and some space.
const PORTRAIT_FACES = 2;

/**
 * @param {Blob} file  Any picture the browser can open.
 * @returns {Promise<ImageBitmap>}  The picture, upright.
 */
export async function openPicture(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new CodedError("UnreadablePicture", "the browser can't open it");
  }
}

/**
 * A JPEG without metadata, large enough to tell faces apart.
 * @param {ImageBitmap} picture
 * @param {Box} [face]  What to cut it to; without a face, the whole picture stays.
 * @param {boolean} [alone]  Whether there is no other face in the picture.
 * @returns {Promise<Blob>}  Of at most 150 kB, unless even the lowest quality is larger.
 */
export async function toJpeg(picture, face, alone = true) {
  const part = around(picture, alone ? MARGIN_ALONE : MARGIN_AMONG_OTHERS, face);
  const { width, height } = part;
  const scale = Math.max(Math.min(1, MAX_SIDE_PX / Math.max(width, height)), MIN_SIDE_PX / Math.min(width, height));
  const canvas = cut(picture, part, scale);
  for (const quality of QUALITIES) {
    const made = await encodeJpeg(canvas, quality);
    if (made.size <= MAX_BYTES) return made;
  }
  return encodeJpeg(canvas, MIN_QUALITY);
}

/**
 * A square portrait for the page, which shows it in a circle.
 * @param {ImageBitmap} picture
 * @param {Box} [face]  Without one, it is the part of the picture where faces usually are.
 * @returns {Promise<Blob>}  A JPEG.
 */
export async function toPortrait(picture, face) {
  const part = squareRound(picture, face);
  return encodeJpeg(cut(picture, part, Math.min(1, PORTRAIT_PX / part.width)), PORTRAIT_QUALITY);
}

/**
 * @param {ImageBitmap} picture
 * @param {{x: number, y: number, width: number, height: number}} part
 * @param {number} scale
 */
function cut(picture, { x, y, width, height }, scale) {
  const canvas = make("canvas", {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality  From 0 to 1.
 * @returns {Promise<Blob>}
 */
export async function encodeJpeg(canvas, quality) {
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  if (!(made instanceof Blob)) throw new CodedError("UnreadablePicture", "the browser can't encode it");
  return made;
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
export function toBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",")[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

/**
 * A face with its margin, in pixels of the picture.
 * @param {{width: number, height: number}} picture
 * @param {number} share  The margin's, of the face's size.
 * @param {Box} [face]  Without one, it is the whole picture.
 */
export function around({ width, height }, share, face) {
  if (!face) return { x: 0, y: 0, width, height };
  const margin = share * Math.max(face.Width * width, face.Height * height);
  const x = Math.max(0, face.Left * width - margin);
  const y = Math.max(0, face.Top * height - margin);
  return {
    x,
    y,
    width: Math.min(width, (face.Left + face.Width) * width + margin) - x,
    height: Math.min(height, (face.Top + face.Height) * height + margin) - y,
  };
}

/**
 * A square around a face, as far as the picture allows, in its pixels. Without a face, it is where faces usually are.
 * @param {{width: number, height: number}} picture
 * @param {Box} [face]
 */
export function squareRound({ width, height }, face) {
  const whole = squareOfCover(face, width, height);
  if (!face) return { x: whole.x, y: whole.y, width: whole.side, height: whole.side };
  const side = Math.min(whole.side, PORTRAIT_FACES * Math.max(face.Width * width, face.Height * height));
  const within = (/** @type {number} */ middle, /** @type {number} */ whole) =>
    Math.min(Math.max(0, middle * whole - side / 2), whole - side);
  const x = within(face.Left + face.Width / 2, width);
  const y = within(face.Top + face.Height / 2, height);
  return { x, y, width: side, height: side };
}
