// Whether a face in a picture is large, bright and sharp enough to search with.

/** @typedef {import("../photos/rows.js").Box} Box */

// What Rekognition needs: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
const MIN_FACE_PX = 40;
const JUDGED_PX = 112;
const MIN_LIGHT = 45;
// Variance of the Laplacian over that of the face: sharp faces have 0.02 and more; blurred by a fortieth, they have 0.003.
const MIN_SHARPNESS = 0.003;

/**
 * What is wrong with a face, as a code that problems.js has words for; null if nothing is.
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
  return faultOfPixels(context.getImageData(0, 0, JUDGED_PX, JUDGED_PX).data);
}

/**
 * The same for the pixels of a square cut to the face.
 * @param {Uint8ClampedArray} pixels  RGBA.
 */
export function faultOfPixels(pixels) {
  // Rec. 601's luma.
  const light = Float32Array.from({ length: pixels.length / 4 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at * 4, at * 4 + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  const of = moments(light);
  if (of.mean < MIN_LIGHT) return "FaceTooDark";
  return moments(laplacian(light)).variance / of.variance < MIN_SHARPNESS ? "FaceTooBlurred" : null;
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
