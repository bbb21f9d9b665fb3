// Shares a page, or photos themselves: with the system's share sheet on phones, otherwise with our own.

import { CodedError, isCancelled } from "../errors.js";
import { t, tn } from "../language.js";
import { tell } from "../notice.js";
import { keyOf, largeUrl, photoUrl } from "../photos/urls.js";
import { toast } from "../toast.js";
import { showSheet } from "./sheet.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 *
 * @typedef {object} Shared  A page to share.
 * @property {string} url
 * @property {string} title
 * @property {string} [note]  What a visitor should know about the link.
 * @property {string} [embed]  The address that other websites may show.
 */

// More files than this are too many for most apps.
const MAX_FILES = 20;

/** The page that the visitor is on. @returns {Shared} */
export function thisPage() {
  const { origin, pathname, search } = location;
  const embed = document.getElementById("head")?.dataset.embed;
  return { url: origin + pathname + search, title: document.title, ...(embed ? { embed: origin + embed } : {}) };
}

/** @param {Shared} shared */
export async function share(shared) {
  const isPhone = matchMedia("(pointer: coarse)").matches;
  if (!navigator.share || !isPhone) return openSheet(shared);
  try {
    await navigator.share({ url: shared.url, title: shared.title });
  } catch (error) {
    if (!isCancelled(error)) tell(error, () => void share(shared));
  }
}

/** Open our own sheet, which has the QR code. @param {Shared} shared */
export async function openSheet(shared) {
  try {
    const { outlineOf } = await import("./outline.js");
    await showSheet(shared, outlineOf(shared.url));
  } catch (error) {
    tell(error, () => void openSheet(shared));
  }
}

/** Show the QR code of the page that the visitor is on. */
export const showCode = () => openSheet(thisPage());

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
    // If the files took long to load, the browser wants a new tap. By then they are ready.
    const isLate = error instanceof DOMException && error.name === "NotAllowedError";
    if (isLate) tell(new CodedError("PhotosReady", "no user activation"), () => void sharePhotos(photos, title), t("Share"));
    else if (!isCancelled(error)) tell(error, () => void sharePhotos(photos, title));
  }
}

/** @param {Photo} photo */
const addressOf = (photo) => new URL(photoUrl(photo), location.href).href;

const canShareFiles = () => navigator.canShare?.({ files: [new File([], "photo.jpg", { type: "image/jpeg" })] }) ?? false;

/** Large renditions by photo, so that a second try doesn't fetch them again. @type {Map<string, File>} */
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
