// The suggestions below the search field, as elements.

import { make } from "../elements.js";
import { icon } from "../icons.js";
import { formatList } from "../language.js";
import { headOf } from "../people/heads.js";
import { keyOf, thumbnailUrl } from "../photos/urls.js";
import { countPhotos } from "../words.js";
import { countOf } from "./contents.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./named.js").Suggestion} Suggestion
 */

const SIDE_PX = 44;

/** @param {Suggestion} suggestion  @param {string} album  What an album is called. */
export function optionOf({ people = [], set, date }, album) {
  if (set) {
    const { cover, name, title } = set;
    const picture = cover ? photoOf({ setName: name, file: cover.file }, `${cover.x}% ${cover.y}%`) : icon("albums");
    return option(picture, title, `${album} · ${countPhotos(countOf(set))}`);
  }
  if (date) return option(icon("calendar"), date.name, countPhotos(date.photos));
  const heads = make("span", { className: "heads" }, ...people.map(({ portrait }) => headOf(portrait, SIDE_PX)));
  const [one, another] = people;
  return option(heads, formatList(people.map(({ name }) => name)), one && !another ? countPhotos(one.photos) : "");
}

/** @param {Photo} photo @param {string} said  Its title or caption. */
export function photoOption(photo, said) {
  const made = option(photoOf(photo), said, "");
  made.dataset.key = keyOf(photo);
  return made;
}

/** The last one, which leads to all results. @param {string} said */
export const lastOption = (said) => option(icon("search"), said, "");

/**
 * @param {Element} picture
 * @param {string} name
 * @param {string} about
 */
function option(picture, name, about) {
  const seen = make("span", { className: "sign" }, picture);
  return make("li", {}, seen, make("bdi", { textContent: name }), make("span", { className: "quiet small num", textContent: about }));
}

/** @param {{setName: string, file: string}} photo @param {string} [position] */
function photoOf(photo, position = "50% 30%") {
  const image = make("img", { alt: "", decoding: "async", src: thumbnailUrl(photo) });
  image.style.objectPosition = position;
  return image;
}
