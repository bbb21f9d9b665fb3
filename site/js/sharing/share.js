// Shares an address, or photos themselves, by the system's sheet; else their addresses go into the clipboard.

import { CodedError, isCancelled } from "../errors.js";
import { t, tn } from "../language.js";
import { tell } from "../notice.js";
import { keyOf, largeUrl, photoUrl } from "../photos/urls.js";
import { toast } from "../toast.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

// More files than this are too much for most apps that take them.
const MAX_FILES = 20;

/**
 * @param {string} url
 * @param {string} title
 * @param {(text: string) => void} [say]  Tells the visitor what has been done.
 */
export async function shareAddress(url, title, say = toast) {
  try {
    if (navigator.share) await navigator.share({ url, title });
    else {
      await navigator.clipboard.writeText(url);
      say(t("Link copied."));
    }
  } catch (error) {
    if (!isCancelled(error)) tell(error, () => void shareAddress(url, title, say));
  }
}

/** @param {Photo[]} photos @param {string} title */
export async function sharePhotos(photos, title) {
  try {
    const files = photos.length <= MAX_FILES && canShareFiles() ? await filesOf(photos) : [];
    if (files.length) await navigator.share({ files, title });
    else {
      await navigator.clipboard.writeText(photos.map(addressOf).join("\n"));
      toast(tn("%(num)s link copied.", "%(num)s links copied.", photos.length));
    }
  } catch (error) {
    // The browser wants a fresh tap if the files took long to come. Now they are at hand.
    const isLate = error instanceof DOMException && error.name === "NotAllowedError";
    if (isLate) tell(new CodedError("PhotosReady", "no user activation"), () => void sharePhotos(photos, title), t("Share"));
    else if (!isCancelled(error)) tell(error, () => void sharePhotos(photos, title));
  }
}

/** @param {Photo} photo */
const addressOf = (photo) => new URL(photoUrl(photo), location.href).href;

const canShareFiles = () => navigator.canShare?.({ files: [new File([], "photo.jpg", { type: "image/jpeg" })] }) ?? false;

/** Large renditions by photo: a second try needn't fetch them again. @type {Map<string, File>} */
const fetched = new Map();

/** @param {Photo[]} photos */
async function filesOf(photos) {
  return Promise.all(
    photos.map(async (photo) => {
      const known = fetched.get(keyOf(photo));
      if (known) return known;
      const blob = await (await fetch(largeUrl(photo))).blob();
      const file = new File([blob], photo.file.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
      fetched.set(keyOf(photo), file);
      return file;
    }),
  );
}
