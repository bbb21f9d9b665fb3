// The part of a page (templates/picture.html) that takes the visitor's picture, finds the faces in it, lets the visitor
// choose one if there are several, and searches with that face alone.

import { byId, make, placeOver } from "../elements.js";
import { CodedError } from "../errors.js";
import { boxInPercent } from "../faces/boxes.js";
import { t } from "../language.js";
import { clear, tell } from "../notice.js";
import { watchConsent } from "./consent.js";
import { findFaces, loadDetector } from "./detector.js";
import { openPicture, toBase64, toJpeg } from "./jpeg.js";
import { faultOf } from "./quality.js";
import { watchCamera } from "./viewfinder.js";

/** @typedef {import("../photos/rows.js").Box} Box */

/**
 * Search with each picture that the visitor takes, chooses, drops or pastes.
 * @template Found
 * @param {object} page
 * @param {(image: string) => Promise<Found>} page.search  Takes a JPEG in base64.
 * @param {(found: Found, picture: Blob) => string | Promise<string>} page.show  Shows what was found with that JPEG, and
 *   returns it in words.
 * @param {() => void} page.forget  Takes away what was shown.
 */
export function searchWithPicture({ search, show: showFound, forget }) {
  const input = byId("picture", HTMLInputElement);
  const preview = byId("preview", HTMLImageElement);
  const outlines = byId("outlines");
  const status = byId("status");
  const busy = byId("busy");
  const drop = byId("drop");
  // What the page searches with now: an answer for anything else comes too late to be shown.
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
   * @param {boolean} [working]  Whether the page is still at work.
   */
  function say(words, working = false) {
    status.textContent = words;
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
    say(t("Looking for faces…"), true);
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
    say(
      t("There are %(number)s faces in this picture. Choose one. If yours has no outline, try a picture taken closer up.", {
        number: faces.length,
      }),
    );
    outlines.replaceChildren(
      ...faces.map((face, index) => {
        const label = t("Search for person %(number)s of %(total)s", { number: index + 1, total: faces.length });
        return outline(face, label, () => consider(face));
      }),
    );
    /** @type {HTMLElement} */ (outlines.firstElementChild).focus({ preventScroll: true });
  }

  /**
   * Search with a face, unless it is hard to recognise: then say so, and let the visitor search anyway.
   * @param {Box} [face]
   */
  async function consider(face) {
    clear();
    const fault = face && picture ? faultOf(picture, face) : "NoFace";
    if (!fault) return searchFor(face);
    say("");
    const label = face ? t("Search anyway") : t("Search with the whole picture");
    tell(new CodedError(fault, "found on the device"), () => searchFor(face), label);
  }

  /** @param {Box} [face] */
  async function searchFor(face) {
    const searched = picture;
    if (!searched) return;
    const isLate = () => picture !== searched || chosen !== face;
    chosen = face;
    forget();
    say(t("Searching…"), true);
    try {
      const alone = !outlines.childElementCount;
      const small = await toJpeg(searched, face, alone);
      if (alone) show(small); // otherwise the visitor can still choose another face
      const found = await search(await toBase64(small));
      if (isLate()) return;
      const words = await showFound(found, small);
      if (isLate()) return;
      say(words);
      status.scrollIntoView(); // the result is below
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
    if (agreed) loadDetector().catch(() => {}); // the search will say what went wrong
    else clean();
  });
  input.addEventListener("change", () => {
    use(input.files?.[0]);
    input.value = ""; // so that the visitor can choose the same file again
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
  const button = make("button", { type: "button", className: "outline" });
  button.setAttribute("aria-label", label);
  placeOver(button, boxInPercent(face));
  button.addEventListener("click", () => {
    for (const other of button.parentElement?.children ?? []) other.setAttribute("aria-pressed", String(other === button));
    choose();
  });
  return button;
}
