// A card that stands for a set, as site/templates/pages/index.html has it.

import { make } from "../elements.js";
import { countPhotos } from "../words.js";
import { setUrl, thumbnailUrl } from "./urls.js";

/** @typedef {import("./rows.js").PhotoSet} PhotoSet */

/** What a card shows of a set: it is made anew when that changes. @param {PhotoSet} set */
export const versionOf = (set) => `${set.title}|${set.cover}|${set.photoCount ?? ""}`;

/** @param {PhotoSet} set */
export function setCard(set) {
  const src = thumbnailUrl({ setName: set.name, file: set.cover });
  const photo = make("div", { className: "photo" }, make("img", { alt: "", src }));
  const title = make("h2", { textContent: set.title, dir: "auto" });
  const total = make("p", { className: "meta num", textContent: set.photoCount === null ? "" : countPhotos(set.photoCount) });
  const item = make("li", {}, make("a", { className: "set", href: setUrl(set.name) }, photo, title, total));
  item.dataset.set = set.name;
  item.dataset.version = versionOf(set);
  return item;
}
