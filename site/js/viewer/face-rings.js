// The faces in the photo in view: rings that lie over it, and portraits below it.

import { make } from "../elements.js";
import { facePortraits, faceRings } from "../faces/buttons.js";
import { ringsOf } from "../faces/rings.js";
import { t } from "../language.js";

/**
 * @typedef {import("photoswipe").default} PhotoSwipe
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {import("../photos/rows.js").Photo} Photo
 */

const PORTRAIT_PX = 48;
// Rings come back when the photo has been still for this long.
const SETTLED_MS = 140;
// More faces than this are a crowd: its rings are thinner.
const CROWD = 12;
// The space between a chip and the stage's edge, and the space a chip takes below its ring.
const EDGE_PX = 8;
const CHIP_ROOM_PX = 60;

export class FaceRings {
  /**
   * @param {PhotoSwipe} pswp
   * @param {HTMLElement} strip  Where portraits go.
   */
  constructor(pswp, strip) {
    this.pswp = pswp;
    this.strip = strip;
    this.layer = make("div", { className: "faces" });
    /** @type {Face[]} */
    this.faces = [];
    this.timer = 0;
    this.touched = false;
    for (const event of /** @type {const} */ (["zoomPanUpdate", "beforeZoomTo", "resize", "imageSizeChange"])) {
      pswp.on(event, () => this.#follow());
    }
    // On a face, a tap doesn't zoom and a drag doesn't move the photo.
    pswp.addFilter("preventPointerEvent", (prevent, event) => (ringOf(event) ? false : prevent));
    for (const event of /** @type {const} */ (["tapAction", "imageClickAction", "doubleTapAction"])) {
      pswp.on(event, (action) => {
        if (ringOf(action.originalEvent)) action.preventDefault();
        else if (this.unpin()) action.preventDefault();
      });
    }
    this.layer.addEventListener("pointerdown", (event) => (this.touched = event.pointerType === "touch"));
    this.layer.addEventListener("click", (event) => this.#onClick(event));
    for (const [event, on] of /** @type {const} */ ([["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]])) {
      strip.addEventListener(event, ({ target }) => this.#point(target, on), true);
    }
  }

  clear() {
    this.layer.remove();
    this.layer.replaceChildren();
    this.strip.replaceChildren();
    this.faces = [];
    this.strip.dataset.state = "loading";
  }

  fail() {
    this.strip.dataset.state = "failed";
  }

  /**
   * @param {Photo} photo
   * @param {Face[]} faces
   */
  show(photo, faces) {
    this.faces = faces;
    this.layer.classList.toggle("many", faces.length > CROWD);
    this.layer.replaceChildren(...faceRings(faces));
    if (photo.face) this.#ring(photo.face.FaceId)?.classList.add("found");
    this.pswp.currSlide?.holderElement?.append(this.layer);
    if (faces.length) this.strip.append(this.#portraits(photo));
    this.#place();
    this.strip.dataset.state = faces.length ? "faces" : "none";
  }

  /** Hide the chip that a tap has shown. @returns {boolean}  Whether there was one. */
  unpin() {
    const pinned = this.layer.querySelector(".pinned");
    pinned?.classList.remove("pinned");
    return pinned !== null;
  }

  /** @param {Photo} photo */
  #portraits(photo) {
    const chips = make("div", { className: "chips" }, ...facePortraits(photo, this.faces, PORTRAIT_PX));
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", this.faces.length === 1 ? t("The person in this photo") : t("People in this photo"));
    return chips;
  }

  /** On a touch screen, the first tap shows where a ring leads, and the second goes there. @param {MouseEvent} event */
  #onClick(event) {
    const ring = ringOf(event);
    if (!ring || !this.touched || event.detail === 0 || ring.classList.contains("pinned")) return;
    event.preventDefault();
    this.unpin();
    ring.classList.add("pinned");
  }

  /**
   * Pointing at a portrait lights up its ring.
   * @param {EventTarget | null} target
   * @param {boolean} isOn
   */
  #point(target, isOn) {
    if (target instanceof HTMLElement && target.dataset.face) this.#ring(target.dataset.face)?.classList.toggle("on", isOn);
  }

  /** @param {string} faceId */
  #ring(faceId) {
    return [...this.layer.children].find((ring) => ring instanceof HTMLElement && ring.dataset.face === faceId);
  }

  /** Hide the rings while the photo moves. */
  #follow() {
    if (!this.faces.length) return;
    this.unpin();
    this.layer.classList.add("moving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#place(), SETTLED_MS);
  }

  #place() {
    const slide = this.pswp.currSlide;
    if (!slide || this.pswp.isDestroying) return;
    const width = slide.width * slide.currZoomLevel;
    const height = slide.height * slide.currZoomLevel;
    Object.assign(this.layer.style, {
      width: `${width}px`,
      height: `${height}px`,
      transform: `translate(${slide.pan.x}px, ${slide.pan.y}px)`,
    });
    const stage = { left: slide.pan.x, top: slide.pan.y, width: this.pswp.viewportSize.x, height: this.pswp.viewportSize.y };
    const rings = ringsOf(this.faces.map((face) => face.BoundingBox), width, height);
    for (const [index, ring] of rings.entries()) {
      const link = this.layer.children[index];
      if (!(link instanceof HTMLElement)) continue;
      Object.assign(link.style, {
        left: `${ring.x - ring.size / 2}px`,
        top: `${ring.y - ring.size / 2}px`,
        width: `${ring.size}px`,
        height: `${ring.size}px`,
        // If two overlap, the smaller one is on top.
        zIndex: String(Math.round(10_000 - ring.size)),
      });
      link.style.setProperty("--reach", `${ring.reach}px`);
      keepChipInView(link, ring, stage);
    }
    this.layer.classList.remove("moving");
  }
}

/**
 * Move a ring's chip so that it stays on the stage.
 * @param {HTMLElement} link
 * @param {import("../faces/rings.js").Ring} ring
 * @param {{left: number, top: number, width: number, height: number}} stage  Its size, and where the photo is on it.
 */
function keepChipInView(link, ring, stage) {
  const chip = link.querySelector(".name");
  if (!(chip instanceof HTMLElement)) return;
  const half = chip.offsetWidth / 2 + EDGE_PX;
  const middle = stage.left + ring.x;
  const nudge = Math.min(Math.max(middle, half), Math.max(half, stage.width - half)) - middle;
  link.style.setProperty("--nudge", `${nudge}px`);
  link.classList.toggle("low", stage.top + ring.y + ring.size / 2 + CHIP_ROOM_PX > stage.height);
}

/** @param {Event} event */
function ringOf(event) {
  return event.target instanceof Element ? event.target.closest("a.face") : null;
}
