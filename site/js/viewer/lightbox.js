// One photo at a time on a dark stage. Loaded when the first photo is opened; PhotoSwipe handles swiping and zooming.

import PhotoSwipe from "photoswipe";
import { config } from "../config.js";
import { make } from "../elements.js";
import { placeholder } from "../grid/placeholder.js";
import { learn, t } from "../language.js";
import { clear, tell } from "../notice.js";
import { forgetNames, peopleIn, withNames } from "../people/names.js";
import { readDetails } from "../photos/details.js";
import { sourcesOf } from "../photos/renditions.js";
import { largeUrl, photoUrl, thumbnailUrl } from "../photos/urls.js";
import { handed } from "../sharing/handed.js";
import { share } from "../sharing/share.js";
import { isOwner } from "../visitor/owner.js";
import { isMetered } from "./connection.js";
import { Controls } from "./controls.js";
import { FaceRings } from "./face-rings.js";
import { fadeWhenIdle } from "./idle.js";
import { showHelp } from "./help.js";
import { loadOriginals } from "./original.js";
import { Panel } from "./panel.js";
import { fullSize } from "./sizes.js";
import { Slideshow } from "./slideshow.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 *
 * @typedef {object} Callbacks
 * @property {(index: number) => HTMLElement | undefined} tile
 * @property {(photo: Photo) => void} shown  A photo came into view.
 * @property {(isOpen: boolean) => void} sheet  The sheet was opened or closed by the visitor.
 * @property {() => void} closed
 */

/** Resolves when the style sheet has loaded: without it, the first photo would be in the wrong place. */
export const styled = new Promise((resolve) => {
  document.head.append(
    make("link", { rel: "stylesheet", href: config.lightboxCss, onload: resolve, onerror: resolve }),
  );
});

