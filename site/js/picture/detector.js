// Finds faces in a picture on the device: the small network of face-api ("tiny face detector"), run in plain JavaScript.
// A picture is looked at before anything is sent, so that one paid search is of the face that is meant.

import manifest from "@vladmandic/face-api/model/tiny_face_detector_model-weights_manifest.json";
import weightsUrl from "@vladmandic/face-api/model/tiny_face_detector_model.bin";
import { AwsError } from "../aws/calls.js";

/** @typedef {import("../photos/photos.js").Box} Box */

/**
 * An activation: `size` x `size` cells of `depth` values each.
 * @typedef {object} Map
 * @property {number} size
 * @property {number} depth
 * @property {Float32Array} data
 *
 * @typedef {{score: number, box: Box}} Found  A box that may hold a face, and how surely, from 0 to 1.
 */

// As the network was trained: https://github.com/vladmandic/face-api (TinyFaceDetector).
const MEAN_RGB = [117.001, 114.697, 97.404];
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
];
const LEAK = 0.1;
const MAX_OVERLAP = 0.4;
// Pixels of the squares the picture is fitted into: each finds faces of other sizes. The last takes a second and is for
// pictures of groups. Of 223 portraits of LFW, 22 have no sure face at 416 pixels, 5 at 224, and one at both.
const INPUTS_PX = [224, 416];
const GROUP_INPUT_PX = 736;
const SURE_SCORE = 0.4;
// Of a picture without a sure face, one of this score is taken for it.
const FAINT_SCORE = 0.2;

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
 * Each face once, and none that are doubtful but the best where there is no other.
 * @param {Found[]} found
 */
function sure(found) {
  return withoutOverlaps(found).filter(({ score }, index) => score >= SURE_SCORE || index === 0);
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
  return found.map(({ score, box }) => ({ score, box: inside(box, right, bottom) }));
}

async function fetchWeights() {
  const bytes = await fetch(weightsUrl).then(
    (response) => (response.ok ? response.arrayBuffer() : Promise.reject(new AwsError("Offline", "no answer"))),
    () => Promise.reject(new AwsError("Offline", "no answer")),
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
 * @returns {Map}
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

/**
 * @param {Record<string, Float32Array>} network
 * @param {Map} first
 * @returns {Promise<Map>}  Five values for each of five anchors in each cell.
 */
async function run(network, first) {
  const of = (/** @type {string} */ name) => network[name] ?? new Float32Array();
  let map = activate(dense(patches(first), of("conv0/filters"), of("conv0/bias")));
  for (let layer = 1; layer <= 5; layer += 1) {
    await new Promise((resolve) => setTimeout(resolve)); // the page stays alive between layers
    map = depthwise(pool(map, 2), of(`conv${layer}/depthwise_filter`));
    map = activate(dense(map, of(`conv${layer}/pointwise_filter`), of(`conv${layer}/bias`)));
  }
  return dense(pool(map, 1), of("conv8/filters"), of("conv8/bias"));
}

/**
 * Each 3 x 3 neighbourhood as one cell, without the border.
 * @param {Map} map
 * @returns {Map}
 */
function patches({ size, depth, data }) {
  const inner = size - 2;
  const made = new Float32Array(inner * inner * 9 * depth);
  let at = 0;
  for (let y = 0; y < inner; y += 1) {
    for (let x = 0; x < inner; x += 1) {
      for (let row = 0; row < 3; row += 1) {
        const from = ((y + row) * size + x) * depth;
        made.set(data.subarray(from, from + 3 * depth), at);
        at += 3 * depth;
      }
    }
  }
  return { size: inner, depth: 9 * depth, data: made };
}

/**
 * A 3 x 3 filter of its own for each channel; zeros beyond the border.
 * @param {Map} map
 * @param {Float32Array} filter  3 x 3 x depth.
 * @returns {Map}
 */
function depthwise({ size, depth, data }, filter) {
  const made = new Float32Array(data.length);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const to = (y * size + x) * depth;
      for (let row = Math.max(0, 1 - y); row < 3 && y + row - 1 < size; row += 1) {
        for (let column = Math.max(0, 1 - x); column < 3 && x + column - 1 < size; column += 1) {
          const from = ((y + row - 1) * size + x + column - 1) * depth;
          const weight = (row * 3 + column) * depth;
          for (let channel = 0; channel < depth; channel += 1) {
            // @ts-expect-error every index is within its array
            made[to + channel] += data[from + channel] * filter[weight + channel];
          }
        }
      }
    }
  }
  return { size, depth, data: made };
}

/**
 * In each cell, every output from every input.
 * @param {Map} map
 * @param {Float32Array} filter  Inputs x outputs.
 * @param {Float32Array} bias
 * @returns {Map}
 */
