// Who added the photos that have just come: one line on the projector, for a moment.

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { formatList, t, tn } from "../language.js";

/** @typedef {{name: string, photos: number}} Adder */

const MOST_ASKED = 30; // functions/uploads/upload_call.py
const MOST_NAMES = 3;
const SHOWN_MS = 40_000;

export class Adders {
  /** @param {HTMLElement} place @param {string} secret  The event's. */
  constructor(place, secret) {
    this.place = place;
    this.secret = secret;
    this.timer = 0;
  }

  /** Say who added photos that have just come. @param {string[]} files */
  async tell(files) {
    const event = { action: "added", event: this.secret, shown: files.slice(0, MOST_ASKED) };
    /** @type {Adder[]} */
    const by = await invoke(config.uploadsFunction, event).then(({ output }) => output.by, () => []);
    this.place.textContent = addedInWords(by);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.place.replaceChildren(), SHOWN_MS);
  }
}

/**
 * "Ben added 3 photos"; empty if nobody is known to have.
 * @param {Adder[]} by
 */
export function addedInWords(by) {
  const named = by.filter(({ name }) => name);
  const photos = named.reduce((sum, { photos: own }) => sum + own, 0);
  const names = [...new Set(named.map(({ name }) => name))];
  if (!names.length) return "";
  const told = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES - 1), t("others")] : names;
  return tn("%(names)s added a photo", "%(names)s added %(num)s photos", photos, { names: formatList(told) });
}
