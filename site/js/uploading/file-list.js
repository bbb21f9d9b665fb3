// The list of photos on their way: each with its name, how far it is, or why it isn't sent.

import { make } from "../elements.js";
import { formatPercent, t } from "../language.js";
import { mayHelp, refusalInWords } from "./refusals.js";

/** @typedef {import("./uploads.js").Item} Item */

// More tiles than this would make a phone slow; the others are named without a picture.
const MOST_PICTURES = 300;
// What browsers can show; of the others, only the name.
const SHOWN = /^image\/(jpeg|png|webp|gif|avif)$/;

export class FileList {
  /**
   * @param {HTMLElement} list
   * @param {(item: Item) => void} again  Try one again.
   */
  constructor(list, again) {
    this.list = list;
    this.again = again;
    /** @type {Map<Item, {row: HTMLElement, bar: HTMLProgressElement, words: HTMLElement, button: HTMLButtonElement}>} */
    this.rows = new Map();
  }

  /** @param {Item} item */
  show(item) {
    const { row, bar, words, button } = this.rows.get(item) ?? this.#add(item);
    row.dataset.state = item.state;
    const isSending = item.state === "sending";
    bar.hidden = !isSending;
    bar.max = item.file.size || 1;
    bar.value = item.sent;
    button.hidden = item.state !== "failed" || !mayHelp(item.code);
    const said = wordsFor(item);
    if (words.textContent !== said) words.textContent = said;
  }

  /** @param {Item} item */
  #add(item) {
    const bar = make("progress", { hidden: true, ariaLabel: item.name });
    const words = make("p", { className: "quiet small num" });
    const button = make("button", { type: "button", className: "textlink", textContent: t("Try again"), hidden: true });
    button.addEventListener("click", () => this.again(item));
    const name = make("bdi", { className: "file-name", textContent: item.name });
    const row = make("li", { className: "sent-file" }, this.#picture(item), make("div", {}, name, bar, words), button);
    this.list.append(row);
    const parts = { row, bar, words, button };
    this.rows.set(item, parts);
    return parts;
  }

  /** @param {Item} item */
  #picture(item) {
    const place = make("span", { className: "sent-picture", ariaHidden: "true" });
    if (this.rows.size >= MOST_PICTURES || !SHOWN.test(item.file.type)) return place;
    const image = make("img", { alt: "", decoding: "async", loading: "lazy", src: URL.createObjectURL(item.file) });
    for (const event of ["load", "error"]) image.addEventListener(event, () => URL.revokeObjectURL(image.src), { once: true });
    image.addEventListener("error", () => image.remove());
    place.append(image);
    return place;
  }
}

/** @param {Item} item */
function wordsFor(item) {
  switch (item.state) {
    case "sending":
      return formatPercent(Math.round((100 * item.sent) / (item.file.size || 1)) / 100);
    case "arriving":
      return t("Sent. Being checked…");
    case "done":
      return item.became?.state === "waiting" ? t("Sent. It waits for the owner.") : t("Sent.");
    case "there":
      return t("Already there.");
    case "failed":
      return refusalInWords(item.code, item.until);
    default:
      return t("Waiting…");
  }
}
