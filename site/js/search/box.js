// The search field and its suggestions: people, albums, dates and photos, as the visitor types.

import { Combobox } from "../combobox.js";
import { tn } from "../language.js";
import { personUrl, setUrl } from "../photos/urls.js";
import { lastOption, optionOf, photoOption } from "./suggested.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./named.js").Named} Named
 *
 * @typedef {object} Choice
 * @property {HTMLElement} option
 * @property {() => void} choose
 */

export class SearchBox {
  /**
   * @param {HTMLInputElement} field
   * @param {HTMLElement} list  Its data has the words "Album" and "All results" in the page's language.
   * @param {HTMLElement} live  Says how many suggestions there are, for screen readers.
   * @param {object} actions
   * @param {(query: string) => void} actions.search  Show the results for these words.
   * @param {(photo: Photo) => void} actions.open  Show a photo, which is among the results.
   */
  constructor(field, list, live, { search, open }) {
    this.field = field;
    this.words = list.dataset;
    this.live = live;
    this.search = search;
    this.open = open;
    /** @type {Named | null} */
    this.named = null;
    /** @type {Choice[]} */
    this.choices = [];
    this.hasTyped = false;
    this.box = new Combobox(field, list, { choose: (index) => this.choices[index]?.choose(), ask: () => this.offer() });
    field.addEventListener("input", () => this.offer());
  }

  /** Know what there is; if the visitor has begun to type, suggestions come now. @param {Named} named */
  learn(named) {
    const isWaiting = this.hasTyped && !this.named && document.activeElement === this.field;
    this.named = named;
    if (isWaiting) this.offer();
  }

  /** Suggest what the words in the field may mean. */
  offer() {
    this.hasTyped = true;
    const found = this.named?.suggest(this.field.value) ?? [];
    this.choices = found.map((suggestion) => {
      const { people, set, date } = suggestion;
      const option = optionOf(suggestion, this.words.album ?? "");
      if (people) return { option, choose: () => location.assign(personUrl(...people.map(({ slug }) => slug))) };
      return { option, choose: () => (set ? location.assign(setUrl(set.name)) : this.#searchFor(date?.name ?? "")) };
    });
    if (found.length) this.choices.push({ option: lastOption(this.words.all ?? ""), choose: () => this.#searchFor(this.field.value) });
    this.#show();
  }

  /**
   * Suggest photos too, which are found later than names. Only beside other suggestions: alone they'd hide the results.
   * @param {{photo: Photo, said: string}[]} photos  With their titles or captions.
   */
  offerPhotos(photos) {
    const last = this.choices.at(-1);
    if (!this.box.isOpen || !last) return;
    const more = photos.map(({ photo, said }) => ({ option: photoOption(photo, said), choose: () => this.#leaveFor(photo) }));
    this.choices = [...this.choices.slice(0, -1), ...more, last];
    this.#show(true);
  }

  /** What Enter leads to if no suggestion is chosen: the one person, or people, that the words surely mean. */
  get sure() {
    const [first] = this.named?.suggest(this.field.value) ?? [];
    return first?.isSure && first.people ? personUrl(...first.people.map(({ slug }) => slug)) : null;
  }

  close() {
    this.choices = [];
    this.#show();
  }

  /** @param {boolean} [keeps]  Whether the visitor stays where they are among them. */
  #show(keeps) {
    this.box.show(this.choices.map(({ option }) => option), keeps);
    const count = this.choices.length;
    this.live.textContent = count ? tn("%(num)s suggestion", "%(num)s suggestions", count) : "";
  }

  /** @param {string} query */
  #searchFor(query) {
    this.field.value = query;
    this.close();
    this.search(query);
  }

  /** @param {Photo} photo */
  #leaveFor(photo) {
    this.close();
    this.open(photo);
  }
}
