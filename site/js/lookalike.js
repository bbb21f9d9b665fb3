// Which person of the gallery one resembles most: a similarity, not an identification.

import { searchLookalikes } from "./album.js";
import { askForPicture } from "./consent.js";

/** @typedef {import("./album.js").Lookalike} Lookalike */

/** Start the page. */
export function showLookalike() {
  const list = /** @type {HTMLElement} */ (document.getElementById("lookalikes"));

  /** @param {string} image */
  async function search(image) {
    const found = await searchLookalikes(image);
    list.replaceChildren(...found.map(portrait));
    const [best] = found;
    return best ? `You look most like ${best.person}.` : "There is nobody in the gallery yet.";
  }

  askForPicture(search, () => list.replaceChildren());
}

/** @param {Lookalike} found */
function portrait(found) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.src = found.portrait;
  image.alt = "";
  image.width = found.width;
  image.height = found.height;
  const name = document.createElement("h2");
  name.textContent = found.person;
  const similarity = document.createElement("p");
  // Never rounded up, as in the grid.
  similarity.textContent = found.similarity < 1 ? "less than 1 % similar" : `${Math.floor(found.similarity)} % similar`;
  item.append(image, name, similarity);
  if (found.credit) item.append(credit(found));
  return item;
}

/** @param {Lookalike} found */
function credit(found) {
  const line = document.createElement("p");
  line.className = "quiet";
  const text = [found.credit, found.licence].filter(Boolean).join(", ");
  if (found.url && /^https?:/.test(found.url)) {
    const link = document.createElement("a");
    link.href = found.url;
    link.textContent = text;
    line.append(link);
  } else {
    line.textContent = text;
  }
  return line;
}
