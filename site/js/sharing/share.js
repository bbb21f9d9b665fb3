// Shares a page, or photos themselves: with the system's share sheet on phones, otherwise with our own.

import { CodedError, isCancelled } from "../errors.js";
import { t, tn } from "../language.js";
import { tell } from "../notice.js";
import { keyOf, largeName, largeUrl, photoUrl } from "../photos/urls.js";
import { toast } from "../toast.js";
import { handed } from "./handed.js";
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
  const { pathname, search } = location;
  const embed = document.getElementById("head")?.dataset.embed;
  return { url: handed(pathname + search), title: document.title, ...(embed ? { embed: handed(embed) } : {}) };
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
    const again = () => void sharePhotos(photos, title);
    if (error instanceof DOMException && error.name === "NotAllowedError") {
      // If the files took long to load, the browser wants a new tap. By then they are ready.
      tell(new CodedError("PhotosReady", "no user activation"), again, t("Share"));
      return;
    }
    if (!isCancelled(error)) tell(error, again);
  }
  fetched.clear();
}

/** @param {Photo} photo */
const addressOf = (photo) => handed(photoUrl(photo));

const canShareFiles = () => navigator.canShare?.({ files: [new File([], "photo.jpg", { type: "image/jpeg" })] }) ?? false;

/** Large renditions by photo, for as long as a second tap may share them. @type {Map<string, File>} */
const fetched = new Map();

/** Those of the photos that are still on the site. @param {Photo[]} photos */
async function filesOf(photos) {
  await Promise.all(photos.map(fetchFile));
  return photos.flatMap((photo) => fetched.get(keyOf(photo)) ?? []);
}

/** @param {Photo} photo */
async function fetchFile(photo) {
  if (fetched.has(keyOf(photo))) return;
  const response = await fetch(largeUrl(photo)).catch(() => null);
  if (!response) throw new CodedError("Offline", "no answer");
  if (!response.ok) return;
  fetched.set(keyOf(photo), new File([await response.blob()], largeName(photo), { type: "image/jpeg" }));
}
