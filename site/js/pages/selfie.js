// Find my photos: a visitor searches with a picture. Three steps set how similar a face must be, without searching again.

import { config } from "../config.js";
import { byId } from "../elements.js";
import { Groups } from "../grid/groups.js";
import { formatNumber, t, tn } from "../language.js";
import { STEPS } from "../photos/likeness.js";
import { searchPicture } from "../photos/search.js";
import { faceUrl } from "../photos/urls.js";
import { searchWithPicture } from "../picture/picture.js";
import { watchOffer } from "../posted/offer.js";
import { watchActions } from "../sharing/actions.js";
import { watchRemovalForm } from "../visitor/removal-form.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const REMOVAL = "#removal";

/** Start the page. */
export function showSelfie() {
  const status = byId("status");
  const own = byId("own", HTMLImageElement);
  const download = byId("download", HTMLButtonElement);
  const done = byId("done");
  const share = byId("share");
  const link = byId("link", HTMLAnchorElement);
  const strict = byId("strict");
  const removal = byId("removal-form", HTMLDetailsElement);
  const groups = new Groups(byId("grid"));
  const steps = /** @type {HTMLInputElement[]} */ ([...strict.querySelectorAll("input")]);
  /** @type {Photo[]} */
  let all = [];
  /** @type {Photo[]} */
  let photos = [];

  const similarTo = (/** @type {string} */ step) =>
    all.filter((photo) => (photo.similarity ?? 0) >= (STEPS[step] ?? config.faceMatchThreshold));

  /** Show the photos that are similar enough. Returns how many there are, in words. */
  function show() {
    photos = similarTo(steps.find((step) => step.checked)?.value ?? "likely");
    groups.show(photos);
    done.textContent = "";
    download.disabled = !photos.length;
    byId("download-words").textContent = t("Download all %(num)s", { num: photos.length });
    const albums = new Set(photos.map((photo) => photo.setName)).size;
    byId("total").textContent = photos.length
      ? tn("%(num)s photo of you", "%(num)s photos of you", photos.length)
      : t("We didn't find you");
    byId("where").textContent = photos.length
      ? tn("In %(num)s album, best match first", "In %(num)s albums, best match first", albums)
      : "";
    link.hidden = photos.length !== config.maxPhotosFound;
    const words = inWords();
    byId("nobody").hidden = photos.length > 0;
    byId("posted-offer").hidden = !photos.length;
    byId("another").hidden = !photos.length; // the words for nobody have a link of their own
    byId("nobody-words").textContent = photos.length ? "" : words;
    return words;
  }

  function inWords() {
    if (!all.length) {
      return t("No photo on this site shows this face. Perhaps you were behind the camera, or a brighter picture would help.");
    }
    if (!photos.length) return t("No match is that close. Choose Maybe to show more.");
    return tn("%(num)s photo, best match first", "%(num)s photos, best match first", photos.length);
  }

  /**
   * @param {Photo[]} answer
   * @param {Blob} portrait
   */
  function showAll(answer, portrait) {
    all = answer;
    own.src = URL.createObjectURL(portrait);
    for (const step of steps) {
      step.checked = step.value === "likely";
      const count = strict.querySelector(`[data-count="${step.value}"]`);
      if (count) count.textContent = formatNumber(similarTo(step.value).length);
    }
    const [best] = all;
    for (const part of [strict, share]) part.hidden = !best;
    removal.hidden = !best || !byId("removal-request").hidden;
    download.hidden = !best || !config.downloads;
    // The best match leads to all the others, and the link has no picture of the visitor in it.
    if (best?.face) link.href = faceUrl(best.face.FaceId);
    return show();
  }

  function openRemoval() {
    removal.open = true;
    removal.scrollIntoView();
  }

  function forget() {
    all = [];
    URL.revokeObjectURL(own.src);
    own.removeAttribute("src");
    groups.show([]);
  }

  for (const step of steps) {
    step.addEventListener("change", () => {
      status.textContent = show();
    });
  }
  watchActions({
    photos: () => photos,
    url: () => link.href,
    note: t("It opens these photos and doesn't include your picture."),
  });
  searchWithPicture({
    searching: t("Comparing your face with the photos here…"),
    search: async (image) => {
      const [answer] = await Promise.all([searchPicture(image, Math.min(...Object.values(STEPS))), groups.readTitles()]);
      return answer;
    },
    show: showAll,
    forget,
  });
  watchOffer(() => photos);
  // The footer of every page leads to the form.
  addEventListener("hashchange", () => {
    if (location.hash === REMOVAL && all.length) openRemoval();
  });
  void watchRemovalForm(() => photos.flatMap((photo) => (photo.face ? [photo.face.FaceId] : [])));
}
