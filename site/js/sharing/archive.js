// Photos as one ZIP file, put together in the browser while they arrive: none of them is kept longer than it takes.

import { downloadZip } from "client-zip";
import { AwsError } from "../aws/calls.js";
import { downloadUrl } from "../photos/urls.js";

/** @typedef {import("../photos/photos.js").Photo} Photo */

const NAME = "my-photos.zip";

/**
 * Download photos in folders named by their sets.
 * @param {Photo[]} photos
 * @param {(done: number) => void} progress
 * @returns {Promise<Photo[]>}  Those that are gone from the album.
 */
export async function downloadAll(photos, progress) {
  const target = await askWhere();
  /** @type {Photo[]} */
  const missing = [];
  const zip = downloadZip(files(photos, missing, progress)).body;
  if (!zip) throw new AwsError("Offline", "no stream");
  if (target) await zip.pipeTo(await target.createWritable());
  else save(await new Response(zip).blob());
  return missing;
}

/** Where the browser lets a page write to a file itself, nothing is held in memory. */
async function askWhere() {
  const picker = /** @type {any} */ (window).showSaveFilePicker;
  if (!picker) return null;
  return picker({ suggestedName: NAME, types: [{ accept: { "application/zip": [".zip"] } }] });
}

/**
 * @param {Photo[]} photos
 * @param {Photo[]} missing
 * @param {(done: number) => void} progress
 */
async function* files(photos, missing, progress) {
  for (const [index, photo] of photos.entries()) {
    const response = await fetch(downloadUrl(photo)).catch(() => null);
    if (!response) throw new AwsError("Offline", "no answer");
    if (response.ok) yield { name: `${photo.setName}/${nameOf(photo, response)}`, input: response };
    else missing.push(photo);
    progress(index + 1);
  }
}

/**
 * A photo whose original can't be offered comes as a JPEG.
 * @param {Photo} photo
 * @param {Response} response
 */
function nameOf({ file }, response) {
  const isJpeg = response.headers.get("content-type") === "image/jpeg";
  return isJpeg && !/\.jpe?g$/i.test(file) ? `${file}.jpg` : file;
}

/** @param {Blob} zip */
function save(zip) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(zip);
  link.download = NAME;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
