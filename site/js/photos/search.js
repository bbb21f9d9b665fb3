// Asks the search function: for photos of a person, and for people of the gallery.

import { invoke } from "../aws/calls.js";
import { patiently } from "../aws/patience.js";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { faceFrom, facesFrom } from "./detail-rows.js";
import { inFilm } from "./films.js";
import { door } from "./read.js";
import { photoFrom } from "./rows.js";
import { portraitUrl } from "./urls.js";

/**
 * @typedef {import("./rows.js").Photo} Photo
 *
 * @typedef {object} Lookalike  Somebody in the gallery, compared with the visitor.
 * @property {string} person
 * @property {number} similarity  In percent.
 * @property {string} portrait  Its URL.
 * @property {number} width
 * @property {number} height
 * @property {import("./rows.js").Box} [face]
 * @property {string} [credit]
 * @property {string} [licence]
 * @property {string} [url]  Where the portrait comes from.
 */

const MAX_LOOKALIKES = 20;
// What this also answers to somebody who was signed out on another device.
const LEFT_OUT = new Set(["NotInvited", "FaceNotFound"]);

/**
 * Photos of the person with this face, best match first.
 * @param {string} faceId
 * @param {string} [next]
 * @returns {Promise<{photos: Photo[], next?: string, asOf?: string}>}  `asOf`: when an earlier answer was found.
 */
export async function searchFace(faceId, next) {
  const answer = await search({ faceid: faceId, ...(next ? { next } : {}) });
  return { photos: answer.output.map(photoFromSearch), next: answer.next, asOf: answer.as_of };
}

/**
 * Photos of the person in a picture, best match first. The picture is in this one call and nowhere else.
 * @param {string} image  A JPEG in base64.
 * @param {number} threshold  In percent.
 * @returns {Promise<Photo[]>}
 */
export async function searchPicture(image, threshold) {
  // All that one answer can hold: to see more would mean to send the picture again.
  return (await search({ image, threshold, limit: config.maxPhotosFound })).output.map(photoFromSearch);
}

/**
 * The people in a gallery who are most similar to the person in a picture, however little.
 * @param {string} image  A JPEG in base64.
 * @param {import("../visitor/galleries.js").Gallery} gallery
 * @returns {Promise<{people: Lookalike[], total: number}>}  `total`: how many there were to choose from.
 */
export async function searchGallery(image, gallery) {
  const which = gallery.name ? { gallery: gallery.name } : {};
  const answer = await search({ image, collection: "celebrities", ...which, threshold: 0, limit: MAX_LOOKALIKES });
  const people = answer.output.map((/** @type {any} */ found) => {
    const { person, similarity, width, height, credit, licence, url } = found;
    const face = faceFrom(found.face)?.BoundingBox;
    return { person, similarity, width, height, face, credit, licence, url, portrait: portraitUrl(found.image_path) };
  });
  // An answer that isn't the last holds only some of them; the page was given their number when it was made.
  return { people, total: answer.next ? Math.max(gallery.people, people.length) : people.length };
}

/** @param {object} request */
async function search(request) {
  const doorkeeper = await door();
  const event = { threshold: config.faceMatchThreshold, ...request, ...(await doorkeeper?.withPass()) };
  try {
    const answer = await patiently(() => invoke(config.searchFunction, event));
    if (!answer.output.length) await doorkeeper?.lookAgain();
    return answer;
  } catch (error) {
    if (error instanceof CodedError && LEFT_OUT.has(error.code)) await doorkeeper?.lookAgain();
    throw error;
  }
}

/** @param {any} found */
function photoFromSearch(found) {
  const slash = found.image_path.indexOf("/");
  return {
    ...photoFrom(found, found.image_path.slice(0, slash), found.image_path.slice(slash + 1)),
    similarity: found.similarity,
    face: inFilm([faceFrom(found.face)], found.film)[0] ?? undefined,
    faces: inFilm(facesFrom(found.data), found.film),
  };
}
