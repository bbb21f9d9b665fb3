// "Download all" and "Share" for somebody's photos, which several pages have.

import { byId } from "../elements.js";
import { isCancelled } from "../errors.js";
import { t } from "../language.js";
import { tell } from "../notice.js";
import { handed } from "./handed.js";
import { openSheet, share } from "./share.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */


/**
 * @param {object} page
 * @param {() => Photo[] | Promise<Photo[]>} page.photos  What to download.
 * @param {() => string} page.url  Of the page that shows them.
 * @param {string} [page.archive]  The name of what is downloaded.
 * @param {string} [page.note]  What a visitor should know about the link.
 * @param {boolean} [page.isPrivate]  Whether the link is for the visitor alone, to take to another device: by its QR code.
 */
export function watchActions({ photos, url, archive = "my-photos.zip", note = "", isPrivate = false }) {
  const download = byId("download", HTMLButtonElement);
  const done = byId("done");

  async function save() {
    download.disabled = true;
    try {
      const wanted = await photos();
      const { downloadAll } = await import("./archive.js");
      const missing = await downloadAll(wanted, archive, (number) => {
        done.textContent = t("Downloading %(number)s of %(total)s…", { number, total: wanted.length });
      });
      done.textContent = missing.length
        ? t("Saved, but these are no longer on the site: %(files)s.", { files: missing.map((photo) => photo.file).join(", ") })
        : t("Saved.");
    } catch (error) {
      done.textContent = "";
      if (!isCancelled(error)) tell(error, save);
    }
    download.disabled = false;
  }

  download.addEventListener("click", save);
  byId("share").addEventListener("click", () => {
    void (isPrivate ? openSheet : share)({ url: handed(url()), title: document.title, note });
  });
}
