// Reads rows, whoever wrote them. The album that this project follows wrote only names and faces, and older or newer
// releases may leave something out too. A missing or malformed value becomes one that can be shown.

import { config } from "../config.js";

/**
 * @typedef {object} Box  In fractions of the photo's size.
 * @property {number} Left
 * @property {number} Top
 * @property {number} Width
 * @property {number} Height
 *
 * @typedef {object} Face
 * @property {string} FaceId  Empty if only a person has seen the face.
 * @property {Box} BoundingBox
 * @property {import("../people/files.js").InSet} [person]  Whose it is, if that is somebody with a name.
 * @property {FilmFace} [film]  In a film.
 *
 * @typedef {object} FilmFace
 * @property {number} at     The second whose picture the box is in.
 * @property {number} place  Of its portrait, among the `of` portraits in the film's strip.
 * @property {number} of
 *
 * @typedef {object} Film
 * @property {number} seconds  0 if nobody knows.
 * @property {number} poster   The second that its picture is from.
 * @property {boolean} motion  Whether it is behind a photo, which is shown until the visitor asks for it.
 * @property {string} [unplayable]  Why it can't be played: `long`, `large` or `codec`, or that it will be: `converting`.
 *
 * @typedef {object} Photo
 * @property {string} setName
 * @property {string} file
 * @property {number} width
 * @property {number} height
 * @property {string} placeholder
 * @property {number} [faceCount]
 * @property {string} [takenAt]
 * @property {number} [film]  How many seconds it lasts, if it is a film or has one.
 * @property {number} [similarity]
 * @property {Face} [face]   The face that a search found.
 * @property {Face[]} [faces]
 * @property {Details} [details]  Read when the photo is opened.
 *
 * @typedef {object} Exif
 * @property {string} [make]
 * @property {string} [model]
 * @property {string} [lens]
 * @property {number} [f_number]
 * @property {number} [focal_length]   In mm.
 * @property {number} [exposure_time]  In seconds.
 * @property {number} [iso]
 *
 * @typedef {object} Details  What the grid doesn't know about a photo.
 * @property {Face[]} faces     From left to right.
 * @property {string} title     Empty if it has none, as the caption.
 * @property {string} caption   Of one or more lines.
 * @property {string[]} words   Its keywords and labels.
 * @property {string} [takenAt]
 * @property {Exif} exif
 * @property {number} [size]    Of the original, in bytes.
 * @property {string} [contentType]
 * @property {Film} [film]
 *
 * @typedef {object} PhotoSet
 * @property {string} name
 * @property {string} title
 * @property {string} cover  The file of the photo that stands for the set; empty if there is none.
 * @property {number | null} photoCount  Null if nobody has counted.
 * @property {number} faceCount
 * @property {string} updatedAt
 * @property {string} dated   The owner's date, if they gave one, and the name, which mostly begins with one.
 * @property {number} place   The owner's place for it; infinite if they gave none.
 * @property {boolean} [isPrivate]  Whether it was read at the door.
 */

/**
 * @param {any} item  A photo's row, or a photo of a search.
 * @param {string} setName
 * @param {string} file
 * @returns {Photo}
 */
export function photoFrom(item, setName, file) {
  const width = number(item.width) ?? 0;
  const height = number(item.height) ?? 0;
  const hasSize = width > 0 && height > 0;
  // A set may show another set's photo too: its row has that one's path for a file name.
  const [own = file, set = setName] = file.split("/").reverse();
  return {
    setName: set,
    file: own,
    width: hasSize ? width : config.unknownWidth,
    height: hasSize ? height : config.unknownHeight,
    placeholder: text(item.placeholder) ?? "",
    faceCount: number(item.face_count),
    takenAt: text(item.taken_at),
    // The grid's index says it behind a tab.
    film: number(item.film?.seconds ?? text(item.grid_key)?.split("\t")[1]),
  };
}

/**
 * @param {any} item
 * @returns {PhotoSet}
 */
export function setFrom(item) {
  return {
    name: item.sortkey,
    title: text(item.title) ?? titleOf(item.sortkey),
    cover: text(item.pic) ?? "",
    photoCount: number(item.pic_count) ?? null,
    faceCount: number(item.face_count) ?? 0,
    updatedAt: text(item.updated_at) ?? "",
    dated: (text(item.dated) ?? "") + item.sortkey,
    place: +item.place || Infinity,
  };
}

/** As the front page has them; `PhotoSet.rank` in functions/photo_rows.py does the same. @param {PhotoSet[]} sets */
export const newestFirst = (sets) =>
  sets.sort((a, b) => a.place - b.place || (a.dated < b.dated ? 1 : -1));

/**
 * Whether a set has photos that nobody has counted: another program wrote its row, and its photos aren't in the grid's index.
 * @param {PhotoSet} set
 */
export const isUncounted = (set) => set.photoCount === null && set.cover !== "";

/**
 * A set's name written as a title: `2024_newport` reads "2024 newport". functions/photo_rows.py does the same.
 * @param {string} name
 */
export function titleOf(name) {
  return name.replaceAll("_", " ").trim() || name;
}

/** @param {unknown} value */
export function number(value) {
  const read = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

/** @param {unknown} value */
export const text = (value) => (typeof value === "string" ? value : undefined);
