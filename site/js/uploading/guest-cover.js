// The album's cover on an event's page. The page is of use without it: nothing waits for it long, and no failure is told.

import { make } from "../elements.js";
import { readSet } from "../photos/read.js";
import { largeUrl } from "../photos/urls.js";

const PATIENCE_MS = 1_500;

/**
 * Put the cover of a set that this guest may see at the top of a place; if it isn't known in time, none.
 * @param {string} set
 * @param {HTMLElement} place
 */
export async function showCover(set, place) {
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  const cover = await Promise.race([readSet(set).then((row) => row?.cover, () => ""), late]);
  if (typeof cover !== "string" || !cover) return;
  const image = make("img", { className: "guest-photo", alt: "", src: largeUrl({ setName: set, file: cover }) });
  image.addEventListener("error", () => image.remove());
  place.prepend(image);
}
