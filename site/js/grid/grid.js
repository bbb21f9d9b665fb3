// The grid of photos: all of them are laid out, but only the tiles near the viewport are in the document.

import { config } from "../config.js";
import { make } from "../elements.js";
import { t } from "../language.js";
import { SURE } from "../photos/likeness.js";
import { sizeWithin, sourcesOf } from "../photos/renditions.js";
import { keyOf, thumbnailUrl, largeUrl } from "../photos/urls.js";
import { percent } from "../words.js";
import { justify, visible } from "./layout.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./days.js").Group} Group
 *
 * @typedef {object} Block  Photos in rows of their own.
 * @property {HTMLElement} element
 * @property {Group} group
 * @property {import("./layout.js").Layout} layout
 * @property {number} top  From the top of the whole grid, in pixels.
 *
 * @typedef {object} Watcher
 * @property {() => void} changed
 * @property {(tile: HTMLElement) => void} [dress]
 */

// How far above and below the viewport tiles are in the document, in viewport heights.
const MARGIN = 0.5;
// A thumbnail may be enlarged this much; beyond that, the browser chooses between it and the large rendition.
const MAX_STRETCH = 1.3;

export class Grid {
  /**
   * @param {HTMLElement} element  Holds the tiles, or sections with a grid each. Existing ones are taken over.
   * @param {(index: number) => void} open  Called when the visitor chooses a tile.
   * @param {(group: Group) => HTMLElement} [section]  Makes the section of a group, which has a grid.
   */
  constructor(element, open, section) {
    this.element = element;
    this.section = section;
    /** Told when photos or their places have changed, and of each tile that comes into the document. @type {Set<Watcher>} */
    this.watchers = new Set();
    /** @type {Photo[]} */
    this.photos = [];
    /** @type {Block[]} */
    this.blocks = [];
    /** @type {Map<string, HTMLElement>} */
    this.tiles = new Map();
    for (const tile of element.querySelectorAll("a.tile")) {
      if (tile instanceof HTMLElement && tile.dataset.key) this.tiles.set(tile.dataset.key, tile);
    }
    this.live = false;
    this.frame = 0;
    this.drawnAt = 0;
    this.width = 0;
    this.height = 0;
    /** @type {Map<string, number>} */
    this.places = new Map();
    element.addEventListener("click", (event) => {
      const tile = event.target instanceof Element ? event.target.closest("a.tile") : null;
      const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      const index = tile instanceof HTMLElement ? this.indexOf(tile.dataset.key ?? "") : -1;
      if (index < 0 || !plain || event.defaultPrevented) return;
      event.preventDefault();
      open(index);
    });
    addEventListener("scroll", () => this.#soon(), { passive: true });
    addEventListener("beforeprint", () => this.live && this.#draw(Infinity));
    new ResizeObserver(() => this.#resized()).observe(element);
  }

  /** Take over the tiles that were rendered into the page. They stay where the style sheet put them until `show`. */
  adopt() {
    this.#hold(
      [...this.tiles].map(([key, tile]) => ({
        setName: key.slice(0, key.indexOf("/")),
        file: tile.dataset.file ?? "",
        width: Number(tile.dataset.width),
        height: Number(tile.dataset.height),
        placeholder: tile.dataset.placeholder ?? "",
      })),
    );
  }

  /**
   * Lay photos out, without moving what the visitor sees.
   * @param {Photo[]} photos
   * @param {Group[]} [groups]  Each in a section of its own.
   */
  show(photos, groups = [{ key: "", start: 0, end: photos.length }]) {
    this.#change(() => {
      this.#hold(photos);
      this.#divide(groups);
    });
    if (photos.some(({ film }) => film)) void import("./films.js").then(({ showFilms }) => showFilms(this), () => {});
  }

  /** Where the grid begins on the page, in pixels. */
  get top() {
    return this.element.getBoundingClientRect().top + scrollY;
  }

