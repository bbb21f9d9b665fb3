// Faces of the album at random, to look around by: each leads to all photos of that person.

import { readPhotos, readSets, readAllFaces } from "../photos/photos.js";
import { facePortrait } from "../faces/buttons.js";
import { clear, tell } from "../problems.js";
import { draw } from "../photos/sample.js";

/**
 * @typedef {import("../photos/photos.js").Photo} Photo
 * @typedef {import("../photos/photos.js").Face} Face
 */

const FACES = 50;
// Of a large album, so many sets are looked into at a time.
const SETS = 8;
const PORTRAIT_PX = 88;

/** Start the page. */
export async function showFaces() {
  const list = /** @type {HTMLElement} */ (document.getElementById("faces"));
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("more"));
  /** @type {Set<string>} */
  const looked = new Set();
  // Each face there is to draw, by its photo and its place in it.
  /** @type {{photo: Photo, index: number}[]} */
  let drawable = [];

  async function more() {
    button.disabled = true;
    try {
      clear();
      if (drawable.length < FACES) drawable.push(...(await lookIntoSets(looked)));
      const drawn = new Set(draw(drawable, FACES, () => 1));
      const faces = await readFaces([...drawn]);
      drawable = drawable.filter((entry) => !drawn.has(entry));
      const portraits = faces.map(({ photo, face }) => portrait(photo, face));
      list.append(...portraits);
      if (list.childElementCount > portraits.length) portraits[0]?.querySelector("button")?.focus();
      const shown = list.childElementCount;
      count.textContent = shown ? `${shown === 1 ? "1 face" : `${shown} faces`}: choose one` : "There are no faces on this site yet.";
      button.hidden = !drawable.length && !(await unseen(looked)).length;
    } catch (error) {
      if (!list.childElementCount) count.textContent = "";
      tell(error, more);
    }
    button.disabled = false;
  }

  button.addEventListener("click", more);
  await more();
}

/** Sets with faces that were not looked into. @param {Set<string>} looked */
async function unseen(looked) {
  return (await readSets()).filter((set) => set.faceCount > 0 && !looked.has(set.name));
}

/**
 * The faces of some sets that were not looked into before.
 * @param {Set<string>} looked  Gets their names.
 */
async function lookIntoSets(looked) {
  const drawn = draw(await unseen(looked), SETS, (set) => set.faceCount);
  const photos = await Promise.all(drawn.map((set) => readPhotos(set)));
  for (const set of drawn) looked.add(set.name);
  return photos.flat().flatMap((photo) => Array.from({ length: photo.faceCount ?? 0 }, (_, index) => ({ photo, index })));
}

/**
 * @param {{photo: Photo, index: number}[]} drawn
 * @returns {Promise<{photo: Photo, face: Face}[]>}  Without those that are gone meanwhile.
 */
async function readFaces(drawn) {
  const photos = new Map((await readAllFaces(drawn.map(({ photo }) => photo))).map((photo) => [`${photo.setName}/${photo.file}`, photo]));
  return drawn.flatMap(({ photo, index }) => {
    const face = photos.get(`${photo.setName}/${photo.file}`)?.faces?.[index];
    return face ? [{ photo, face }] : [];
  });
}

/**
 * @param {Photo} photo
 * @param {Face} face
 */
function portrait(photo, face) {
  const item = document.createElement("li");
  item.append(facePortrait(photo, face, PORTRAIT_PX, (url) => location.assign(url)));
  return item;
}
