// What the buttons of a set's page do. Loaded when a visitor first uses one.

import { config } from "../config.js";
import { isCancelled } from "../errors.js";
import { t, tn } from "../language.js";
import { tell } from "../notice.js";
import { share, sharePhotos, thisPage } from "../sharing/share.js";
import { toast } from "../toast.js";
import { Selection } from "./selection.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

export class Tools {
  /**
   * @param {import("./grid.js").Grid} grid
   * @param {string} name  Of the set.
   */
  constructor(grid, name) {
    this.grid = grid;
    this.name = name;
    /** @type {import("./selection.js").Action} */
    const send = { name: "share", label: t("Share"), act: (photos) => void sharePhotos(photos, document.title) };
    /** @type {import("./selection.js").Action} */
    const save = { name: "download", label: t("Download"), act: (photos) => void this.#save(photos) };
    this.selection = new Selection(grid, config.downloads ? [save, send] : [send], () => this.#mark());
  }

  /** Start selecting photos, or stop. */
  select() {
    if (this.selection.isOn) this.selection.stop();
    else this.selection.start();
    this.#mark();
  }

  /** Select a photo that got a long press. @param {string} key */
  press(key) {
    this.selection.start();
    this.selection.toggle(key);
    this.#mark();
  }

  download() {
    void this.#save(this.grid.photos);
  }

  share() {
    void share(thisPage());
  }

  #mark() {
    for (const button of document.querySelectorAll('[data-act="select"]')) {
      button.setAttribute("aria-pressed", String(this.selection.isOn));
    }
  }

  /** @param {Photo[]} photos */
  async #save(photos) {
    try {
      const { downloadAll } = await import("../sharing/archive.js");
      const missing = await downloadAll(photos, `${this.name}.zip`, (number) => {
        toast(t("Downloading %(number)s of %(total)s…", { number, total: photos.length }));
      });
      const { length } = missing;
      toast(length ? tn("Saved. %(num)s photo is no longer on the site.", "Saved. %(num)s photos are no longer on the site.", length) : t("Saved."));
      if (!length) this.selection.stop();
    } catch (error) {
      toast("");
      if (!isCancelled(error)) tell(error, () => void this.#save(photos));
    }
  }
}
