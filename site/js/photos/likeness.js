// How similar a face must be, in percent, at each of the steps that visitors choose from. docs/rekognition.md says what
// that means for an album.

import { config } from "../config.js";

/** Nobody needs to doubt a face as similar as this. */
export const SURE = Math.max(99, config.faceMatchThreshold);

/** @type {Record<string, number>} */
export const STEPS = {
  sure: SURE,
  likely: config.faceMatchThreshold,
  maybe: Math.min(70, config.faceMatchThreshold),
};
