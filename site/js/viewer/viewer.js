// Ties the lightbox to the page's address: every photo has one, and Back closes the lightbox.

import { tell } from "../notice.js";
import { keyOf } from "../photos/urls.js";
import { remember } from "../place.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../grid/grid.js").Grid} Grid
 */

export class Viewer {
  /**
   * @param {Grid} grid
   * @param {(photo: Photo) => string} nameOf  A photo's name in the page's address.
   */
  constructor(grid, nameOf) {
    this.grid = grid;
    this.nameOf = nameOf;
    /** @type {import("photoswipe").default | null} */
    this.pswp = null;
    this.opening = false;
    this.leaving = false;
    addEventListener("popstate", () => this.followAddress());
  }

  /**
   * Open a photo that the visitor chose in the grid.
   * @param {number} index
   */
  choose(index) {
    const photo = this.grid.photos[index];
    if (!photo) return;
    remember();
    history.pushState({ ...history.state, opened: true }, "", this.#address(photo));
    this.#open(index, true);
  }

  /** Show what the address asks for. */
  followAddress() {
    const name = new URLSearchParams(location.search).get("pic");
    if (name === null) {
      this.#close();
      return;
    }
    const index = this.grid.photos.findIndex((photo) => this.nameOf(photo) === name);
    if (index < 0) return;
    if (this.pswp) this.pswp.goTo(index);
    else this.#open(index, false);
  }

  #close() {
    const { pswp } = this;
    // PhotoSwipe ignores a call to close while it is still opening.
    if (pswp && !pswp.opener.isOpen) pswp.on("openingAnimationEnd", () => pswp.close());
    else pswp?.close();
  }

  /**
   * @param {number} index
   * @param {boolean} animated  Whether the photo grows out of its tile.
   */
  async #open(index, animated) {
    if (this.pswp || this.opening) return;
    this.opening = true;
    try {
      const lightbox = await import("./lightbox.js");
      this.pswp = await lightbox.open(this.grid.photos, index, animated, {
        tile: (at) => this.grid.tile(at),
        shown: (photo) => this.#shown(photo),
        closed: () => this.#closed(),
        leave: (url) => {
          remember();
          this.leaving = true;
          location.assign(url);
        },
      });
    } catch (error) {
      tell(error, () => this.#open(index, animated));
    } finally {
      this.opening = false;
    }
  }

  /** @param {Photo} photo */
  #shown(photo) {
    history.replaceState(history.state, "", this.#address(photo));
    this.grid.reveal(this.grid.indexOf(keyOf(photo)));
    this.last = photo;
  }

  #closed() {
    this.pswp = null;
    if (this.leaving) return;
    if (new URLSearchParams(location.search).has("pic")) {
      if (history.state?.opened) history.back();
      else history.replaceState(history.state, "", this.#address(null));
    }
    const tile = this.last && this.grid.tile(this.grid.indexOf(keyOf(this.last)));
    tile?.focus({ preventScroll: true });
  }

  /** @param {Photo | null} photo */
  #address(photo) {
    const query = new URLSearchParams(location.search);
    if (photo) query.set("pic", this.nameOf(photo));
    else query.delete("pic");
    const text = query.toString();
    return location.pathname + (text ? `?${text}` : "");
  }
}
