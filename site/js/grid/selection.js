// Selecting several photos of a grid: tiles then act as checkboxes, and a tray says how many are selected.

import { make } from "../elements.js";
import { icon } from "../icons.js";
import { t, tn } from "../language.js";
import { keyOf } from "../photos/urls.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/**
 * @typedef {object} Action  What can be done with the selected photos.
 * @property {"download" | "share"} name  Of its icon.
 * @property {string} label
 * @property {(photos: Photo[]) => void} act
 */

export class Selection {
  /**
   * @param {import("./grid.js").Grid} grid
   * @param {Action[]} actions  The first is the main one.
   * @param {() => void} ended
   */
  constructor(grid, actions, ended) {
    this.grid = grid;
    this.ended = ended;
    /** @type {Set<string>} */
    this.chosen = new Set();
    /** @type {string | null} */
    this.last = null;
    this.isOn = false;
    this.count = make("strong");
    this.count.setAttribute("role", "status");
    this.buttons = actions.map(({ name, label, act }, index) => {
      const className = `button ${index ? "bare" : "strong"}`;
      const button = make("button", { type: "button", className }, icon(name), make("span", { className: index ? "word" : "", textContent: label }));
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => act(this.photos));
      return button;
    });
    const stop = make("button", { type: "button", className: "button bare square" }, icon("close"));
    stop.setAttribute("aria-label", t("Stop selecting"));
    stop.addEventListener("click", () => this.stop());
    this.tray = make("div", { className: "tray" }, this.count, ...this.buttons, stop);
    this.tray.setAttribute("role", "region");
    this.tray.setAttribute("aria-label", t("Selected photos"));
    grid.element.addEventListener("click", (event) => this.#clicked(event), { capture: true });
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** The selected photos, in the order of the grid. */
  get photos() {
    return this.grid.photos.filter((photo) => this.chosen.has(keyOf(photo)));
  }

  start() {
    if (this.isOn) return;
    this.isOn = true;
    document.body.classList.add("choosing");
    document.body.append(this.tray);
    this.grid.watchers.add(this);
    this.changed();
  }

  stop() {
    if (!this.isOn) return;
    this.isOn = false;
    this.chosen.clear();
    this.last = null;
    document.body.classList.remove("choosing");
    this.tray.remove();
    this.grid.watchers.delete(this);
    for (const tile of this.grid.tiles.values()) {
      tile.removeAttribute("role");
      tile.removeAttribute("aria-checked");
      tile.querySelector(".tick")?.remove();
    }
    for (const button of this.grid.element.querySelectorAll(".whole-day")) button.remove();
    this.ended();
  }

  /** Select or deselect a photo. @param {string} key @param {boolean} [on] */
  toggle(key, on = !this.chosen.has(key)) {
    if (on) this.chosen.add(key);
    else this.chosen.delete(key);
    this.last = key;
    this.changed();
  }

  /** Show what is selected now; deselect photos that are gone. */
  changed() {
    for (const key of this.chosen) if (this.grid.indexOf(key) < 0) this.chosen.delete(key);
    for (const tile of this.grid.tiles.values()) this.dress(tile);
    for (const { element, group } of this.grid.blocks) this.#offerDay(element, group);
    this.count.textContent = tn("%(num)s selected", "%(num)s selected", this.chosen.size);
    for (const button of this.buttons) button.disabled = !this.chosen.size;
  }

  /** @param {HTMLElement} tile */
  dress(tile) {
    if (!tile.querySelector(".tick")) tile.append(make("span", { className: "tick" }, icon("check")));
    tile.setAttribute("role", "checkbox");
    tile.setAttribute("aria-checked", String(this.chosen.has(tile.dataset.key ?? "")));
  }

  /**
   * A button beside a day's heading that selects all its photos.
   * @param {HTMLElement} element  The day's grid.
   * @param {import("./days.js").Group} group
   */
  #offerDay(element, group) {
    const head = element.parentElement?.querySelector(".day");
    if (!head) return;
    const keys = this.grid.photos.slice(group.start, group.end).map(keyOf);
    const isWhole = keys.every((key) => this.chosen.has(key));
    let button = head.querySelector("button");
    if (!button) {
      button = make("button", { type: "button", className: "textlink whole-day" });
      head.append(button);
    }
    button.textContent = isWhole ? t("Select none") : t("Select all");
    button.onclick = () => {
      for (const key of keys) {
        if (isWhole) this.chosen.delete(key);
        else this.chosen.add(key);
      }
      this.changed();
    };
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const tile = event.target instanceof Element ? event.target.closest("a.tile") : null;
    if (!this.isOn || !(tile instanceof HTMLElement)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(tile, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (!this.isOn || event.defaultPrevented) return;
    const tile = event.target instanceof Element ? event.target.closest("a.tile") : null;
    if (event.key === "Escape") this.stop();
    else if (event.key === " " && tile instanceof HTMLElement) this.#choose(tile, event.shiftKey);
    else return;
    event.preventDefault();
  }

  /**
   * @param {HTMLElement} tile
   * @param {boolean} isRange  Select everything from the last one to this.
   */
  #choose(tile, isRange) {
    const key = tile.dataset.key ?? "";
    const [from, to] = [this.grid.indexOf(this.last ?? ""), this.grid.indexOf(key)].sort((a, b) => a - b);
    if (!isRange || from === undefined || to === undefined || from < 0) return this.toggle(key);
    for (const photo of this.grid.photos.slice(from, to + 1)) this.chosen.add(keyOf(photo));
    this.toggle(key, true);
  }
}
