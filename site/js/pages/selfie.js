// Find my photos: a visitor searches with a picture. A slider sets how similar a face must be, without searching again.

import { config } from "../config.js";
import { byId } from "../elements.js";
import { isCancelled } from "../errors.js";
import { Groups } from "../grid/groups.js";
import { t, tn } from "../language.js";
import { tell } from "../notice.js";
import { searchPicture } from "../photos/search.js";
import { personUrl } from "../photos/urls.js";
import { searchWithPicture } from "../picture/picture.js";
import { watchRemovalForm } from "../visitor/removal-form.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/** Start the page. */
export function showSelfie() {
  const status = byId("status");
  const found = byId("found");
  const threshold = byId("threshold", HTMLInputElement);
  const link = byId("link", HTMLAnchorElement);
  const download = byId("download", HTMLButtonElement);
  const done = byId("done");
  const groups = new Groups(byId("grid"));
  /** @type {Photo[]} */
  let all = [];
  /** @type {Photo[]} */
  let photos = [];

  /** Show the photos that are similar enough, and say how many there are. */
  function show() {
    photos = all.filter((photo) => (photo.similarity ?? 0) >= threshold.valueAsNumber);
    groups.show(photos);
    done.textContent = "";
    download.disabled = !photos.length;
    if (!all.length) return t("No photo on this site shows this face.");
    if (!photos.length) return t("No match is that close. Move the slider to show more.");
    if (photos.length === config.maxPhotosFound) {
      return t("The %(number)s best matches. The link below opens all of them.", { number: photos.length });
    }
    return tn("%(num)s photo, best match first", "%(num)s photos, best match first", photos.length);
  }

  /** @param {Photo[]} answer */
  function showAll(answer) {
    all = answer;
    found.hidden = !all.length;
    // The best match leads to all the others, and the link has no selfie in it.
    if (all[0]?.face) link.href = personUrl(all[0].face.FaceId);
    return show();
  }

  function forget() {
    all = [];
    found.hidden = true;
    groups.show([]);
  }

  async function save() {
    download.disabled = true;
    const wanted = photos;
    try {
      const { downloadAll } = await import("../sharing/archive.js");
      const missing = await downloadAll(wanted, (number) => {
        done.textContent = t("Downloading %(number)s of %(total)s…", { number, total: wanted.length });
      });
      done.textContent = missing.length
        ? t("Saved, but these are no longer on the site: %(files)s.", {
            files: missing.map((photo) => photo.file).join(", "),
          })
        : t("Saved.");
    } catch (error) {
      done.textContent = "";
      if (!isCancelled(error)) tell(error, save);
    }
    download.disabled = false;
  }

  async function share() {
    const url = link.href;
    try {
      if (navigator.share) {
        await navigator.share({ url, title: document.title });
      } else {
        await navigator.clipboard.writeText(url);
        done.textContent = t("Link copied. It opens these photos and doesn't include your picture.");
      }
    } catch (error) {
      if (!isCancelled(error)) done.textContent = url; // the visitor can copy it by hand
    }
  }

  download.hidden = !config.downloads;
  threshold.value = String(config.faceMatchThreshold);
  threshold.addEventListener("input", () => {
    status.textContent = show();
  });
  download.addEventListener("click", save);
  byId("share").addEventListener("click", share);
  searchWithPicture({ search: (image) => searchPicture(image, Number(threshold.min)), show: showAll, forget });
  void watchRemovalForm(() => photos.flatMap((photo) => (photo.face ? [photo.face.FaceId] : [])));
}
