// One photo at a time, large, with its faces. Loaded when the first photo is opened; PhotoSwipe does swiping and zooming.

import PhotoSwipe from "photoswipe";
import { config } from "../config.js";
import { make } from "../elements.js";
import { faceLayer, faceStrip } from "../faces/buttons.js";
import { t } from "../language.js";
import { tell } from "../notice.js";
import { readFaces } from "../photos/read.js";
import { downloadUrl, thumbnailUrl, largeUrl } from "../photos/urls.js";
import "./icons.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/** Resolves when the style sheet has loaded: without it, the first photo would be in the wrong place. */
const styled = new Promise((resolve) => {
  document.head.append(
    make("link", { rel: "stylesheet", href: config.lightboxCss, onload: resolve, onerror: resolve }),
  );
});

/**
 * @typedef {object} Callbacks
 * @property {(index: number) => HTMLElement | undefined} tile
 * @property {(photo: Photo) => void} shown  A photo came into view.
 * @property {() => void} closed
 * @property {(url: string) => void} leave  The visitor chose a face.
 */

/**
 * Open the lightbox on one of several photos.
 * @param {Photo[]} photos
 * @param {number} index
 * @param {boolean} animated
 * @param {Callbacks} callbacks
 * @returns {Promise<PhotoSwipe>}
 */
export async function open(photos, index, animated, callbacks) {
  await styled;
  const still = !animated || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pswp = new PhotoSwipe({
    dataSource: photos.map(slide),
    index,
    bgOpacity: 1,
    showHideAnimationType: still ? "none" : "zoom",
    showAnimationDuration: 200,
    zoomAnimationDuration: still ? false : 250,
    paddingFn: (viewport) => ({ top: 48, bottom: viewport.y > 480 ? 88 : 0, left: 0, right: 0 }),
    returnFocus: false,
    closeTitle: t("Close (Esc)"),
    zoomTitle: t("Zoom"),
    arrowPrevTitle: t("Previous photo"),
    arrowNextTitle: t("Next photo"),
    errorMsg: t("This photo couldn't be loaded."),
  });
  pswp.addFilter("thumbEl", (element, _data, at) => callbacks.tile(at)?.querySelector("img") ?? /** @type {any} */ (element));
  if (config.downloads) pswp.on("uiRegister", () => addDownload(pswp, photos));
  pswp.on("bindEvents", () => {
    pswp.element?.setAttribute("aria-label", t("Photo viewer"));
    pswp.element?.setAttribute("aria-modal", "true");
  });
  const faces = new Faces(pswp, photos, callbacks.leave);
  pswp.on("change", () => {
    const photo = photos[pswp.currIndex];
    if (!photo) return;
    callbacks.shown(photo);
    faces.show(photo);
  });
  pswp.on("destroy", callbacks.closed);
  pswp.init();
  return pswp;
}

/** @param {Photo} photo */
function slide(photo) {
  const scale = Math.min(1, config.largeSide / Math.max(photo.width, photo.height));
  return {
    src: largeUrl(photo),
    msrc: thumbnailUrl(photo),
    width: Math.round(photo.width * scale),
    height: Math.round(photo.height * scale),
    alt: t("Photo %(file)s", { file: photo.file }),
  };
}

/**
 * @param {PhotoSwipe} pswp
 * @param {Photo[]} photos
 */
function addDownload(pswp, photos) {
  pswp.ui?.registerElement({
    name: "download",
    order: 8,
    isButton: true,
    tagName: "a",
    title: t("Download"),
    html: {
      isCustomSVG: true,
      inner: '<path d="M20.5 14.3 17.1 18V10h-2.2v7.9l-3.4-3.6L10 16l6 6.1 6-6.1ZM23 23H9v2h14Z" id="pswp__icn-download"/>',
      outlineID: "pswp__icn-download",
    },
    onInit: (element) => {
      pswp.on("change", () => {
        const photo = photos[pswp.currIndex];
        if (!photo || !(element instanceof HTMLAnchorElement)) return;
        element.href = downloadUrl(photo);
        element.download = photo.file;
      });
    },
  });
}

/** The faces in the photo in view: fetched when it comes, laid over it, moved with it. */
class Faces {
  /**
   * @param {PhotoSwipe} pswp
   * @param {Photo[]} photos
   * @param {(url: string) => void} leave
   */
  constructor(pswp, photos, leave) {
    this.pswp = pswp;
    this.photos = photos;
    this.leave = leave;
    /** @type {HTMLElement | null} */
    this.layer = null;
    this.strip = make("div", { className: "strip" });
    pswp.on("bindEvents", () => pswp.element?.append(this.strip));
    for (const event of /** @type {const} */ (["zoomPanUpdate", "resize", "imageSizeChange"])) {
      pswp.on(event, () => this.#follow());
    }
    // On a face, a tap doesn't zoom and a drag doesn't move the photo.
    pswp.addFilter("preventPointerEvent", (prevent, event) => (onFace(event) ? false : prevent));
    for (const event of /** @type {const} */ (["tapAction", "imageClickAction", "doubleTapAction"])) {
      pswp.on(event, (action) => {
        if (onFace(action.originalEvent)) action.preventDefault();
      });
    }
  }

  /** @param {Photo} photo */
  async show(photo) {
    this.layer?.remove();
    this.layer = null;
    this.strip.replaceChildren();
    this.strip.dataset.state = "loading";
    try {
      const faces = photo.faces ?? (photo.faces = await readFaces(photo));
      if (this.photos[this.pswp.currIndex] !== photo || !this.pswp.element?.isConnected) return;
      this.layer = faceLayer(faces, this.leave);
      if (photo.face) {
        this.layer.querySelector(`[data-face="${photo.face.FaceId}"]`)?.classList.add("found");
      }
      this.pswp.currSlide?.holderElement?.append(this.layer);
      if (faces.length) this.strip.append(faceStrip(photo, faces, this.leave));
      this.#follow();
      this.strip.dataset.state = faces.length ? "faces" : "none";
    } catch (error) {
      this.strip.dataset.state = "failed";
      tell(error, () => this.show(photo));
    }
  }

  #follow() {
    const slide = this.pswp.currSlide;
    if (!slide || !this.layer) return;
    const { pan, currZoomLevel, width, height } = slide;
    this.layer.style.width = `${width * currZoomLevel}px`;
    this.layer.style.height = `${height * currZoomLevel}px`;
    this.layer.style.transform = `translate(${pan.x}px, ${pan.y}px)`;
  }
}

/** @param {Event} event */
function onFace(event) {
  return event.target instanceof Element && event.target.closest(".face, .chips") !== null;
}
