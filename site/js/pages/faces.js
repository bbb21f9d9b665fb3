// Faces from all over the site, drawn at random. Each leads to all photos of that person.

import { byId, make } from "../elements.js";
import { facePortrait } from "../faces/buttons.js";
import { t, tn } from "../language.js";
import { clear, tell } from "../notice.js";
import { addFaces, readPhotos, readSets } from "../photos/read.js";
import { draw } from "../photos/sample.js";
import { keyOf } from "../photos/urls.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").Face} Face
 */

const FACES = 50;
// Of a site with many sets, this many are read at a time.
const SETS = 8;
const PORTRAIT_PX = 88;

/** Start the page. */
export async function showFaces() {
  const list = byId("faces");
  const status = byId("status");
  const button = byId("more", HTMLButtonElement);
  /** @type {Set<string>} */
  const read = new Set();
  // The faces that can still be drawn, each by its photo and its place in it.
  /** @type {{photo: Photo, index: number}[]} */
  let drawable = [];

  async function more() {
    button.disabled = true;
    try {
      clear();
      if (drawable.length < FACES) drawable.push(...(await readMoreSets(read)));
      const drawn = new Set(draw(drawable, FACES, () => 1));
      const faces = await readDrawn([...drawn]);
      drawable = drawable.filter((entry) => !drawn.has(entry));
      const portraits = faces.map(({ photo, face }) => portrait(photo, face));
      list.append(...portraits);
      if (list.childElementCount > portraits.length) portraits[0]?.querySelector("button")?.focus();
      const shown = list.childElementCount;
      status.textContent = shown
        ? tn(
            "%(num)s face. Choose it to see that person's photos.",
            "%(num)s faces. Choose one to see that person's photos.",
            shown,
          )
        : t("There are no faces on this site yet.");
      button.hidden = !drawable.length && !(await unread(read)).length;
    } catch (error) {
      if (!list.childElementCount) status.textContent = "";
      tell(error, more);
    }
    button.disabled = false;
  }

  button.addEventListener("click", more);
  await more();
}

/** Sets with faces that were not read yet. @param {Set<string>} read  Their names. */
async function unread(read) {
  return (await readSets()).filter((set) => set.faceCount > 0 && !read.has(set.name));
}

/**
 * The faces of some sets that were not read yet.
 * @param {Set<string>} read  Gets their names.
 */
async function readMoreSets(read) {
  const drawn = draw(await unread(read), SETS, (set) => set.faceCount);
  const photos = await Promise.all(drawn.map((set) => readPhotos(set)));
  for (const set of drawn) read.add(set.name);
  return photos.flat().flatMap((photo) => Array.from({ length: photo.faceCount ?? 0 }, (_, index) => ({ photo, index })));
}

/**
 * @param {{photo: Photo, index: number}[]} drawn
 * @returns {Promise<{photo: Photo, face: Face}[]>}  Without those that are gone.
 */
async function readDrawn(drawn) {
  const photos = new Map((await addFaces(drawn.map(({ photo }) => photo))).map((photo) => [keyOf(photo), photo]));
  return drawn.flatMap(({ photo, index }) => {
    const face = photos.get(keyOf(photo))?.faces?.[index];
    return face ? [{ photo, face }] : [];
  });
}

/**
 * @param {Photo} photo
 * @param {Face} face
 */
const portrait = (photo, face) => make("li", {}, facePortrait(photo, face, PORTRAIT_PX));