  /** @param {string} key */
  indexOf(key) {
    return this.places.get(key) ?? -1;
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
   * Scroll to a group's photos, and their heading.
   * @param {string} key
   */
  goTo(key) {
    const block = this.blocks.find(({ group }) => group.key === key);
    block?.element.parentElement?.scrollIntoView();
    this.#follow();
  }

  /**
   * Scroll a photo's tile into view, unless it is there already.
   * @param {number} index
   */
  reveal(index) {
    const place = this.#placeOf(index);
    if (!place) return; // not laid out yet
    const y = this.top + place.top;
    if (y < scrollY || y + place.height > scrollY + innerHeight) scrollTo(0, y - (innerHeight - place.height) / 2);
    this.#follow();
  }

  /** Change what is laid out, without moving what the visitor sees. @param {() => void} change */
  #change(change) {
    const anchor = this.#anchor();
    change();
    this.#arrange();
    if (anchor) this.#keep(anchor);
    this.#draw();
    for (const watcher of this.watchers) watcher.changed();
  }

  /** @param {Photo[]} photos */
  #hold(photos) {
    this.photos = photos;
    this.places = new Map(photos.map((photo, index) => [keyOf(photo), index]));
  }

  /** Give each group its grid, and keep those that are there. @param {Group[]} groups */
  #divide(groups) {
    const { section } = this;
    if (!section) {
      this.blocks = groups.map((group) => blockOf(this.element, group));
      return;
    }
    const kept = new Map([...this.element.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.group, child]));
    const sections = groups.map((group) => {
      const found = kept.get(group.key);
      const made = section(group);
      if (!(found instanceof HTMLElement)) return made;
      // The heading may count more photos now; the tiles stay.
      found.querySelector(".day")?.replaceWith(...made.querySelectorAll(".day"));
      return found;
    });
    if (sections.length !== this.element.children.length || sections.some((made, index) => this.element.children[index] !== made)) {
      this.element.replaceChildren(...sections);
    }
    this.blocks = sections.map((made, index) => {
      const element = made.querySelector(".grid");
      return blockOf(/** @type {HTMLElement} */ (element), /** @type {Group} */ (groups[index]));
    });
  }

  #arrange() {
    const style = getComputedStyle(this.element);
    const [gap, scale] = ["--gap", "--row-scale"].map((name) => parseFloat(style.getPropertyValue(name)));
    this.width = this.element.clientWidth;
    this.live = true;
    const [first] = this.blocks;
    const width = first ? first.element.getBoundingClientRect().width : 0;
    for (const block of this.blocks) {
      const own = this.photos.slice(block.group.start, block.group.end);
      block.layout = justify(own.map((photo) => photo.width / photo.height), width, gap, scale, this.blocks.length === 1);
      block.element.style.height = `${block.layout.total}px`;
      if (block.element.classList.contains("live")) continue;
      block.element.classList.add("live");
      for (const mark of block.element.querySelectorAll("i")) mark.remove(); // where the style sheet ended rows
    }
    const box = this.element.getBoundingClientRect();
    for (const block of this.blocks) block.top = block.element.getBoundingClientRect().top - box.top;
    this.height = box.height;
  }

  /** Put tiles into the document, and take others out. @param {number} [margin]  In viewport heights. */
  #draw(margin = MARGIN) {
    this.drawnAt = scrollY;
    const top = scrollY - this.top;
    const from = top - innerHeight * margin;
    const to = top + innerHeight * (1 + margin);
    /** @type {[Block, number, number][]} */
    const near = [];
    const wanted = new Set();
    for (const block of this.blocks) {
      if (block.top + block.layout.total < from || block.top > to) continue;
      const [first, last] = visible(block.layout, from - block.top, to - block.top);
      near.push([block, first, last]);
      for (const photo of this.photos.slice(block.group.start + first, block.group.start + last)) wanted.add(keyOf(photo));
    }
    for (const [key, tile] of this.tiles) {
      // A tile with the focus stays, so that the keyboard keeps its place.
      if (!wanted.has(key) && (!tile.contains(document.activeElement) || this.indexOf(key) < 0)) {
        tile.remove();
        this.tiles.delete(key);
      }
    }
    for (const [block, first, last] of near) this.#fill(block, first, last);
  }

  /**
   * @param {Block} block
   * @param {number} first
   * @param {number} last
   */
  #fill(block, first, last) {
    /** @type {HTMLElement | null} */
    let before = null;
    for (let at = first; at < last; at += 1) {
      const photo = this.photos[block.group.start + at];
      if (!photo) continue;
      const key = keyOf(photo);
      const tile = this.tiles.get(key) ?? this.#make(photo, key, block.layout.width[at] ?? 0);
      place(tile, block.layout, at);
      if (tile.parentElement !== block.element) {
        if (before) before.after(tile);
        else block.element.prepend(tile);
        for (const watcher of this.watchers) watcher.dress?.(tile);
      }
      before = tile;
    }
  }

  /**
   * @param {Photo} photo
   * @param {string} key
   * @param {number} shown  Width in the grid, in pixels.
   */
  #make(photo, key, shown) {
    const { width, height } = photo;
    const image = make("img", { alt: describe(photo), decoding: "async", width, height });
    const tile = make("a", { className: "tile coming", href: largeUrl(photo) }, image);
    void preview(tile, photo.placeholder);
    image.onload = image.onerror = () => tile.classList.remove("coming");
    if (shown > sizeWithin(photo, config.thumbnailSide).width * MAX_STRETCH) {
      image.sizes = `${Math.ceil(shown)}px`;
      image.srcset = sourcesOf(photo);
    }
    image.src = thumbnailUrl(photo);
    if (image.complete) tile.classList.remove("coming");
    tile.dataset.key = key;
    tile.dataset.file = photo.file;
    if (photo.similarity !== undefined && photo.similarity < SURE) {
      tile.append(make("span", { className: "similarity", textContent: percent(photo.similarity) }));
    }
    this.tiles.set(key, tile);
    return tile;
  }

  /**
   * Where a photo is in the whole grid.
   * @param {number} index
   */
  #placeOf(index) {
    const block = this.blocks.find(({ group }) => index >= group.start && index < group.end);
    const at = index - (block?.group.start ?? 0);
    const top = block?.layout.top[at];
    return block && top !== undefined ? { top: block.top + top, height: block.layout.height[at] ?? 0 } : null;
  }

  /** The first visible tile and its place in the viewport, to keep while the layout changes. */
  #anchor() {
    if (scrollY === 0 || !this.live) return null;
    const top = scrollY - this.top;
    for (const block of this.blocks) {
      const [first] = visible(block.layout, top - block.top, Infinity);
      const photo = this.photos[block.group.start + first];
      if (photo && first < block.layout.top.length) {
        return { key: keyOf(photo), y: block.top + (block.layout.top[first] ?? 0) - scrollY };
      }
    }
    return null;
  }

  /** @param {{key: string, y: number}} anchor */
  #keep(anchor) {
    const place = this.#placeOf(this.indexOf(anchor.key));
    if (place && Math.abs(place.top - anchor.y - scrollY) > 1) scrollTo(0, place.top - anchor.y);
  }

  #resized() {
    if (!this.live || this.element.clientWidth === this.width) return;
    this.#change(() => {});
  }

  #soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.live) this.#follow();
    });
  }

  /** Draw what is in view now; after a jump, draw what is near only afterwards, so that photos in view load first. */
  #follow() {
    const isFar = Math.abs(scrollY - this.drawnAt) > innerHeight;
    this.#draw(isFar ? 0 : MARGIN);
    if (isFar) this.#soon();
  }
}

/**
 * @param {HTMLElement} element
 * @param {Group} group
 * @returns {Block}
 */
const blockOf = (element, group) => ({ element, group, layout: justify([], 1, 0), top: 0 });

/**
 * @param {HTMLElement} tile
 * @param {import("./layout.js").Layout} layout
 * @param {number} at
 */
function place(tile, layout, at) {
  tile.style.left = `${layout.left[at]}px`;
  tile.style.top = `${layout.top[at]}px`;
  tile.style.width = `${layout.width[at]}px`;
  tile.style.height = `${layout.height[at]}px`;
}

/**
 * Show a blurred preview until the photo has loaded. The first screen's tiles need none, so its code is loaded later.
 * @param {HTMLElement} tile
 * @param {string} hash
 */
async function preview(tile, hash) {
  const drawing = await import("./placeholder.js").catch(() => null);
  if (drawing && tile.classList.contains("coming")) tile.style.setProperty("--placeholder", drawing.placeholder(hash));
}

/** @param {Photo} photo */
function describe(photo) {
  const { file, similarity } = photo;
  if (similarity === undefined) return t("Photo %(file)s", { file });
  return t("Photo %(file)s, %(percent)s similar", { file, percent: percent(similarity) });
}
