// Shows one photo after another, each for as long as the visitor wants, from the moment it can be seen.

import { make } from "../elements.js";
import { icon } from "../icons.js";
import { t } from "../language.js";
import { draw } from "../photos/sample.js";
import { largeUrl } from "../photos/urls.js";
import { tool } from "./controls.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const SPEEDS_S = [3, 5, 8, 15];
const FADE_MS = 700;

/** Seconds per photo; the visitor's choice stays while the page is open. */
let seconds = 5;

export class Slideshow {
  /**
   * @param {Photo[]} photos
   * @param {{shown: (index: number) => void, ended: () => void}} callbacks
   */
  constructor(photos, { shown, ended }) {
    this.photos = photos;
    this.shown = shown;
    this.ended = ended;
    this.isOn = false;
    this.isPaused = false;
    this.isShuffled = false;
    /** Photos by their index, in the order in which they are shown. @type {number[]} */
    this.order = [];
    this.at = 0;
    /** @type {Animation | null} */
    this.timer = null;
    this.run = {};
    /** @type {WakeLockSentinel | null} */
    this.lock = null;

    this.screen = make("div", { className: "screen" });
    this.progress = make("div", { className: "progress" });
    this.pauseButton = tool("pause", t("Pause"), () => this.#setPaused(!this.isPaused));
    this.shuffleButton = tool("shuffle", t("Shuffle"), () => this.#shuffle());
    this.speeds = SPEEDS_S.map((speed) => {
      const button = make("button", { type: "button", className: "button bare", textContent: t("%(seconds)s s", { seconds: speed }) });
      button.setAttribute("aria-label", t("%(seconds)s seconds per photo", { seconds: speed }));
      button.addEventListener("click", () => this.#setSpeed(speed));
      return button;
    });
    const speed = make("div", { className: "speeds" }, ...this.speeds);
    speed.setAttribute("role", "group");
    speed.setAttribute("aria-label", t("Speed"));
    const bar = make("div", { className: "tools" }, this.pauseButton, speed, this.shuffleButton, tool("close", t("Stop the slideshow"), () => this.stop()));
    // After a click, Space pauses; keyboard users stay where they are.
    speed.addEventListener("click", ({ detail }) => detail && this.pauseButton.focus({ preventScroll: true }));
    this.shuffleButton.addEventListener("click", ({ detail }) => detail && this.pauseButton.focus({ preventScroll: true }));
    this.again = make("button", { type: "button", className: "button strong", textContent: t("Play again") });
    this.again.addEventListener("click", () => this.#begin(0));
    const close = make("button", { type: "button", className: "button", textContent: t("Close"), onclick: () => this.stop() });
    this.end = make("div", { className: "end", hidden: true }, make("p", { className: "display", textContent: t("That was the last photo.") }), make("div", { className: "actions" }, this.again, close));
    this.element = make("div", { className: "slideshow", hidden: true }, this.screen, this.progress, bar, this.end);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", t("Slideshow"));
    this.onVisibility = () => {
      if (document.hidden) this.#setPaused(true);
      else void this.#keepAwake();
    };
  }

  /** @param {number} index  The first photo. */
  start(index) {
    this.opener = document.activeElement;
    this.isOn = true;
    this.element.hidden = false;
    this.#order(index);
    this.#setSpeed(seconds);
    document.addEventListener("visibilitychange", this.onVisibility);
    void this.#keepAwake();
    this.#begin(0);
    this.pauseButton.focus({ preventScroll: true });
  }

  /** @returns {boolean}  Whether it was on. */
  stop() {
    if (!this.isOn) return false;
    this.isOn = false;
    this.run = {};
    this.timer?.cancel();
    this.screen.replaceChildren();
    this.element.hidden = true;
    document.removeEventListener("visibilitychange", this.onVisibility);
    void this.lock?.release();
    this.lock = null;
    this.ended();
    if (this.opener instanceof HTMLElement) this.opener.focus({ preventScroll: true });
    return true;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean}
   */
  onKey(event) {
    const onOtherButton = event.target instanceof HTMLButtonElement && event.target !== this.pauseButton;
    if (event.key === " " && !onOtherButton) this.#setPaused(!this.isPaused);
    else if (event.key === "ArrowRight") this.#begin(this.at + 1);
    else if (event.key === "ArrowLeft") this.#begin(Math.max(0, this.at - 1));
    else if (event.key === "p") this.stop();
    else return event.key !== "Tab";
    event.preventDefault();
    return true;
  }

  /** Continue from a place in the order. @param {number} at */
  async #begin(at) {
    const run = (this.run = {});
    this.timer?.cancel();
    this.end.hidden = true;
    this.#setPaused(false);
    let next = this.#decoded(at);
    for (this.at = at; this.at < this.order.length; this.at += 1) {
      const image = await next;
      if (this.run !== run) return;
      next = this.#decoded(this.at + 1);
      if (!image) continue; // skip a photo that can't be loaded
      this.#present(image);
      this.shown(/** @type {number} */ (this.order[this.at]));
      await this.#wait();
      if (this.run !== run) return;
    }
    this.end.hidden = false;
    this.again.focus({ preventScroll: true });
  }

  /**
   * @param {number} at
   * @returns {Promise<HTMLImageElement | null>}  Null past the end, or if it can't be loaded.
   */
  async #decoded(at) {
    const photo = this.photos[this.order[at] ?? -1];
    if (!photo) return null;
    const image = make("img", { alt: photo.details?.title || t("Photo %(file)s", { file: photo.file }) });
    image.src = largeUrl(photo);
    return image.decode().then(() => image, () => null);
  }

  /** @param {HTMLImageElement} image */
  #present(image) {
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FADE_MS;
    const before = [...this.screen.children];
    this.screen.append(image);
    image.animate([{ opacity: 0 }, { opacity: 1 }], { duration });
    for (const old of before) {
      old.animate([{ opacity: 1 }, { opacity: 0 }], { duration, fill: "forwards" }).finished.then(() => old.remove(), () => {});
    }
  }

  /** The bar's growth is the time itself: a pause stops both. */
  async #wait() {
    this.timer = this.progress.animate([{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }], { duration: seconds * 1000, fill: "forwards" });
    if (this.isPaused) this.timer.pause();
    await this.timer.finished.catch(() => {}); // cancelled: another run has begun
  }

