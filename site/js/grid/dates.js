// Going to a date in a long set: a list for everybody, and a track along the right edge to drag on.

import { make } from "../elements.js";
import { t } from "../language.js";
import { UNDATED } from "./days.js";
import { headingOf } from "./sections.js";

/** @typedef {import("./grid.js").Grid} Grid */

// From this length on, a set has dates to drag along.
const MANY_PHOTOS = 200;
const MANY_BLOCKS = 4;
// Labels on the track are at least this far apart, in pixels.
const APART = 28;
const SHOWN_MS = 1200;

/** Show dates to drag along once the set is long enough for them. @param {Grid} grid */
export function offerDates(grid) {
  const watcher = {
    changed() {
      if (grid.blocks.length < MANY_BLOCKS || grid.photos.length < MANY_PHOTOS) return;
      grid.watchers.delete(watcher);
      new Dates(grid);
    },
  };
  grid.watchers.add(watcher);
  watcher.changed();
}

class Dates {
  /** @param {Grid} grid */
  constructor(grid) {
    this.grid = grid;
    this.bubble = make("span", { className: "bubble" });
    this.labels = make("div", { className: "labels" });
    this.track = make("div", { className: "dates" }, this.labels, this.bubble);
    this.track.setAttribute("aria-hidden", "true"); // the list does the same for those who can't drag
    document.body.append(this.track);
    grid.watchers.add(this);
    this.timer = 0;
    this.track.addEventListener("pointerdown", (event) => this.#drag(event));
    addEventListener("scroll", () => this.#follow(), { passive: true });
    addEventListener("resize", () => this.changed());
    this.changed();
  }

  /** Relabel the track after photos were added or removed, or the window was resized. */
  changed() {
    const { blocks, height } = this.grid;
    const room = this.track.clientHeight;
    /** @type {HTMLElement[]} */
    const labels = [];
    let last = -Infinity;
    let year = "";
    for (const { group, top } of blocks) {
      const y = (top / height) * room;
      if (group.key === UNDATED || group.key.slice(0, 4) === year || y < last + APART || y > room - APART / 2) continue;
      year = group.key.slice(0, 4);
      last = y;
      const label = make("span", { textContent: year });
      label.style.top = `${y}px`;
      labels.push(label);
    }
    this.labels.replaceChildren(...labels);
    this.#follow();
  }

  #follow() {
    const { blocks, height, top } = this.grid;
    const y = scrollY - top + innerHeight / 3;
    const block = blocks.findLast((one) => one.top <= y) ?? blocks[0];
    const share = Math.min(1, Math.max(0, (scrollY - top) / Math.max(1, height - innerHeight)));
    this.bubble.textContent = block ? headingOf(block.group.key) : "";
    this.bubble.style.top = `${share * 100}%`;
    this.track.classList.add("moving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.track.classList.remove("moving"), SHOWN_MS);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    event.preventDefault();
    this.track.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ { clientY }) => {
      const box = this.track.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (clientY - box.top) / box.height));
      scrollTo(0, this.grid.top + share * Math.max(0, this.grid.height - innerHeight));
    };
    move(event);
    this.track.addEventListener("pointermove", move);
    this.track.addEventListener("lostpointercapture", () => this.track.removeEventListener("pointermove", move), { once: true });
  }
}
