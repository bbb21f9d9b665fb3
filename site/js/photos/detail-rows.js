// Reads what the grid doesn't know of a photo from its row, whoever wrote it. Loaded when a photo is opened, or faces are shown.

import { number, text } from "./rows.js";

/**
 * @typedef {import("./rows.js").Details} Details
 * @typedef {import("./rows.js").Face} Face
 */

/**
 * @param {any} item  A photo's row; null if the photo is gone.
 * @returns {Details}
 */
export function detailsFrom(item) {
  const exif = item?.exif ?? {};
  return {
    faces: facesFrom(item?.data),
    title: text(item?.title) ?? "",
    caption: text(item?.caption) ?? "",
    words: [...new Set([...texts(item?.keywords), ...texts(item?.labels)])],
    takenAt: text(item?.taken_at),
    exif: {
      make: text(exif.make),
      model: text(exif.model),
      lens: text(exif.lens),
      f_number: number(exif.f_number),
      focal_length: number(exif.focal_length),
      exposure_time: number(exif.exposure_time),
      iso: number(exif.iso),
    },
    size: number(item?.size),
    contentType: text(item?.content_type),
  };
}

/** @param {unknown} value @returns {string[]} */
const texts = (value) => (Array.isArray(value) ? value.filter((item) => typeof item === "string" && item !== "") : []);

/**
 * The faces that can be shown, from left to right.
 * @param {any} data  An IndexFaces response.
 * @returns {Face[]}
 */
export function facesFrom(data) {
  const records = Array.isArray(data?.FaceRecords) ? data.FaceRecords : [];
  return records
    .map((/** @type {any} */ record) => faceFrom(record?.Face))
    .filter((/** @type {Face | null} */ face) => face !== null)
    .sort((/** @type {Face} */ a, /** @type {Face} */ b) => a.BoundingBox.Left - b.BoundingBox.Left);
}

/**
 * @param {any} face
 * @returns {Face | null}  Null if it has no id, or no place in the photo.
 */
export function faceFrom(face) {
  const Left = number(face?.BoundingBox?.Left);
  const Top = number(face?.BoundingBox?.Top);
  const Width = number(face?.BoundingBox?.Width);
  const Height = number(face?.BoundingBox?.Height);
  if (typeof face?.FaceId !== "string") return null;
  if (Left === undefined || Top === undefined || Width === undefined || Height === undefined) return null;
  return { ...face, BoundingBox: { Left, Top, Width, Height } };
}
