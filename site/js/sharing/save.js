import { make } from "../elements.js";

const READ_MS = 60_000;

/**
 * Let the browser save a file, as if the visitor had clicked a download link.
 * @param {Blob} file
 * @param {string} name
 */
export function save(file, name) {
  const href = URL.createObjectURL(file);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), READ_MS); // the browser reads the file after the click
}
