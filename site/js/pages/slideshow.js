// The slideshow for the projector: photos of an event as they come, for hours, with the code that leads to its page.

import { invoke } from "../aws/calls.js";
import { session } from "../aws/session.js";
import { config, PASS_COOKIE } from "../config.js";
import { byId, make } from "../elements.js";
import { t } from "../language.js";
import { Adders } from "../live/adders.js";
import { Backdrop } from "../live/backdrop.js";
import { keepLooking } from "../live/looking.js";
import { Pictures } from "../live/pictures.js";
import { Turns } from "../live/turns.js";
import { titleOf } from "../photos/rows.js";
import { setUrl } from "../photos/urls.js";
import { drawCode } from "../sharing/code.js";
import { handed } from "../sharing/handed.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const SHOWN_MS = 6_000;
// A photo that has just come needn't wait for the one before to have had its time.
const LEAST_MS = 2_500;
// When nothing can be shown; a look that finds something ends the wait.
const IDLE_MS = 5_000;
const FADE_MS = 900;
const POINTER_MS = 2_500;
const SECRET = /^#([A-Za-z0-9_-]{22})$/;

/** Start the page. */
export function showSlideshow() {
  const name = new URLSearchParams(location.search).get("set") ?? "";
  byId("which").hidden = Boolean(name);
  if (!name) return;
  const secret = SECRET.exec(location.hash)?.[1];
  const turns = new Turns();
  const pictures = new Pictures();
  const screen = byId("screen");
  const backdrop = new Backdrop(byId("back"));
  const adders = secret ? new Adders(byId("by"), secret) : null;
  let isReached = true;
  let wake = () => {};

  /** What the event is called; empty until that is known, and without an event. */
  let called = "";
  const entitle = (/** @type {string} */ title) => {
    byId("title").textContent = called || title;
    document.title = document.title.replace(/^[^·]*·/, () => `${called || title} ·`);
  };
  entitle(titleOf(name));
  byId("invitation").hidden = false;
  if (secret) {
    void invite(secret);
    void readEvent(secret).then((event) => {
      called = event?.title ?? "";
      if (called) entitle(called);
      byId("not-public").hidden = !event || event.is_public || document.cookie.includes(PASS_COOKIE) || Boolean(session());
    });
  }
  keepLooking(name, (set, photos) => {
    entitle(set?.title ?? titleOf(name));
    byId("none").hidden = photos.length > 0;
    document.body.classList.toggle("empty", !photos.length);
    const come = turns.learn(photos);
    if (come.length) void adders?.tell(come.map(({ file }) => file));
    pictures.keepOnly(({ file }) => photos.some((photo) => photo.file === file));
    const shown = screen.lastElementChild;
    const isGone = shown instanceof HTMLElement && !photos.some(({ file }) => file === shown.dataset.file);
    if (isGone) {
      screen.replaceChildren(); // a photo that was taken back leaves the wall at once
      backdrop.clear();
    }
    if (come.length || isGone) wake();
  }, (isThere) => {
    isReached = isThere;
  });
  void show();
  keepAwake();
  watchKeys(name);
  hidePointer();

  async function show() {
    for (;;) {
      const photo = await next();
      const start = performance.now();
      const following = turns.coming().find((each) => each.file !== photo?.file);
      if (following && isReached) void pictures.get(following); // so that it is there when its turn comes
      await waitUntil(photo ? SHOWN_MS : IDLE_MS);
      const left = LEAST_MS - (performance.now() - start);
      if (photo && left > 0 && turns.has(photo)) await waitUntil(left);
    }
  }

  /** Show the next photo whose picture can be had. @returns {Promise<Photo | null>} */
  async function next() {
    const shown = screen.lastElementChild;
    for (const photo of turns.coming()) {
      if (!turns.has(photo)) continue;
      // Without a connection, only what is kept can be had, and asking for all the others would take long.
      if (!isReached && !pictures.has(photo)) continue;
      const address = await pictures.get(photo);
      const image = address && (await decoded(address, photo));
      if (!image) continue;
      if (!turns.has(photo)) continue; // taken back meanwhile
      turns.took(photo);
      const isSame = shown instanceof HTMLElement && shown.dataset.file === photo.file && shown.isConnected;
      if (!isSame) present(image);
      return photo;
    }
    return null;
  }

  /** @param {HTMLImageElement} image */
  function present(image) {
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FADE_MS;
    // Out of view, a browser may let fades wait: no more than two pictures lie on each other.
    while (screen.children.length > 1) screen.firstElementChild?.remove();
    const before = [...screen.children];
    screen.append(image);
    backdrop.turnTo(image);
    image.animate([{ opacity: 0 }, { opacity: 1 }], { duration });
    for (const old of before) {
      const leave = () => old.remove();
      old.animate([{ opacity: 1 }, { opacity: 0 }], { duration, fill: "forwards" }).finished.then(leave, leave);
    }
  }

  /** @param {number} milliseconds */
  const waitUntil = (milliseconds) =>
    new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      wake = () => {
        clearTimeout(timer);
        done(undefined);
      };
    });
}

/**
 * @param {string} address
 * @param {Photo} photo
 * @returns {Promise<HTMLImageElement | null>}
 */
async function decoded(address, photo) {
  const image = make("img", { alt: t("Photo %(file)s", { file: photo.file }), src: address });
  image.dataset.file = photo.file;
  return image.decode().then(() => image, () => null);
}

/** Show the code that leads to an event. @param {string} secret */
async function invite(secret) {
  const { outlineOf } = await import("../sharing/outline.js");
  const code = drawCode(outlineOf(handed(`/event/#${secret}`)), byId("join-words").textContent ?? "");
  byId("code").replaceChildren(code);
  byId("join").hidden = false;
}

/**
 * What the site says of an event; null if it doesn't answer.
 * @param {string} secret
 * @returns {Promise<{title: string, is_public: boolean} | null>}  The title is empty if it is called like its set.
 */
const readEvent = (secret) =>
  invoke(config.uploadsFunction, { action: "event", event: secret }).then(({ output }) => output, () => null);

/** @param {string} name */
function watchKeys(name) {
  const enter = () => {
    if (!document.fullscreenElement) void document.documentElement.requestFullscreen?.().catch(() => {});
  };
  byId("full-screen").addEventListener("click", enter);
  byId("full-screen").hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => {
    byId("full-screen").hidden = Boolean(document.fullscreenElement);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "f") enter();
    if (key === "Escape" && !document.fullscreenElement) location.assign(setUrl(name));
  });
}

/** Keep the screen on, where the browser can; it lets go of it whenever the page is out of view. */
function keepAwake() {
  const lock = () => {
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", lock);
  lock();
}

/** Neither pointer nor button lies on the photos, until somebody moves the mouse. */
function hidePointer() {
  let timer = 0;
  const moved = () => {
    document.body.classList.remove("still");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("still"), POINTER_MS);
  };
  addEventListener("pointermove", moved);
  addEventListener("keydown", moved);
  moved();
}
