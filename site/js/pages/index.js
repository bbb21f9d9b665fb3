// The index of picture sets: rendered into the page, then kept up to date.

import { readSets } from "../photos/photos.js";
import { keepPlace, returnToPlace } from "../place.js";
import { clear, tell } from "../problems.js";
import { session } from "../aws/session.js";
import { setUrl, thumbnailUrl } from "../photos/urls.js";
import { whileVisible } from "../refresh.js";

/** @typedef {import("../photos/photos.js").PhotoSet} PhotoSet */

/** Start the page. */
export function showIndex() {
  // If visitors can't create accounts, only those who are signed in need the page.
  if (session()) /** @type {HTMLElement} */ (document.getElementById("my-account")).hidden = false;
  keepPlace();
  returnToPlace();
  whileVisible(refresh);
}

async function refresh() {
  try {
    const sets = await readSets();
    clear();
    render(sets);
  } catch (error) {
    tell(error, refresh);
  }
}

/** @param {PhotoSet[]} sets */
function render(sets) {
  const list = /** @type {HTMLElement} */ (document.getElementById("sets"));
  const cards = new Map([...list.children].map((card) => [/** @type {HTMLElement} */ (card).dataset.set, card]));
  const wanted = sets.reverse().map((set) => {
    const kept = cards.get(set.name);
    if (kept instanceof HTMLElement && kept.dataset.version === versionOf(set)) return kept;
    return card(set);
  });
  if (wanted.length !== list.children.length || wanted.some((item, index) => list.children[index] !== item)) {
    list.replaceChildren(...wanted);
  }
  /** @type {HTMLElement} */ (document.getElementById("empty")).hidden = sets.length > 0;
}

/** @param {PhotoSet} set */
const versionOf = (set) => `${set.title}|${set.cover}|${set.photoCount ?? ""}`;

/** @param {PhotoSet} set */
function card(set) {
  const item = document.createElement("li");
  item.dataset.set = set.name;
  item.dataset.version = versionOf(set);
  const link = document.createElement("a");
  link.className = "card";
  link.href = setUrl(set.name);
  const image = document.createElement("img");
  image.alt = "";
  image.width = 480;
  image.height = 360;
  image.src = thumbnailUrl({ setName: set.name, file: set.cover });
  const title = document.createElement("h2");
  title.textContent = set.title;
  const count = document.createElement("p");
  count.textContent = set.photoCount === null ? "" : set.photoCount === 1 ? "1 photo" : `${set.photoCount} photos`;
  link.append(image, title, count);
  item.append(link);
  return item;
}
