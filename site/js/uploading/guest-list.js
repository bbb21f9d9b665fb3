// A guest's photos: those on their way, and what became of those that were sent.

import { make } from "../elements.js";
import { formatPercent, t } from "../language.js";
import { thumbnailUrl } from "../photos/urls.js";
import { mayHelp, refusalInWords } from "./refusals.js";

/**
 * @typedef {import("./uploads.js").Item} Item
 * @typedef {import("./upload-calls.js").Sent} Sent
 *
 * @typedef {object} Row
 * @property {HTMLElement} element
 * @property {HTMLElement} picture
 * @property {HTMLElement} words
 * @property {HTMLProgressElement} bar
 * @property {HTMLButtonElement} button
 * @property {(() => void) | null} act  What the button does.
 * @property {string} state
 */

// What browsers can show; of the others, only the name.
const SHOWN = /^image\/(jpeg|png|webp|gif|avif)$/;
const FORM_MS = 300_000;
const MAY_TAKE_BACK = new Set(["waiting", "let_in", "shown"]);

export class GuestList {
  /**
   * @param {HTMLElement} list
   * @param {{again: (item: Item) => void, takeBack: (id: string) => void}} callbacks
   */
  constructor(list, callbacks) {
    this.list = list;
    this.callbacks = callbacks;
    /** @type {Map<Item | string, Row>}  By the item until its id is known, then by that. */
    this.rows = new Map();
  }

  /** How many photos have a state. @param {string[]} states */
  count(...states) {
    return [...this.rows.values()].filter(({ state }) => states.includes(state)).length;
  }

  /** A file on its way. @param {Item} item */
  showItem(item) {
    const row = this.#rowOf(item);
    if (item.state === "done" && item.became) return this.#showSent(row, item.became);
    row.state = item.state;
    row.element.dataset.state = item.state;
    row.bar.hidden = ["done", "there", "failed"].includes(item.state);
    row.bar.max = item.file.size || 1;
    row.bar.value = item.sent;
    const isFailed = item.state === "failed";
    this.#offer(row, isFailed && mayHelp(item.code) ? t("Try again") : "", item.name, () => this.callbacks.again(item));
    say(row.words, wordsFor(item));
  }

  /**
   * What became of the photos, those of earlier visits too.
   * @param {string} set
   * @param {Sent[]} photos
   */
  showAll(set, photos) {
    for (const sent of [...photos].reverse()) {
      const row = this.rows.get(sent.id);
      if (row && ["sending", "reading", "ready", "asked"].includes(row.state)) continue; // it is being sent again
      if (!row && sent.state === "taken_back") continue;
      this.#showSent(row ?? this.#add(sent.id, sent.file ?? ""), sent, set);
    }
  }

  /** @param {Row} row @param {Sent} sent @param {string} [set] */
  #showSent(row, sent, set = "") {
    row.state = sent.state;
    row.element.dataset.state = sent.state;
    row.bar.hidden = true;
    this.#offer(row, MAY_TAKE_BACK.has(sent.state) ? t("Take back") : "", sent.file ?? "", () => this.callbacks.takeBack(sent.id));
    say(row.words, outcome(sent));
    if (sent.state === "shown" && set && sent.file && !row.picture.firstChild) {
      row.picture.append(make("img", { alt: "", loading: "lazy", src: thumbnailUrl({ setName: set, file: sent.file }) }));
      row.picture.firstElementChild?.addEventListener("error", () => row.picture.replaceChildren());
    }
  }

  /** @param {Item} item */
  #rowOf(item) {
    const own = this.rows.get(item);
    const byId = item.id ? this.rows.get(item.id) : undefined;
    if (byId) {
      if (own && own !== byId) {
        if (!byId.picture.firstChild) byId.picture.append(...own.picture.children);
        own.element.remove();
        this.rows.delete(item);
      }
      return byId;
    }
    if (own && item.id) {
      this.rows.delete(item);
      this.rows.set(item.id, own);
    }
    return own ?? this.#add(item.id || item, item.name, item.file);
  }

  /** @param {Item | string} key @param {string} name @param {File} [file] @returns {Row} */
  #add(key, name, file) {
    const picture = make("span", { className: "guest-picture", ariaHidden: "true" });
    if (file && SHOWN.test(file.type)) picture.append(preview(file));
    const words = make("p", { className: "small" });
    const bar = make("progress", { hidden: true, ariaLabel: name });
    const button = make("button", { type: "button", className: "button", hidden: true });
    const title = make("bdi", { className: "file-name small quiet", textContent: name });
    const element = make("li", {}, picture, make("div", {}, words, bar, title), button);
    /** @type {Row} */
    const row = { element, picture, words, bar, button, act: null, state: "" };
    button.addEventListener("click", () => row.act?.());
    this.list.prepend(element);
    this.rows.set(key, row);
    return row;
  }

  /** @param {Row} row @param {string} words  Empty if there is nothing to do. @param {string} name @param {() => void} act */
  #offer(row, words, name, act) {
    row.button.hidden = !words;
    row.act = act;
    if (!words || row.button.textContent === words) return;
    row.button.textContent = words;
    row.button.setAttribute("aria-label", `${words}: ${name}`);
  }
}

/** @param {File} file */
function preview(file) {
  const image = make("img", { alt: "", decoding: "async", src: URL.createObjectURL(file) });
  for (const event of ["load", "error"]) image.addEventListener(event, () => URL.revokeObjectURL(image.src), { once: true });
  image.addEventListener("error", () => image.remove());
  return image;
}

/** @param {Item} item */
function wordsFor(item) {
  switch (item.state) {
    case "sending":
      return formatPercent(Math.round((100 * item.sent) / (item.file.size || 1)) / 100);
    case "arriving":
    case "done":
      return t("Sent. Being checked…");
    case "there":
      return t("Already there.");
    case "failed":
      return refusalInWords(item.code, item.until);
    default:
      return t("Waiting…");
  }
}

/** @param {Sent} sent */
function outcome(sent) {
  switch (sent.state) {
    case "waiting":
      return t("Sent. Your host will look at it.");
    case "let_in":
      return t("Let in. It's about to be shown.");
    case "shown":
      return t("It's in the album.");
    case "there":
      return t("Already there.");
    case "refused":
      return t("Your host decided not to show it.");
    case "taken_back":
      return t("Taken back. It's gone.");
    case "failed":
      return refusalInWords(sent.code ?? "");
    default:
      // A form is good for five minutes: what hasn't come since then was never sent as a whole.
      return Date.now() - Date.parse(sent.at ?? "") > FORM_MS ? t("This photo didn't arrive. Choose it again.") : t("Sent. Being checked…");
  }
}

/** @param {HTMLElement} place @param {string} text */
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
