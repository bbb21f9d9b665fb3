// The pictures of the projector. A few are kept in memory as they came, so that the show goes on without a connection,
// and hours of it need no more memory than the first minutes.

import { largeUrl } from "../photos/urls.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const MOST = 80;
const PATIENCE_MS = 12_000;

export class Pictures {
  /** @param {number} [most]  How many are kept. */
  constructor(most = MOST) {
    this.most = most;
    /** Addresses of pictures in memory by file, the one used last at the end. @type {Map<string, string>} */
    this.kept = new Map();
    /** Those on their way: whoever asks meanwhile gets the same. @type {Map<string, Promise<string | null>>} */
    this.coming = new Map();
  }

  /** @param {Photo} photo */
  has(photo) {
    return this.kept.has(photo.file);
  }

  /**
   * @param {Photo} photo
   * @returns {Promise<string | null>}  Its address in memory; null if it can't be fetched now.
   */
  async get(photo) {
    const address = this.kept.get(photo.file) ?? (await this.#fetched(photo));
    if (!address) return null;
    this.kept.delete(photo.file);
    this.kept.set(photo.file, address);
    for (const file of this.kept.keys()) {
      if (this.kept.size <= this.most) break;
      this.drop({ file });
    }
    return address;
  }

  /** @param {Photo} photo */
  #fetched(photo) {
    const known = this.coming.get(photo.file);
    if (known) return known;
    const coming = fetched(photo).finally(() => this.coming.delete(photo.file));
    this.coming.set(photo.file, coming);
    return coming;
  }

  /** @param {{file: string}} photo */
  drop({ file }) {
    const address = this.kept.get(file);
    if (address) URL.revokeObjectURL(address);
    this.kept.delete(file);
  }

  /** Drop those that the set doesn't hold any more. @param {(photo: {file: string}) => boolean} isThere */
  keepOnly(isThere) {
    for (const file of [...this.kept.keys()]) if (!isThere({ file })) this.drop({ file });
  }
}

/** @param {Photo} photo */
async function fetched(photo) {
  try {
    const answer = await fetch(largeUrl(photo), { signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? URL.createObjectURL(await answer.blob()) : null;
  } catch {
    return null;
  }
}
