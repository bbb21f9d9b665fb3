// Names for the faces in a photo. Loaded with the first photo that is opened.

import { readSetPeople } from "./files.js";

/**
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {Awaited<ReturnType<typeof readSetPeople>>} SetPeople
 */

/** Of each set whose photos were opened. @type {Map<string, Promise<SetPeople | null>>} */
const sets = new Map();

/**
 * Who is on the photos of a set; null if nobody can say now, so that photos open all the same.
 * @param {string} setName
 */
export function peopleIn(setName) {
  const found = sets.get(setName) ?? readSetPeople(setName).catch(() => {
    sets.delete(setName); // the next photo asks again
    return null;
  });
  sets.set(setName, found);
  return found;
}

/**
 * The same of each set whose photos this page shows: its own, and the others that its chips name. By the sets' names.
 * @param {string} setName
 */
export async function peopleOnPage(setName) {
  const chips = /** @type {HTMLElement | null} */ (document.querySelector("[data-sets]"));
  /** @type {string[]} */
  const names = [setName, ...JSON.parse(chips?.dataset.sets ?? "[]")];
  return new Map(await Promise.all(names.map(async (name) => /** @type {const} */ ([name, await peopleIn(name)]))));
}

/** Ask again who is on the photos of a set: the owner has just said it. @param {string} setName */
export const forgetNames = (setName) => sets.delete(setName);

/**
 * The faces of a photo, those that are known with their names, from left to right. Faces that only a person has seen are
 * among them; they have no id.
 * @param {Face[]} faces
 * @param {SetPeople | null} known
 * @param {string} file
 * @returns {Face[]}
 */
export function withNames(faces, known, file) {
  const named = (known?.photos[file] ?? []).map(([[Left, Top, Width, Height], index, faceId]) => ({
    FaceId: faceId ?? "",
    BoundingBox: { Left, Top, Width, Height },
    person: known?.people[index],
  }));
  const byId = new Map(named.map((face) => [face.FaceId, face.person]));
  const found = faces.map((face) => ({ ...face, person: byId.get(face.FaceId) }));
  const drawn = named.filter((face) => !face.FaceId);
  return [...found, ...drawn].sort((a, b) => a.BoundingBox.Left - b.BoundingBox.Left);
}
