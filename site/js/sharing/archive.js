// Puts photos into one ZIP file in the browser, each as it arrives.

import { downloadZip } from "client-zip";
import { CodedError } from "../errors.js";
import { downloadUrl } from "../photos/urls.js";
import { save } from "./save.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/**
 * Download photos, in a folder for each set. Throws a `DOMException` named AbortError if the visitor cancels.
 * @param {Photo[]} photos
 * @param {string} name  Of the archive.
 * @param {(done: number) => void} progress
 * @returns {Promise<Photo[]>}  Those that are no longer on the site.
 */
export async function downloadAll(photos, name, progress) {
  const target = await askWhere(name);
  /** @type {Photo[]} */
  const missing = [];
  const zip = downloadZip(files(photos, missing, progress)).body;
  if (!zip) throw new CodedError("Offline", "no stream");
  if (target) await zip.pipeTo(await target.createWritable());
  else save(await new Response(zip).blob(), name);
  return missing;
}

/** The file to write to, if the browser lets pages do that: then the archive needn't fit into memory. @param {string} suggestedName */
async function askWhere(suggestedName) {
  const picker = /** @type {any} */ (window).showSaveFilePicker;
  if (!picker) return null;
  return picker({ suggestedName, types: [{ accept: { "application/zip": [".zip"] } }] });
}

/**
 * @param {Photo[]} photos
 * @param {Photo[]} missing
 * @param {(done: number) => void} progress
 */
async function* files(photos, missing, progress) {
  for (const [index, photo] of photos.entries()) {
    const response = await fetch(downloadUrl(photo)).catch(() => null);
    if (!response) throw new CodedError("Offline", "no answer");
    if (response.ok) yield { name: `${photo.setName}/${nameOf(photo, response)}`, input: response };
    else missing.push(photo);
    progress(index + 1);
  }
}

/**
 * A photo's name in the archive. If the site can't offer the original, the photo comes as a JPEG.
 * @param {Photo} photo
 * @param {Response} response
 */
export function nameOf({ file }, response) {
  const isJpeg = response.headers.get("content-type") === "image/jpeg";
  return isJpeg && !/\.jpe?g$/i.test(file) ? `${file}.jpg` : file;
}
