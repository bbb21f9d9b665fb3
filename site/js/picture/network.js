// The face detector's network in plain JavaScript: its layers, and what its output means.

/**
 * What a layer takes and makes: `size` x `size` cells of `depth` values each.
 * @typedef {object} Activation
 * @property {number} size
 * @property {number} depth
 * @property {Float32Array} data
 *
 * @typedef {{score: number, box: import("../photos/rows.js").Box}} Found  A box that may have a face in it, and how sure that
 *   is, from 0 to 1.
 */

// As the network was trained: https://github.com/vladmandic/face-api (TinyFaceDetector).
const LEAK = 0.1;
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
];
// Boxes with a lower score are not worth considering.
const MIN_SCORE = 0.2;

/**
 * @param {Record<string, Float32Array>} network
 * @param {Activation} first
 * @returns {Promise<Activation>}  Five values for each of five anchors in each cell.
 */
export async function run(network, first) {
  const of = (/** @type {string} */ name) => network[name] ?? new Float32Array();
  let map = activate(dense(patches(first), of("conv0/filters"), of("conv0/bias")));
  for (let layer = 1; layer <= 5; layer += 1) {
    await new Promise((resolve) => setTimeout(resolve)); // lets the page respond between layers
    map = depthwise(pool(map, 2), of(`conv${layer}/depthwise_filter`));
    map = activate(dense(map, of(`conv${layer}/pointwise_filter`), of(`conv${layer}/bias`)));
  }
  return dense(pool(map, 1), of("conv8/filters"), of("conv8/bias"));
}

/**
 * Each 3 x 3 neighbourhood as one cell, without the border.
 * @param {Activation} map
 * @returns {Activation}
 */
export function patches({ size, depth, data }) {
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
 * @param {Activation} map
 * @param {Float32Array} filter  3 x 3 x depth.
 * @returns {Activation}
 */
export function depthwise({ size, depth, data }, filter) {
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
 * @param {Activation} map
 * @param {Float32Array} filter  Inputs x outputs.
 * @param {Float32Array} bias
 * @returns {Activation}
 */
export function dense({ size, depth, data }, filter, bias) {
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
 * @param {Activation} map
 * @param {number} step
 * @returns {Activation}
 */
export function pool({ size, depth, data }, step) {
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
 * @param {Activation} map  Changes in place.
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
 * The network's output as boxes, in fractions of its input.
 * @param {Activation} map
 */
export function read({ size, data }) {
  const found = [];
  const values = 5;
  for (let cell = 0; cell < size * size; cell += 1) {
    for (const [index, [wide = 0, high = 0]] of ANCHORS.entries()) {
      const at = (cell * ANCHORS.length + index) * values;
      const [x = 0, y = 0, width = 0, height = 0, certain = 0] = data.subarray(at, at + values);
      const score = sigmoid(certain);
      if (score < MIN_SCORE) continue;
      const box = { Width: (Math.exp(width) * wide) / size, Height: (Math.exp(height) * high) / size };
      const Left = ((cell % size) + sigmoid(x)) / size - box.Width / 2;
      const Top = (Math.floor(cell / size) + sigmoid(y)) / size - box.Height / 2;
      found.push({ score, box: { ...box, Left, Top } });
    }
  }
  return found;
}

/** @param {number} value */
const sigmoid = (value) => 1 / (1 + Math.exp(-value));
