// What is known about a photo, in words. functions/exposure_words.py says the same of camera, lens and exposure;
// tests/data/exposures.json checks that they agree.

import { formatMoment, formatNumber, t } from "../language.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").Details} Details
 * @typedef {import("../photos/rows.js").Exif} Exif
 */

// From this exposure time on, seconds are easier to read than a fraction of one.
const LONG_EXPOSURE = 0.3;
const MB = 1e6;

/**
 * The lines of the panel, as term and text; unknown facts have none.
 * @param {Photo} photo
 * @param {Details} details
 * @returns {[string, string][]}
 */
export function factsOf(photo, details) {
  /** @type {[string, string][]} */
  const facts = [
    [t("Taken"), details.takenAt ? takenWords(details.takenAt) : ""],
    [t("Camera"), cameraWords(details.exif)],
    [t("Lens"), lensWords(details.exif)],
    [t("Exposure"), exposureWords(details.exif)],
    [t("Size"), sizeWords(photo, details)],
    [t("File"), photo.file],
  ];
  return facts.filter(([, text]) => text);
}

/**
 * The date and time by the camera's clock, wherever it was.
 * @param {string} moment  ISO 8601.
 */
export function takenWords(moment) {
  const [local] = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(moment) ?? [];
  const valid = local !== undefined && !Number.isNaN(Date.parse(`${local}Z`));
  return valid ? formatMoment(`${local}Z`) : "";
}

/** @param {Exif} exif */
export function cameraWords({ make = "", model = "" }) {
  const [brand = ""] = make.split(" ");
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`.trim();
}

/** @param {Exif} exif */
export function lensWords({ lens = "", focal_length }) {
  const length = focal_length ? `${formatNumber(rounded(focal_length))} mm` : "";
  // Most lenses are called by their focal length.
  return [lens, lens.includes(`${Math.round(focal_length ?? 0)}mm`) ? "" : length].filter(Boolean).join(" · ");
}

/**
 * "1⁄60 s · f/2.8 · ISO 800"
 * @param {Exif} exif
 */
export function exposureWords({ exposure_time, f_number, iso }) {
  return [
    exposure_time ? timeWords(exposure_time) : "",
    f_number ? `f/${formatNumber(rounded(f_number))}` : "",
    iso ? `ISO ${iso}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {number} seconds */
function timeWords(seconds) {
  if (seconds >= LONG_EXPOSURE) return `${formatNumber(rounded(seconds))} s`;
  return `1\u2044${Math.round(1 / seconds)} s`;
}

/**
 * "4000 × 3000, 3.1 MB"
 * @param {{width: number, height: number}} photo
 * @param {{size?: number}} details
 */
export function sizeWords({ width, height }, { size }) {
  return [`${width} × ${height}`, size ? fileSize(size) : ""].filter(Boolean).join(", ");
}

/** "3.1 MB", "80 kB". @param {number} bytes */
export function fileSize(bytes) {
  const inMb = bytes >= MB / 10;
  return inMb ? `${formatNumber(rounded(bytes / MB))} MB` : `${formatNumber(Math.ceil(bytes / 1000))} kB`;
}

/** To one decimal. @param {number} value */
const rounded = (value) => Math.round(value * 10) / 10;
