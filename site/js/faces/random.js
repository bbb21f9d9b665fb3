// Faces from all over the site, drawn at random. Each leads to all photos of that person.

import { byId, make } from "../elements.js";
import { t, tn } from "../language.js";
import { clear, tell } from "../notice.js";
import { addFaces } from "../photos/details.js";
import { readPhotos, readSets } from "../photos/read.js";
import { draw } from "../photos/sample.js";
import { keyOf } from "../photos/urls.js";
import { facePortrait } from "./buttons.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {import("../photos/rows.js").PhotoSet} PhotoSet
 */

const FACES = 50;
// Of a site with many sets, this many are read at a time.
const SETS = 8;

/** Offer faces in the part of the page that is for them. @returns {() => Promise<void>} Shows some more. */
export function offerFaces() {
  const list = byId("faces");
  const status = byId("status");
  const button = byId("more", HTMLButtonElement);
  // Of a portrait, as the style sheet sets it.
  const side = parseFloat(getComputedStyle(list).gridTemplateColumns);
  /** @type {Set<string>} */
  const read = new Set();
  // The faces that can still be drawn, each by its photo and its place in it.
  /** @type {{photo: Photo, index: number}[]} */
  let drawable = [];

  async function more() {
    button.disabled = true;
    try {
      clear(byId("notice"), more);
      const sets = await readSets();
      const unread = sets.filter((set) => set.faceCount > 0 && !read.has(set.name));
      if (drawable.length < FACES) drawable.push(...(await readSome(unread, read)));
      const drawn = new Set(draw(drawable, FACES, () => 1));
      const faces = await readDrawn([...drawn]);
      drawable = drawable.filter((entry) => !drawn.has(entry));
      const portraits = faces.map(({ photo, face }) => portrait(photo, face, side));
      if (list.ariaBusy) list.replaceChildren(); // the placeholders
      button.textContent = t("Show more faces");
      list.ariaBusy = null;
      list.append(...portraits);
      const shown = list.childElementCount;
      if (shown > portraits.length) /** @type {HTMLElement | null} */ (portraits[0]?.firstElementChild)?.focus();
      button.hidden = !drawable.length && unread.every((set) => read.has(set.name));
      byId("none").hidden = shown > 0;
      status.textContent = button.hidden ? ofAll(shown) : ofMore(shown, sets);
    } catch (error) {
      if (list.ariaBusy) status.textContent = "";
      tell(error, more);
    }
    button.disabled = false;
  }

  button.addEventListener("click", more);
  return more;
}

/** @param {number} shown */
const ofAll = (shown) =>
  shown
    ? tn(
        "%(num)s face. Choose it to see that person's photos.",
        "%(num)s faces. Choose one to see that person's photos.",
        shown,
      )
    : "";

/**
 * @param {number} shown
 * @param {PhotoSet[]} sets
 */
function ofMore(shown, sets) {
  const total = sets.reduce((sum, set) => sum + set.faceCount, 0);
  return t("%(shown)s of %(total)s faces, at random. Choose one to see that person's photos.", { shown, total });
}

/**
 * The faces of some of the sets.
 * @param {PhotoSet[]} sets
 * @param {Set<string>} read  Gets their names.
 */
async function readSome(sets, read) {
  const drawn = draw(sets, SETS, (set) => set.faceCount);
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
 * @param {number} side  In pixels.
 */
const portrait = (photo, face, side) => make("li", {}, facePortrait(photo, face, side));
