// A picture made small on the device: turned upright, without metadata, large enough for its faces to be told apart.

import { AwsError } from "./aws.js";

const SIDE_PX = 1024;
const MAX_BYTES = 150_000;
const QUALITIES = [0.85, 0.7, 0.5, 0.3];

/**
 * @param {Blob} file  Any picture the browser can open.
 * @returns {Promise<Blob>}  A JPEG of at most 150 kB.
 */
export async function shrink(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new AwsError("UnreadablePicture", "the browser can't open it");
  }
  const scale = Math.min(1, SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (made instanceof Blob && (made.size <= MAX_BYTES || quality === QUALITIES.at(-1))) return made;
  }
  throw new AwsError("UnreadablePicture", "the browser can't encode it");
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
