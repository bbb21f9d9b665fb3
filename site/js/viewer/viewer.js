// Ties the photo view to the page's address: every photo has one, and Back closes first the sheet, then the view.

import { tell } from "../notice.js";
import { keyOf } from "../photos/urls.js";
import { remember } from "../place.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../grid/grid.js").Grid} Grid
 * @typedef {import("./lightbox.js").Stage} Stage
 */

export class Viewer {
  /**
   * @param {Grid} grid
   * @param {(photo: Photo) => string} nameOf  A photo's name in the page's address.
   */
  constructor(grid, nameOf) {
    this.grid = grid;
    this.nameOf = nameOf;
    /** @type {Stage | null} */
    this.stage = null;
    /** While the view opens, which takes a moment the first time. @type {AbortController | null} */
    this.opening = null;
    /** In which order photos come, if not in the grid's. @type {Photo[] | null} */
    this.order = null;
    /** Whether Back is on its way from a sheet to the photo below it, which also closes. */
    this.leaving = false;
    addEventListener("popstate", () => this.followAddress());
  }

  get isOpen() {
    return this.stage !== null;
  }

  /**
   * Open a photo that the visitor chose in the grid.
   * @param {number} index
   */
  async choose(index) {
    const photo = this.grid.photos[index];
    if (!photo || this.opening) return null;
    remember();
    history.pushState({ ...history.state, opened: true }, "", this.#address(photo));
    return this.#open(this.#photos.indexOf(photo), true);
  }

  /**
   * Open the first photo, and show the photos one after another.
   * @param {Photo[]} [order]  The grid's, unless another one is given.
   */
  async play(order = this.grid.photos) {
    const [first] = order;
    if (!first || this.isOpen) return;
    this.order = order;
    (await this.choose(this.grid.indexOf(keyOf(first))))?.play();
  }

  /** Show what the address asks for. */
  followAddress() {
    if (this.leaving) {
      this.leaving = false;
      this.#leaveAddress();
      return;
    }
    const name = new URLSearchParams(location.search).get("pic");
    if (name === null) {
      if (this.opening) this.#giveUp();
      this.stage?.close();
      return;
    }
    const index = this.#photos.findIndex((photo) => this.nameOf(photo) === name);
    if (index < 0) return;
    if (!this.stage) void this.#open(index, false);
    else if (this.stage.panel.isSheet && !history.state?.sheet && this.stage.panel.close()) {
      if (this.last) this.#shown(this.last); // may not be the one the sheet was opened on
    } else this.stage.goTo(index);
  }

  /**
   * @param {number} index
   * @param {boolean} animated  Whether the photo grows out of its tile.
   * @returns {Promise<Stage | null>}  Null if there is one already, or if the visitor left before it was there.
   */
  async #open(index, animated) {
    if (this.stage || this.opening) return null;
    const photos = this.#photos;
    const opening = (this.opening = new AbortController());
    const { signal } = opening;
    addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.#giveUp();
      this.#leaveAddress();
    }, { signal });
    try {
      const lightbox = await import("./lightbox.js");
      await lightbox.styled;
      if (signal.aborted) return null;
      return (this.stage = new lightbox.Stage(photos, index, animated, {
        tile: (at) => this.grid.tile(this.#placeOf(photos[at])),
        shown: (photo) => this.#shown(photo),
        sheet: (isOpen) => this.#sheet(isOpen),
        closed: () => this.#closed(),
      }));
    } catch (error) {
      if (!signal.aborted) tell(error, () => this.#open(index, animated));
      return null;
    } finally {
      if (this.opening === opening) this.opening = null;
      opening.abort(); // no key to wait for any more
    }
  }

  /** The visitor doesn't wait for the view. */
  #giveUp() {
    this.opening?.abort();
    this.opening = this.order = null;
  }

  /** @param {Photo} photo */
  #shown(photo) {
    history.replaceState(history.state, "", this.#address(photo));
    this.grid.reveal(this.#placeOf(photo));
    this.last = photo;
  }

  /** The open sheet is a step of its own, so that Back closes it. @param {boolean} isOpen */
  #sheet(isOpen) {
    if (isOpen) history.pushState({ ...history.state, sheet: true }, "");
    else if (history.state?.sheet) history.back();
  }

  #closed() {
    this.stage = this.order = null;
    if (new URLSearchParams(location.search).has("pic")) {
      this.leaving = Boolean(history.state?.sheet);
      if (this.leaving) history.back();
      else this.#leaveAddress();
    }
    const tile = this.grid.tile(this.#placeOf(this.last));
    tile?.focus({ preventScroll: true });
  }

  get #photos() {
    return this.order ?? this.grid.photos;
  }

  /** A photo's place in the grid. @param {Photo} [photo] */
  #placeOf(photo) {
    return photo ? this.grid.indexOf(keyOf(photo)) : -1;
  }

  /** Remove the photo from the address: by going back, unless the page was opened with it. */
  #leaveAddress() {
    if (history.state?.opened) history.back();
    else history.replaceState(history.state, "", this.#address(null));
  }

  /** @param {Photo | null} photo */
  #address(photo) {
    const url = new URL(location.href);
    if (photo) url.searchParams.set("pic", this.nameOf(photo));
    else url.searchParams.delete("pic");
    return url;
  }
}
