// The grid of photos: all of them are laid out, but only the tiles near the viewport are in the document.

import { make } from "../elements.js";
import { t } from "../language.js";
import { keyOf, thumbnailUrl, largeUrl } from "../photos/urls.js";
import { percent } from "../words.js";
import { justify, visible } from "./layout.js";
import { placeholder } from "./placeholder.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

// How far above and below the viewport tiles are in the document, in viewport heights.
const MARGIN = 0.5;

export class Grid {
  /**
   * @param {HTMLElement} element  Tiles it has already are taken over.
   * @param {(index: number) => void} open  Called when the visitor chooses a tile.
   */
  constructor(element, open) {
    this.element = element;
    /** @type {Photo[]} */
    this.photos = [];
    /** @type {Map<string, HTMLElement>} */
    this.tiles = new Map();
    for (const tile of element.querySelectorAll("a.tile")) {
      if (tile instanceof HTMLElement && tile.dataset.key) this.tiles.set(tile.dataset.key, tile);
    }
    this.live = false;
    this.layout = justify([], 1, 1, 0);
    this.frame = 0;
    this.width = 0;
    element.addEventListener("click", (event) => {
      const tile = event.target instanceof Element ? event.target.closest("a.tile") : null;
      const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      const index = tile instanceof HTMLElement ? this.indexOf(tile.dataset.key ?? "") : -1;
      if (index < 0 || !plain) return;
      event.preventDefault();
      open(index);
    });
    addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(element);
  }

  /**
   * Take over the tiles that were rendered into the page. They stay where the style sheet put them until `show`.
   * @param {string} setName
   */
  adopt(setName) {
    this.photos = [...this.tiles.values()].map((tile) => ({
      setName,
      file: tile.dataset.file ?? "",
      width: Number(tile.dataset.width),
      height: Number(tile.dataset.height),
      placeholder: tile.dataset.placeholder ?? "",
    }));
  }

  /** Lay photos out, without moving what the visitor sees. @param {Photo[]} photos */
  show(photos) {
    const anchor = this.#anchor();
    this.photos = photos;
    this.#arrange();
    if (anchor) this.#keep(anchor);
    this.#draw();
  }

  /** @param {string} key */
  indexOf(key) {
    return this.photos.findIndex((photo) => keyOf(photo) === key);
  }

  /**
   * The tile of a photo, if the document has it.
   * @param {number} index
   */
  tile(index) {
    const photo = this.photos[index];
    return photo ? this.tiles.get(keyOf(photo)) : undefined;
  }

  /**
   * Scroll a photo's tile into view, unless it is there already.
   * @param {number} index
   */
  reveal(index) {
    const top = this.layout.top[index];
    if (top === undefined) return; // not laid out yet
    const y = this.#offset() + top;
    const height = this.layout.height[index] ?? 0;
    if (y < scrollY || y + height > scrollY + innerHeight) scrollTo(0, y - (innerHeight - height) / 2);
    this.#draw();
  }

  #arrange() {
    const style = getComputedStyle(this.element);
    this.width = this.element.clientWidth;
    this.layout = justify(
      this.photos.map((photo) => photo.width / photo.height),
      this.element.getBoundingClientRect().width,
      parseFloat(style.getPropertyValue("--row")),
      parseFloat(style.getPropertyValue("--gap")),
    );
    this.live = true;
    this.element.classList.add("live");
    this.element.style.height = `${this.layout.total}px`;
  }

  #draw() {
    const top = scrollY - this.#offset();
    const [first, last] = visible(this.layout, top - innerHeight * MARGIN, top + innerHeight * (1 + MARGIN));
    const wanted = new Set();
    for (let index = first; index < last; index += 1) {
      const photo = this.photos[index];
      if (photo) wanted.add(keyOf(photo));
    }
    for (const [key, tile] of this.tiles) {
      // A tile with the focus stays, so that the keyboard keeps its place.
      if (!wanted.has(key) && (!tile.contains(document.activeElement) || this.indexOf(key) < 0)) {
        tile.remove();
        this.tiles.delete(key);
      }
    }
    /** @type {HTMLElement | null} */
    let before = null;
    for (let index = first; index < last; index += 1) {
      const photo = this.photos[index];
      if (!photo) continue;
      const key = keyOf(photo);
      const tile = this.tiles.get(key) ?? this.#make(photo, key);
      this.#place(tile, index);
      if (!tile.isConnected) {
        if (before) before.after(tile);
        else this.element.prepend(tile);
      }
      before = tile;
    }
  }

  /**
   * @param {HTMLElement} tile
   * @param {number} index
   */
  #place(tile, index) {
    tile.style.left = `${this.layout.left[index]}px`;
    tile.style.top = `${this.layout.top[index]}px`;
    tile.style.width = `${this.layout.width[index]}px`;
    tile.style.height = `${this.layout.height[index]}px`;
  }

  /**
   * @param {Photo} photo
   * @param {string} key
   */
  #make(photo, key) {
    const { width, height } = photo;
    const image = make("img", { alt: describe(photo), decoding: "async", width, height });
    image.style.backgroundImage = placeholder(photo.placeholder);
    image.src = thumbnailUrl(photo);
    const tile = make("a", { className: "tile", href: largeUrl(photo) }, image);
    tile.dataset.key = key;
    tile.dataset.file = photo.file;
    if (photo.similarity !== undefined) {
      tile.append(make("span", { className: "similarity", textContent: percent(photo.similarity) }));
    }
    this.tiles.set(key, tile);
    return tile;
  }

  /** The first visible tile and its place in the viewport, to keep while the layout changes. */
  #anchor() {
    if (scrollY === 0 || !this.live) return null;
    const [first] = visible(this.layout, scrollY - this.#offset(), Infinity);
    const photo = this.photos[first];
    return photo ? { key: keyOf(photo), y: (this.layout.top[first] ?? 0) - scrollY } : null;
  }

  /** @param {{key: string, y: number}} anchor */
  #keep(anchor) {
    const top = this.layout.top[this.indexOf(anchor.key)];
    if (top !== undefined && Math.abs(top - anchor.y - scrollY) > 1) scrollTo(0, top - anchor.y);
  }

  #offset() {
    return this.element.getBoundingClientRect().top + scrollY;
  }

  #resized() {
    if (!this.live || this.element.clientWidth === this.width) return;
    this.show(this.photos);
  }

  #soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.live) this.#draw();
    });
  }
}

/** @param {Photo} photo */
function describe(photo) {
  const { file, similarity } = photo;
  if (similarity === undefined) return t("Photo %(file)s", { file });
  return t("Photo %(file)s, %(percent)s similar", { file, percent: percent(similarity) });
}
