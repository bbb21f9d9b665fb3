// Ask for a picture of the visitor's face, find out which face is meant, and search by that one alone.

import { AwsError } from "../aws/calls.js";
import { watchConsent } from "./consent.js";
import { findFaces, loadDetector } from "./detector.js";
import { boxInPercent } from "../grid/layout.js";
import { faultOf, openPicture, toBase64, toJpeg } from "./pictures.js";
import { clear, tell } from "../problems.js";
import { watchCamera } from "./viewfinder.js";

/** @typedef {import("../photos/photos.js").Box} Box */

/**
 * Search with each picture that the visitor takes, chooses, drops or pastes.
 * @template Found
 * @param {object} page
 * @param {(image: string) => Promise<Found>} page.search  Takes a JPEG in base64.
 * @param {(found: Found, picture: Blob) => string | Promise<string>} page.show  Shows what was found by that JPEG, and
 *   returns it in words.
 * @param {() => void} page.forget  Takes away what was shown.
 */
export function askForPicture({ search, show: showFound, forget }) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById("picture"));
  const preview = /** @type {HTMLImageElement} */ (document.getElementById("preview"));
  const outlines = /** @type {HTMLElement} */ (document.getElementById("outlines"));
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const busy = /** @type {HTMLElement} */ (document.getElementById("busy"));
  const drop = /** @type {HTMLElement} */ (document.getElementById("drop"));
  // What is searched by now: an answer for anything else comes too late to be shown.
  /** @type {ImageBitmap | null} */
  let picture = null;
  /** @type {Box | undefined} */
  let chosen;

  function clean() {
    clear();
    show(null);
    say("");
    picture?.close();
    picture = null;
    forget();
  }

  /**
   * @param {string} words
   * @param {boolean} [working]  Whether there is more to come by itself.
   */
  function say(words, working = false) {
    count.textContent = words;
    busy.hidden = !working;
  }

  /** @param {Blob | null} shown */
  function show(shown) {
    outlines.replaceChildren();
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.removeAttribute("src");
    if (shown) preview.src = URL.createObjectURL(shown);
    preview.hidden = !shown;
  }

  /** @param {Blob | null | undefined} file */
  async function use(file) {
    if (!file || !agrees()) return;
    clean();
    say("Looking for faces…", true);
    /** @type {ImageBitmap | null} */
    let opened = null;
    try {
      opened = picture = await openPicture(file);
      const small = await toJpeg(opened);
      const faces = await findFaces(opened);
      if (picture !== opened) return;
      show(small);
      if (faces.length > 1) letChoose(faces);
      else await consider(faces[0]);
    } catch (error) {
      if (picture !== opened) return;
      say("");
      tell(error, () => use(file));
    }
  }

  /** @param {Box[]} faces */
  function letChoose(faces) {
    say(`There are ${faces.length} faces in this picture: choose one. If yours isn't outlined, take a picture from closer.`);
    outlines.replaceChildren(
      ...faces.map((face, index) => outline(face, `Search for person ${index + 1} of ${faces.length}`, () => consider(face))),
    );
    /** @type {HTMLElement} */ (outlines.firstElementChild).focus({ preventScroll: true });
  }

  /**
   * Search by a face, unless it can't be told apart; the visitor may search anyway.
   * @param {Box} [face]
   */
  async function consider(face) {
    clear();
    const fault = face && picture ? faultOf(picture, face) : "NoFace";
    if (!fault) return searchFor(face);
    say("");
    const label = face ? "Search anyway" : "Search with the whole picture";
    tell(new AwsError(fault, "found on the device"), () => searchFor(face), label);
  }

  /** @param {Box} [face] */
  async function searchFor(face) {
    const searched = picture;
    if (!searched) return;
    const isLate = () => picture !== searched || chosen !== face;
    chosen = face;
    forget();
    say("Searching…", true);
    try {
      const alone = !outlines.childElementCount;
      const small = await toJpeg(searched, face, alone);
      if (alone) show(small); // else another face can still be chosen
      const found = await search(await toBase64(small));
      if (isLate()) return;
      const words = await showFound(found, small);
      if (isLate()) return;
      say(words);
      count.scrollIntoView(); // what was found stands below
    } catch (error) {
      if (isLate()) return;
      say("");
      tell(error, () => searchFor(face));
    }
  }

  const useCamera = watchCamera(use);
  const agrees = watchConsent((agreed) => {
    input.disabled = !agreed;
    useCamera(agreed);
    if (agreed) loadDetector().catch(() => {}); // it is told when it is needed
    else clean();
  });
  input.addEventListener("change", () => {
    use(input.files?.[0]);
    input.value = ""; // the same file can be chosen again
  });
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    use(event.dataTransfer?.files[0]);
  });
  document.addEventListener("paste", (event) => use(event.clipboardData?.files[0]));
}

/**
 * @param {Box} face
 * @param {string} label
 * @param {() => void} choose
 */
function outline(face, label, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "outline";
  button.setAttribute("aria-label", label);
  const box = boxInPercent(face);
  Object.assign(button.style, {
    left: `${box.left}%`,
    top: `${box.top}%`,
    width: `${box.width}%`,
    height: `${box.height}%`,
  });
  button.addEventListener("click", () => {
    for (const other of button.parentElement?.children ?? []) other.setAttribute("aria-pressed", String(other === button));
    choose();
  });
  return button;
}