/** A photo with everything around it. */
export class Stage {
  /**
   * @param {Photo[]} photos
   * @param {number} index
   * @param {boolean} animated
   * @param {Callbacks} callbacks
   */
  constructor(photos, index, animated, callbacks) {
    this.photos = photos;
    /** @type {import("./film.js").Film | null} */
    this.film = null;
    this.callbacks = callbacks;
    this.panel = new Panel({ resting: (byVisitor) => this.#makeRoom(byVisitor) });
    this.controls = new Controls({
      close: () => this.pswp.close(),
      previous: () => this.pswp.prev(),
      next: () => this.pswp.next(),
      play: photos.length > 1 ? () => this.play() : null,
      zoom: () => this.pswp.toggleZoom(),
      share: () => {
        const photo = this.#current();
        void share({ url: handed(photoUrl(photo)), title: photo.details?.title || document.title });
      },
      about: () => this.panel.toggle(),
    });
    this.slideshow = new Slideshow(photos, {
      shown: (at) => this.goTo(at),
      ended: () => this.pswp.element?.classList.remove("playing"),
    });
    this.pswp = this.#prepare(index, animated);
    this.rings = new FaceRings(this.pswp, this.controls.strip);
    loadOriginals(this.pswp, photos);
    this.pswp.init();
  }

  /** @param {number} index */
  goTo(index) {
    this.pswp.goTo(index);
  }

  /** PhotoSwipe ignores a call to close while it is still opening. */
  close() {
    if (this.pswp.opener.isOpen) this.pswp.close();
    else this.pswp.on("openingAnimationEnd", () => this.pswp.close());
  }

  /** Start the slideshow at the photo in view. */
  play() {
    this.panel.close();
    this.film?.video.pause();
    this.pswp.element?.classList.add("playing");
    this.slideshow.start(this.pswp.currIndex);
  }

  /** @param {number} index @param {boolean} animated */
  #prepare(index, animated) {
    const still = !animated || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const pswp = new PhotoSwipe({
      dataSource: this.photos.map(slide),
      index,
      mainClass: "stage",
      bgOpacity: 1,
      showHideAnimationType: still ? "none" : "zoom",
      showAnimationDuration: 240,
      hideAnimationDuration: 240,
      zoomAnimationDuration: still ? false : 280,
      imageClickAction: "zoom",
      preload: isMetered() ? [0, 1] : [1, 2],
      getViewportSizeFn: () => ({ x: document.documentElement.clientWidth - this.panel.width, y: innerHeight }),
      paddingFn: (viewport) => ({ ...roomFor(viewport, this.panel.width > 0), bottom: this.#bottom(viewport) }),
      returnFocus: false,
      trapFocus: false, // what is behind can't get the focus
      errorMsg: t("This photo couldn't be loaded."),
    });
    pswp.addFilter("thumbEl", (element, _data, at) => this.callbacks.tile(at)?.querySelector("img") ?? /** @type {any} */ (element));
    pswp.addFilter("placeholderSrc", (source, content) => source || content.data.msrc || false);
    pswp.on("slideLoad", ({ slide: { index: at, content } }) => {
      const photo = this.photos[at];
      const below = content.placeholder?.element;
      if (photo && below) below.style.background = `${placeholder(photo.placeholder)} center / cover`;
    });
    pswp.on("uiRegister", () => pswp.ui?.uiElementsData.splice(0)); // the stage has its own controls
    pswp.on("beforeOpen", () => document.documentElement.classList.add("staged"));
    pswp.on("initialLayout", () => this.#furnish());
    pswp.on("bindEvents", () => {
      if (!pswp.element?.contains(document.activeElement)) pswp.element?.focus(); // a quick visitor may already be on a control
    });
    pswp.on("change", () => void this.#show());
    pswp.on("keydown", (event) => {
      if (this.#onKey(event.originalEvent)) event.preventDefault();
    });
    pswp.on("close", () => {
      this.slideshow.stop();
      this.film?.leave();
      this.film = null;
    });
    pswp.on("destroy", () => this.#leave());
    return pswp;
  }

  /** Put everything around the photo into the page, and make what is behind it inert. */
  #furnish() {
    const { element } = this.pswp;
    if (!element) return;
    element.setAttribute("aria-label", t("Photo viewer"));
    element.setAttribute("aria-modal", "true");
    // PhotoSwipe ignores keys until the photo has grown into place.
    const leaveEarly = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.close();
    document.addEventListener("keydown", leaveEarly);
    this.pswp.on("bindEvents", () => document.removeEventListener("keydown", leaveEarly));
    element.append(...this.controls.elements, this.panel.element, this.slideshow.element);
    this.stopFading = fadeWhenIdle(element);
    this.behind = [...document.body.children].filter((child) => child !== element && child.id !== "notice" && !child.hasAttribute("inert"));
    for (const child of this.behind) child.setAttribute("inert", "");
    if (history.state?.sheet && this.panel.isSheet) this.panel.open(false);
  }

  #leave() {
    this.stopFading?.();
    for (const child of this.behind ?? []) child.removeAttribute("inert");
    document.documentElement.classList.remove("staged");
    this.callbacks.closed();
  }

  #current() {
    return /** @type {Photo} */ (this.photos[this.pswp.currIndex]);
  }

  /** Show what belongs to the photo that came into view. */
  async #show() {
    const photo = this.photos[this.pswp.currIndex];
    if (!photo) return;
    clear();
    this.callbacks.shown(photo);
    this.rings.clear();
    this.film?.leave();
    this.film = null;
    this.controls.show(photo, this.pswp.currIndex, this.photos.length);
    this.panel.show(photo);
    try {
      const [details, people] = await Promise.all([photo.details ?? readDetails(photo), peopleIn(photo.setName)]);
      photo.details ??= details;
      if (this.photos[this.pswp.currIndex] !== photo || !this.pswp.element?.isConnected) return;
      this.controls.describe(photo, photo.details);
      const faces = withNames(photo.details.faces, people, photo.file);
      this.panel.describe(photo, photo.details, faces);
      this.rings.show(photo, faces);
      const { film } = photo.details;
      if (film) void this.#playFilm(photo, film, faces);
      if (isOwner()) void this.#offerTools(photo);
      const image = this.pswp.currSlide?.content.element;
      if (image instanceof HTMLImageElement && photo.details.title) image.alt = photo.details.title;
    } catch (error) {
      if (this.photos[this.pswp.currIndex] !== photo) return;
      this.rings.fail();
      tell(error, () => void this.#show());
    }
  }

  /**
   * @param {Photo} photo
   * @param {import("../photos/rows.js").Film} facts
   * @param {import("../photos/rows.js").Face[]} faces
   */
  async #playFilm(photo, facts, faces) {
    const { Film } = await import("./film.js");
    if (this.#current() === photo && this.pswp.element?.isConnected) this.film = new Film(this.pswp, this.rings, photo, facts, faces);
  }

  /** What the owner can say about the faces of a photo. @param {Photo} photo */
  async #offerTools(photo) {
    await learn(config.ownerTexts);
    const { offerPhotoTools } = await import("../owner/photo-tools.js");
    await offerPhotoTools(this.pswp, this.panel.body, photo, () => void this.#nameAgain(photo));
  }

  /** Show the names that the owner has just given. @param {Photo} photo */
  async #nameAgain(photo) {
    forgetNames(photo.setName);
    const people = await peopleIn(photo.setName);
    if (this.#current() === photo) this.rings.show(photo, withNames(photo.details?.faces ?? [], people, photo.file));
  }

  /** @param {{x: number, y: number}} viewport  The space that the photo leaves below it, in pixels. */
  #bottom(viewport) {
    return roomFor(viewport, false).bottom + this.panel.covered;
  }

  /** The panel has come to rest, and the photo makes room. @param {boolean} byVisitor */
  #makeRoom(byVisitor) {
    const { element, scrollWrap } = this.pswp;
    const { width, covered, rest, isSheet } = this.panel;
    element?.style.setProperty("--panel", `${width}px`);
    element?.style.setProperty("--covered", `${covered}px`);
    this.controls.setAbout(rest !== "closed");
    const covers = isSheet && rest === "full";
    for (const behind of [scrollWrap, ...this.controls.elements]) behind?.toggleAttribute("inert", covers);
    if (this.pswp.isOpen) this.pswp.updateSize(true);
    if (byVisitor && isSheet) this.callbacks.sheet(rest !== "closed");
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean}  Whether the stage has dealt with it, so that PhotoSwipe doesn't.
   */
  #onKey(event) {
    if (document.querySelector("dialog[open]")) return true;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape") return this.#stepOut(event);
    if (this.slideshow.isOn) return this.slideshow.onKey(event);
    if (this.film?.onKey(event)) {
      event.preventDefault();
      return true;
    }
    /** @type {Record<string, () => void>} */
    const keys = {
      i: () => this.panel.toggle(),
      p: () => this.photos.length > 1 && this.play(),
      f: () => this.controls.toggleFullscreen(),
      "?": () => showHelp(),
    };
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
      return true;
    }
    // These scroll the panel, if it has the focus.
    const scrolls = event.key === "ArrowUp" || event.key === "ArrowDown";
    return scrolls && event.target instanceof Node && this.panel.element.contains(event.target);
  }

  /** Escape closes what opened last: a chip, a menu, the panel, the slideshow; then PhotoSwipe closes the view. @param {Event} event */
  #stepOut(event) {
    const closed = this.rings.unpin() || this.controls.closeMenu() || this.panel.close(true) || this.slideshow.stop();
    if (closed) event.preventDefault();
    return closed;
  }
}

/** @param {Photo} photo */
function slide(photo) {
  return {
    src: largeUrl(photo),
    srcset: sourcesOf(photo),
    msrc: thumbnailUrl(photo),
    ...fullSize(photo),
    thumbCropped: true,
    alt: t("Photo %(file)s", { file: photo.file }),
  };
}

/**
 * What surrounds the photo, in pixels: tools above, faces and words below, arrows at the sides.
 * @param {{x: number, y: number}} viewport
 * @param {boolean} besidePanel
 */
function roomFor({ x, y }, besidePanel) {
  const hasSteps = x >= 1000 || besidePanel || (x >= 700 && matchMedia("(hover: hover)").matches); // as lightbox.css says
  const sides = hasSteps ? 76 : 0;
  if (y <= 480) return { top: 0, bottom: 0, left: sides, right: sides };
  return { top: 64, bottom: x >= 700 ? 96 : 136, left: sides, right: sides };
}
