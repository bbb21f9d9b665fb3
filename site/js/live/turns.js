// Whose turn it is on the projector: photos that have just come first, then all in turn.

/** @typedef {import("../photos/rows.js").Photo} Photo */

export class Turns {
  constructor() {
    /** In the order they are shown in. @type {Photo[]} */
    this.photos = [];
    /** Files that have come since the first look, and haven't been shown. @type {Set<string>} */
    this.fresh = new Set();
    /** @type {Set<string> | null} */
    this.known = null;
    /** The file that was last in turn. */
    this.last = "";
  }

  /**
   * What the set holds now.
   * @param {Photo[]} photos
   * @returns {Photo[]}  Those that have just come.
   */
  learn(photos) {
    const files = new Set(photos.map(({ file }) => file));
    const come = this.known ? photos.filter(({ file }) => !this.known?.has(file)) : [];
    for (const file of this.fresh) if (!files.has(file)) this.fresh.delete(file);
    for (const { file } of come) this.fresh.add(file);
    this.photos = photos;
    this.known = files;
    return come;
  }

  /** Whether the set still holds a photo. @param {Photo} photo */
  has(photo) {
    return this.known?.has(photo.file) ?? false;
  }

  /**
   * The photos by their turn: those that have just come, then the others, beginning after the last one.
   * @returns {Photo[]}
   */
  coming() {
    const round = this.#round();
    const fresh = this.photos.filter(({ file }) => this.fresh.has(file));
    return [...fresh, ...round.filter(({ file }) => !this.fresh.has(file))];
  }

  /** A photo has been shown. @param {Photo} photo */
  took(photo) {
    // One that has just come doesn't turn the round to its own place, unless it is next there.
    const isFresh = this.fresh.delete(photo.file);
    if (!isFresh || this.#round()[0]?.file === photo.file) this.last = photo.file;
  }

  /** All photos, beginning after the last one in turn. */
  #round() {
    const at = this.photos.findIndex(({ file }) => file === this.last) + 1;
    return [...this.photos.slice(at), ...this.photos.slice(0, at)];
  }
}