function dense({ size, depth, data }, filter, bias) {
  const outputs = bias.length;
  const made = new Float32Array(size * size * outputs);
  for (let cell = 0; cell < size * size; cell += 1) {
    const to = cell * outputs;
    made.set(bias, to);
    // Three inputs at a time: a third of the writes.
    for (let channel = 0; channel < depth; channel += 3) {
      const at = cell * depth + channel;
      const a = data[at] ?? 0;
      const b = channel + 1 < depth ? (data[at + 1] ?? 0) : 0;
      const c = channel + 2 < depth ? (data[at + 2] ?? 0) : 0;
      const first = channel * outputs;
      const second = channel + 1 < depth ? first + outputs : first;
      const third = channel + 2 < depth ? first + 2 * outputs : first;
      for (let output = 0; output < outputs; output += 1) {
        // @ts-expect-error every index is within its array
        made[to + output] += a * filter[first + output] + b * filter[second + output] + c * filter[third + output];
      }
    }
  }
  return { size, depth: outputs, data: made };
}

/**
 * The largest of each 2 x 2 cells.
 * @param {Map} map
 * @param {number} step
 * @returns {Map}
 */
function pool({ size, depth, data }, step) {
  const smaller = Math.ceil(size / step);
  const made = new Float32Array(smaller * smaller * depth).fill(-Infinity);
  for (let y = 0; y < smaller; y += 1) {
    for (let x = 0; x < smaller; x += 1) {
      const to = (y * smaller + x) * depth;
      for (let row = y * step; row < Math.min(size, y * step + 2); row += 1) {
        for (let column = x * step; column < Math.min(size, x * step + 2); column += 1) {
          const from = (row * size + column) * depth;
          for (let channel = 0; channel < depth; channel += 1) {
            const value = data[from + channel] ?? 0;
            if (value > (made[to + channel] ?? 0)) made[to + channel] = value;
          }
        }
      }
    }
  }
  return { size: smaller, depth, data: made };
}

/**
 * @param {Map} map  Is changed.
 */
function activate(map) {
  const { data } = map;
  for (let at = 0; at < data.length; at += 1) {
    const value = data[at] ?? 0;
    if (value < 0) data[at] = value * LEAK;
  }
  return map;
}

/**
 * What the network says, as boxes in fractions of its input.
 * @param {Map} map
 */
function read({ size, data }) {
  const found = [];
  const values = 5;
  for (let cell = 0; cell < size * size; cell += 1) {
    for (const [index, [wide = 0, high = 0]] of ANCHORS.entries()) {
      const at = (cell * ANCHORS.length + index) * values;
      const [x = 0, y = 0, width = 0, height = 0, certain = 0] = data.subarray(at, at + values);
      const score = sigmoid(certain);
      if (score < FAINT_SCORE) continue;
      const box = { Width: (Math.exp(width) * wide) / size, Height: (Math.exp(height) * high) / size };
      const Left = ((cell % size) + sigmoid(x)) / size - box.Width / 2;
      const Top = (Math.floor(cell / size) + sigmoid(y)) / size - box.Height / 2;
      found.push({ score, box: { ...box, Left, Top } });
    }
  }
  return found;
}

/**
 * Of boxes that overlap much, the surest; the surest first.
 * @param {Found[]} found
 */
function withoutOverlaps(found) {
  /** @type {Found[]} */
  const kept = [];
  for (const next of found.sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(other.box, next.box) < MAX_OVERLAP)) kept.push(next);
  }
  return kept;
}

/**
 * Intersection over the smaller of two boxes: at another size of the input, a face's box is another too.
 * @param {Box} a
 * @param {Box} b
 */
function overlap(a, b) {
  const width = Math.min(a.Left + a.Width, b.Left + b.Width) - Math.max(a.Left, b.Left);
  const height = Math.min(a.Top + a.Height, b.Top + b.Height) - Math.max(a.Top, b.Top);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / Math.min(a.Width * a.Height, b.Width * b.Height);
}

/**
 * A box in fractions of the picture, which fills the network's input only to its right and its bottom.
 * @param {Box} box
 * @param {number} right
 * @param {number} bottom
 * @returns {Box}
 */
function inside(box, right, bottom) {
  const left = clamp(box.Left / right);
  const top = clamp(box.Top / bottom);
  return {
    Left: left,
    Top: top,
    Width: clamp((box.Left + box.Width) / right) - left,
    Height: clamp((box.Top + box.Height) / bottom) - top,
  };
}

/** @param {number} value */
const sigmoid = (value) => 1 / (1 + Math.exp(-value));

/** @param {number} value */
const clamp = (value) => Math.min(1, Math.max(0, value));
