// Finds the faces in a picture on the device, with the small network of face-api ("tiny face detector"). It runs before
// anything is sent, so that the one paid search is for the right face.

import manifest from "@vladmandic/face-api/model/tiny_face_detector_model-weights_manifest.json";
import weightsUrl from "@vladmandic/face-api/model/tiny_face_detector_model.bin";
import { CodedError } from "../errors.js";
import { cropTo, withoutOverlaps } from "../faces/boxes.js";
import { read, run } from "./network.js";

/**
 * @typedef {import("../photos/rows.js").Box} Box
 * @typedef {import("./network.js").Activation} Activation
 * @typedef {import("./network.js").Found} Found
 */

// As the network was trained: https://github.com/vladmandic/face-api (TinyFaceDetector).
const MEAN_RGB = [117.001, 114.697, 97.404];
const MAX_OVERLAP = 0.4;
// Sizes of the squares that the picture is fitted into: each finds faces of other sizes. The last one takes a second, and
// is for pictures of groups. Of 223 portraits of LFW, 22 have no sure face at 416 pixels, 5 at 224, and one at both.
const INPUTS_PX = [224, 416];
const GROUP_INPUT_PX = 736;
const SURE_SCORE = 0.4;

/** @type {Promise<Record<string, Float32Array>> | null} */
let weights = null;

/** Fetch the network's weights (190 kB), once. */
export function loadDetector() {
  weights ??= fetchWeights().catch((error) => {
    weights = null;
    throw error;
  });
  return weights;
}

/**
 * The faces of a picture from left to right.
 * @param {ImageBitmap} picture
 * @returns {Promise<Box[]>}
 */
export async function findFaces(picture) {
  const network = await loadDetector();
  let found = [];
  for (const side of INPUTS_PX) found.push(...(await look(network, picture, side)));
  found = sure(found);
  if (found.length > 1) found = sure([...found, ...(await look(network, picture, GROUP_INPUT_PX))]);
  return found.map(({ box }) => box).sort((a, b) => a.Left - b.Left);
}

/**
 * Each face once, without doubtful ones, unless there are no others: then the best.
 * @param {Found[]} found
 */
function sure(found) {
  return withoutOverlaps(found, MAX_OVERLAP).filter(({ score }, index) => score >= SURE_SCORE || index === 0);
}

/**
 * @param {Record<string, Float32Array>} network
 * @param {ImageBitmap} picture
 * @param {number} side  Of the network's input, a multiple of 32.
 * @returns {Promise<Found[]>}  In fractions of the picture.
 */
async function look(network, picture, side) {
  const scale = side / Math.max(picture.width, picture.height);
  const canvas = new OffscreenCanvas(side, side);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
  const { data } = context.getImageData(0, 0, side, side);
  const found = read(await run(network, input(data)));
  const [right, bottom] = [(picture.width * scale) / side, (picture.height * scale) / side];
  return found.map(({ score, box }) => ({ score, box: cropTo(box, right, bottom) }));
}

async function fetchWeights() {
  const bytes = await fetch(weightsUrl).then(
    (response) => (response.ok ? response.arrayBuffer() : Promise.reject(new CodedError("Offline", "no answer"))),
    () => Promise.reject(new CodedError("Offline", "no answer")),
  );
  const raw = new Uint8Array(bytes);
  /** @type {Record<string, Float32Array>} */
  const tensors = {};
  let start = 0;
  for (const { name, shape, quantization } of manifest[0]?.weights ?? []) {
    const size = shape.reduce((product, side) => product * side, 1);
    const { scale, min } = quantization;
    tensors[name] = Float32Array.from(raw.subarray(start, start + size), (value) => value * scale + min);
    start += size;
  }
  return tensors;
}

/**
 * Pixels as the network takes them.
 * @param {Uint8ClampedArray} pixels  RGBA.
 * @returns {Activation}
 */
function input(pixels) {
  const data = new Float32Array((pixels.length / 4) * 3);
  for (let pixel = 0, at = 0; pixel < pixels.length; pixel += 4) {
    for (let channel = 0; channel < 3; channel += 1, at += 1) {
      data[at] = ((pixels[pixel + channel] ?? 0) - (MEAN_RGB[channel] ?? 0)) / 255;
    }
  }
  return { size: Math.sqrt(pixels.length / 4), depth: 3, data };
}