  /** @param {boolean} isPaused */
  #setPaused(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) this.timer?.pause();
    else if (this.timer?.playState === "paused") this.timer.play();
    const label = isPaused ? t("Resume") : t("Pause");
    this.pauseButton.replaceChildren(icon(isPaused ? "play" : "pause"));
    this.pauseButton.title = label;
    this.pauseButton.setAttribute("aria-label", label);
  }

  /** @param {number} speed  Seconds per photo. */
  #setSpeed(speed) {
    seconds = speed;
    this.timer?.effect?.updateTiming({ duration: speed * 1000 });
    for (const [index, button] of this.speeds.entries()) button.setAttribute("aria-pressed", String(SPEEDS_S[index] === speed));
  }

  #shuffle() {
    this.isShuffled = !this.isShuffled;
    this.#order(this.order[this.at] ?? 0);
    this.at = 0;
    this.#begin(0);
  }

  /** Put the photos in an order that begins with one of them. @param {number} first */
  #order(first) {
    this.shuffleButton.setAttribute("aria-pressed", String(this.isShuffled));
    const rest = this.photos.map((_, index) => (first + index) % this.photos.length).slice(1);
    this.order = [first, ...(this.isShuffled ? draw(rest, rest.length, () => 1) : rest)];
  }

  /** Keep the screen on, where the browser can. */
  async #keepAwake() {
    if (!this.isOn || document.hidden) return;
    this.lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  }
}
