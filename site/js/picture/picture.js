// The part of a page that takes the visitor's picture, finds the faces in it, lets the visitor choose one if there are
// several, and searches with that face alone.

import { watchDrops } from "../drops.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { t, tn } from "../language.js";
import { clear } from "../notice.js";
import { watchConsent } from "./consent.js";
import { findFaces, loadDetector } from "./detector.js";
import { Finder } from "./finder.js";
import { openPicture, toBase64, toJpeg, toPortrait } from "./jpeg.js";
import { faultOf } from "./quality.js";
import { watchCamera } from "./viewfinder.js";

/** @typedef {import("../photos/rows.js").Box} Box */

/**
 * Search with each picture that the visitor takes, chooses, drops or pastes.
 * @template Found
 * @param {object} page
 * @param {string} page.searching  Says what the search is doing, while it runs.
 * @param {(image: string) => Promise<Found>} page.search  Takes a JPEG in base64.
 * @param {(found: Found, portrait: Blob) => string} page.show  Shows what was found for the visitor, whose
 *   portrait is a square, and returns it in words.
 * @param {() => void} page.forget  Takes away what was shown.
 */
export function searchWithPicture({ searching, search, show: showFound, forget }) {
  const input = byId("picture", HTMLInputElement);
  const finder = new Finder();
  // What the page searches with now: an answer for anything else comes too late to be shown.
  /** @type {ImageBitmap | null} */
  let picture = null;
  /** @type {Box | undefined} */
  let chosen;
  // To choose another face of the same picture; null if it has only one.
  /** @type {Blob | null} */
  let group = null;

  function startOver() {
    clear();
    camera.close();
    finder.status.textContent = "";
    finder.outlines.replaceChildren();
    finder.show(null);
    finder.stand(false);
    finder.turnTo("asking");
    picture?.close();
    picture = group = null;
    forget();
  }

  /** @param {Blob} file */
  async function use(file) {
    if (!agrees()) {
      byId("agree").focus();
      return;
    }
    startOver();
    finder.work(t("Looking for your face…"));
    /** @type {ImageBitmap | null} */
    let opened = null;
    try {
      opened = picture = await openPicture(file);
      const small = await toJpeg(opened);
      if (picture !== opened) return;
      finder.show(small);
      const faces = await findFaces(opened);
      if (picture !== opened) return;
      if (faces.length > 1) letChoose(small, opened, faces);
      else await consider(faces[0]);
    } catch (error) {
      if (picture === opened) finder.tell(error, () => use(file));
    }
  }

  /**
   * @param {Blob} whole
   * @param {ImageBitmap} size
   * @param {Box[]} faces
   */
  function letChoose(whole, size, faces) {
    group = whole;
    finder.ring(faces, size, consider);
    finder.showWhole(whole, size);
    byId("choice").textContent = finder.status.textContent = tn(
      "There is %(num)s face in this picture. Choose it. If yours has no ring, try a picture taken closer up.",
      "There are %(num)s faces in this picture. Choose one. If yours has no ring, try a picture taken closer up.",
      faces.length,
    );
    /** @type {HTMLElement} */ (finder.outlines.firstElementChild).focus({ preventScroll: true });
  }

  /**
   * Search with a face, unless it is hard to recognise: then say so, and let the visitor search anyway.
   * @param {Box} [face]
   */
  async function consider(face) {
    const fault = face && picture ? faultOf(picture, face) : "NoFace";
    if (!fault) return searchFor(face);
    const label = face ? t("Search anyway") : t("Search with the whole picture");
    finder.tell(new CodedError(fault, "found on the device"), () => searchFor(face), label);
  }

  /** @param {Box} [face] */
  async function searchFor(face) {
    const searched = picture;
    if (!searched) return;
    const isLate = () => picture !== searched || chosen !== face;
    chosen = face;
    forget();
    finder.stand(false);
    finder.work(searching);
    try {
      const portrait = await toPortrait(searched, face);
      const sent = await toJpeg(searched, face, !group);
      finder.show(portrait);
      const found = await search(await toBase64(sent));
      if (isLate()) return;
      if (group) {
        finder.showWhole(group, searched);
      } else {
        finder.show(null);
        finder.turnTo("asking");
      }
      finder.stand(true);
      finder.lead(showFound(found, portrait));
    } catch (error) {
      if (!isLate()) finder.tell(error, () => searchFor(face));
    }
  }

  /** Leave an error: back to the faces of the same picture, if it has several. */
  function leave() {
    if (group && picture) finder.showWhole(group, picture);
    else startOver();
  }

  const camera = watchCamera(finder, use);
  const agrees = watchConsent((agreed) => {
    input.disabled = !agreed;
    camera.allow(agreed);
    if (agreed) loadDetector().catch(() => {}); // the search will say what went wrong
    else startOver();
  });
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) use(file);
    input.value = ""; // so that the visitor can choose the same file again
  });
  for (const button of finder.element.querySelectorAll("[data-start-over]")) button.addEventListener("click", startOver);
  byId("leave").addEventListener("click", leave);
  watchDrops(finder.element, ([file]) => file && use(file));
}
