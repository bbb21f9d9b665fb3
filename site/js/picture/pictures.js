// A picture of the visitor's, on the device: opened, judged, and made small without anything but the face that is meant.

import { AwsError } from "../aws/calls.js";

/** @typedef {import("../photos/photos.js").Box} Box */

const MAX_SIDE_PX = 1024;
const MAX_BYTES = 150_000;
// Each loss shows in how alike faces seem, so as little as the bytes allow.
const QUALITIES = [0.95, 0.85, 0.7, 0.5, 0.3];
// Left around a face, in its own size; beside others, hair and chin but no neighbour.
const MARGIN_ALONE = 1.5;
const MARGIN_AMONG_OTHERS = 0.6;
// Rekognition takes pictures of 80 pixels and more, with room for faces that are no smaller than half of that.
const MIN_SIDE_PX = 160;

// What Rekognition needs: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html (faces of 40 pixels and more).
const MIN_FACE_PX = 40;
const JUDGED_PX = 112;
const MIN_LIGHT = 45;
// Variance of the Laplacian over that of the face: 0.02 and more for sharp faces, 0.003 with a blur of a fortieth.
const MIN_SHARPNESS = 0.003;

/**
 * @param {Blob} file  Any picture the browser can open.
 * @returns {Promise<ImageBitmap>}  The picture, upright.
 */
export async function openPicture(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new AwsError("UnreadablePicture", "the browser can't open it");
  }
}

/**
 * A JPEG without metadata, large enough for faces to be told apart.
 * @param {ImageBitmap} picture
 * @param {Box} [face]  Cut to it; without one, the picture is kept whole.
 * @param {boolean} [alone]  Whether there is no other face in the picture.
 * @returns {Promise<Blob>}  Of at most 150 kB.
 */
export async function toJpeg(picture, face, alone = true) {
  const { x, y, width, height } = around(picture, alone ? MARGIN_ALONE : MARGIN_AMONG_OTHERS, face);
  const scale = Math.max(Math.min(1, MAX_SIDE_PX / Math.max(width, height)), MIN_SIDE_PX / Math.min(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (made instanceof Blob && (made.size <= MAX_BYTES || quality === QUALITIES.at(-1))) return made;
  }
  throw new AwsError("UnreadablePicture", "the browser can't encode it");
}

/**
 * What speaks against searching by a face, as the code of a problem; null where nothing does.
 * @param {ImageBitmap} picture
 * @param {Box} face
 */
export function faultOf(picture, face) {
  const width = face.Width * picture.width;
  const height = face.Height * picture.height;
  if (Math.min(width, height) < MIN_FACE_PX) return "FaceTooSmall";
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(JUDGED_PX, JUDGED_PX).getContext("2d", { willReadFrequently: true })
  );
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, face.Left * picture.width, face.Top * picture.height, width, height, 0, 0, JUDGED_PX, JUDGED_PX);
  const { data } = context.getImageData(0, 0, JUDGED_PX, JUDGED_PX);
  // Rec. 601's luma.
  const light = Float32Array.from({ length: JUDGED_PX ** 2 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(at * 4, at * 4 + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  const of = moments(light);
  if (of.mean < MIN_LIGHT) return "FaceTooDark";
  return moments(laplacian(light)).variance / of.variance < MIN_SHARPNESS ? "FaceTooBlurred" : null;
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
 * @param {ImageBitmap} picture
 * @param {number} share  The margin's, of the face's size.
 * @param {Box} [face]
 */
function around({ width, height }, share, face) {
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

/** @param {Float32Array} light  Of a square. */
function laplacian(light) {
  const side = Math.sqrt(light.length);
  const at = (/** @type {number} */ y, /** @type {number} */ x) => light[y * side + x] ?? 0;
  return Float32Array.from({ length: (side - 2) ** 2 }, (_, index) => {
    const [y, x] = [Math.floor(index / (side - 2)) + 1, (index % (side - 2)) + 1];
    return at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1) - 4 * at(y, x);
  });
}

/** @param {Float32Array} values */
function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance: Math.max(variance, Number.EPSILON) };
}
