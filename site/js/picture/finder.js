// What a page's finder shows (templates/picture.html): the words of one stage, and the visitor's picture in the circle.

import { byId, make } from "../elements.js";
import { t } from "../language.js";
import { clear, tell } from "../notice.js";

/**
 * @typedef {import("../photos/rows.js").Box} Box
 * @typedef {"asking" | "live" | "working" | "choosing" | "trouble"} Stage
 */

// A ring leaves some space around a face's box.
const ROOM = 1.2;

export class Finder {
  constructor() {
    this.element = byId("finder");
    this.shutter = byId("shutter", HTMLButtonElement);
    this.status = byId("status");
    this.trouble = byId("trouble");
    this.shown = byId("shown");
    this.preview = byId("preview", HTMLImageElement);
    this.outlines = byId("outlines");
  }

  /** @returns {Stage} */
  get stage() {
    return /** @type {Stage} */ (this.element.dataset.stage);
  }

  /** Go to a stage. Moves the focus along if it was on something that is no longer there. @param {Stage} stage */
  turnTo(stage) {
    this.element.dataset.stage = stage;
    if (stage !== "trouble") clear(this.trouble);
    const { activeElement } = document;
    if (!this.element.contains(activeElement) || activeElement?.checkVisibility({ visibilityProperty: true })) return;
    const button = /** @type {HTMLElement | null} */ (this.element.querySelector(`.${stage} button`));
    (button ?? this.shutter).focus({ preventScroll: true });
  }

  /** Say what the page is doing, to eyes and to screen readers. @param {string} words */
  work(words) {
    this.turnTo("working");
    byId("progress").textContent = this.status.textContent = words;
  }

  /**
   * Say what went wrong, with a button that does something about it. The stage turns once the words are there.
   * @param {unknown} error
   * @param {() => void} retry
   * @param {string} [label]
   */
  async tell(error, retry, label) {
    this.status.textContent = "";
    if (await tell(error, retry, label, this.trouble)) this.turnTo("trouble");
  }

  /** Show a picture in the circle; null removes it. @param {Blob | null} picture */
  show(picture) {
    URL.revokeObjectURL(this.preview.src);
    this.preview.removeAttribute("src");
    if (picture) this.preview.src = URL.createObjectURL(picture);
    this.shown.hidden = !picture;
  }

  /**
   * Show a whole picture, with a ring around each face that the visitor can choose.
   * @param {Blob} picture
   * @param {{width: number, height: number}} size
   */
  showWhole(picture, { width, height }) {
    this.show(picture);
    this.shown.style.setProperty("--a", String(width / height));
    this.turnTo("choosing");
  }

  /**
   * @param {Box[]} faces
   * @param {{width: number, height: number}} size  Of the picture.
   * @param {(face: Box) => void} choose
   */
  ring(faces, size, choose) {
    this.outlines.replaceChildren(
      ...faces.map((face, index) => {
        const label = t("Search for person %(number)s of %(total)s", { number: index + 1, total: faces.length });
        return this.#ring(face, size, label, choose);
      }),
    );
  }

  /**
   * @param {Box} face
   * @param {{width: number, height: number}} size
   * @param {string} label
   * @param {(face: Box) => void} choose
   */
  #ring(face, { width, height }, label, choose) {
    const ring = make("button", { type: "button", className: "outline", ariaLabel: label });
    ring.style.left = `${(face.Left + face.Width / 2) * 100}%`;
    ring.style.top = `${(face.Top + face.Height / 2) * 100}%`;
    ring.style.width = `${(Math.max(face.Width * width, face.Height * height) / width) * ROOM * 100}%`;
    ring.addEventListener("click", () => {
      for (const other of this.outlines.children) other.ariaPressed = String(other === ring);
      choose(face);
    });
    return ring;
  }

  /** Go above the results, or below them as a way to another picture. @param {boolean} below */
  stand(below) {
    const results = byId("results");
    for (const heading of this.element.querySelectorAll("h1")) heading.ariaLevel = below ? "2" : null;
    results.hidden = !below;
    // Only if it isn't there yet: an element that is inserted again loses the focus.
    if (below && results.nextElementSibling !== this.element) results.after(this.element);
    if (!below && this.element.nextElementSibling !== results) results.before(this.element);
  }

  /** Take the visitor to the results. @param {string} words  For screen readers. */
  lead(words) {
    scrollTo(0, 0);
    byId("results").querySelector("h1")?.focus({ preventScroll: true });
    this.status.textContent = words;
  }
}
