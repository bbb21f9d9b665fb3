// Plays a film where the photo view shows its poster. Loaded when the first film is opened.

import { make } from "../elements.js";
import { icon } from "../icons.js";
import { t } from "../language.js";
import { filmUrl } from "../photos/film-urls.js";
import { largeUrl } from "../photos/urls.js";
import { isMetered } from "./connection.js";
import { filmLength } from "./film-words.js";

/**
 * @typedef {import("photoswipe").default} PhotoSwipe
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {import("../photos/rows.js").Film} FilmFacts
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./face-rings.js").FaceRings} FaceRings
 */

const STEP_SECONDS = 5;
// A face's ring shows while the film is this close to the picture it was found in.
const NEAR_SECONDS = 0.4;
// The lowest part of the picture is the browser's own controls: a drag there moves the film, not the photo view.
const CONTROLS_PX = 80;

export class Film {
  /**
   * @param {PhotoSwipe} pswp
   * @param {FaceRings} rings
   * @param {Photo} photo
   * @param {FilmFacts} facts
   * @param {Face[]} faces
   */
  constructor(pswp, rings, photo, facts, faces) {
    this.pswp = pswp;
    this.rings = rings;
    this.facts = facts;
    this.faces = faces;
    const { file } = photo;
    this.video = make("video", {
      className: "film",
      src: filmUrl(photo),
      poster: largeUrl(photo),
      controls: true,
      loop: facts.seconds < 5,
      playsInline: true,
      // Nobody is startled: sound comes with the speaker's button, or with M.
      muted: true,
      preload: isMetered() ? "none" : "metadata",
    });
    this.video.setAttribute("aria-label", t("Film %(file)s, %(length)s", { file, length: filmLength(facts.seconds) }));
    this.layer = make("div", { className: "film-layer" }, facts.unplayable ? this.#excuse(facts.unplayable) : this.video);
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.video.addEventListener("pointerdown", (event) => {
      if (event.offsetY > this.video.clientHeight - CONTROLS_PX) event.stopPropagation();
    }, { signal });
    for (const event of ["timeupdate", "seeked", "play", "pause", "loadedmetadata"]) {
      this.video.addEventListener(event, () => this.#showRings(), { signal });
    }
    this.place = () => this.#place();
    this.keepStill = (/** @type {any} */ action) => this.layer.contains(action.originalEvent?.target) && action.preventDefault();
    for (const event of PLACING) pswp.on(event, this.place);
    for (const event of TAPS) pswp.on(event, this.keepStill);
    pswp.currSlide?.holderElement?.insertBefore(this.layer, rings.layer.parentElement ? rings.layer : null);
    this.#place();
    if (facts.motion) {
      this.#waitBehind();
      return;
    }
    this.#offerMoments();
    const found = faces.find(({ FaceId }) => FaceId === photo.face?.FaceId)?.film?.at;
    if (found !== undefined) this.goTo(found);
    else if (!isMetered() && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.video.play().catch(() => {});
    this.#showRings();
  }

  /** A film behind a photo is shown while it plays. */
  #waitBehind() {
    const { video, layer } = this;
    layer.hidden = true;
    video.loop = false;
    const button = make("button", { type: "button", className: "button bare num", textContent: filmLength(this.facts.seconds) });
    button.prepend(icon("play"));
    button.setAttribute("aria-label", t("Play this photo's film"));
    button.onclick = () => video.play().catch(() => {});
    this.moments = make("div", { className: "moments" }, button);
    this.rings.strip.append(this.moments);
    video.addEventListener("play", () => (layer.hidden = false), { signal: this.leaving.signal });
    video.addEventListener("ended", () => (layer.hidden = true), { signal: this.leaving.signal });
  }

  /** Stop playing, and take everything out of the photo view. */
  leave() {
    this.leaving.abort();
    for (const event of PLACING) this.pswp.off(event, this.place);
    for (const event of TAPS) this.pswp.off(event, this.keepStill);
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load(); // ends the download
    this.layer.remove();
    this.moments?.remove();
  }

  /** Show the picture of a second, and stop there. @param {number} second */
  goTo(second) {
    this.video.pause();
    this.video.preload = "auto";
    this.video.currentTime = second;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean}  Whether the film has dealt with it.
   */
  onKey({ key, target }) {
    // Space presses a button that has the focus.
    const isPress = key === " " && target instanceof Element && target.closest("button");
    if (this.facts.unplayable || isPress) return false;
    const { video } = this;
    const isPlaying = !video.paused && !video.ended;
    if (key === " ") void (isPlaying ? video.pause() : video.play().catch(() => {}));
    else if (key === "m") video.muted = !video.muted;
    else if (isPlaying && key === "ArrowLeft") video.currentTime = Math.max(0, video.currentTime - STEP_SECONDS);
    else if (isPlaying && key === "ArrowRight") video.currentTime = Math.min(video.duration || 0, video.currentTime + STEP_SECONDS);
    else return false;
    return true;
  }

  /** Buttons that lead to the pictures with faces, below the portraits. */
  #offerMoments() {
    const seconds = [...new Set(this.faces.map(({ film }) => film?.at ?? 0))].sort((one, other) => one - other);
    if (this.facts.unplayable || !this.faces.length || !this.rings.strip.isConnected) return;
    const buttons = seconds.map((second) => {
      const button = make("button", { type: "button", className: "button bare num", textContent: filmLength(second) });
      button.setAttribute("aria-label", t("Go to %(time)s", { time: filmLength(second) }));
      button.onclick = () => this.goTo(second);
      return button;
    });
    this.moments = make("div", { className: "moments" }, ...buttons);
    this.rings.strip.append(this.moments);
  }

  /** Only the faces of the picture in view have rings. */
  #showRings() {
    const { video } = this;
    if (this.facts.motion) return;
    const now = video.currentTime === 0 && video.paused ? this.facts.poster : video.currentTime;
    for (const ring of this.rings.layer.children) {
      const face = this.faces.find(({ FaceId }) => ring instanceof HTMLElement && ring.dataset.face === FaceId);
      ring.toggleAttribute("hidden", face?.film !== undefined && Math.abs(face.film.at - now) > NEAR_SECONDS);
    }
  }

  #place() {
    const { currSlide: slide } = this.pswp;
    if (!slide) return;
    Object.assign(this.layer.style, {
      width: `${slide.width * slide.currZoomLevel}px`,
      height: `${slide.height * slide.currZoomLevel}px`,
      transform: `translate(${slide.pan.x}px, ${slide.pan.y}px)`,
    });
  }

  /** @param {string} why */
  #excuse(why) {
    const words = why === "codec" ? t("This film can't be played here.") : why === "converting" ? t("This film is still being prepared.") : t("This film is too long or too large to be played here.");
    return make("p", { className: "film-excuse", textContent: words });
  }
}

const PLACING = /** @type {const} */ (["zoomPanUpdate", "resize", "imageSizeChange"]);
const TAPS = /** @type {const} */ (["tapAction", "imageClickAction", "doubleTapAction", "bgClickAction"]);
