// The camera's part of the finder: its view in the circle, the countdown, and the shutter.

import { byId } from "../elements.js";
import { t } from "../language.js";
import { Camera, hasCamera } from "./camera.js";

const COUNTDOWN_FROM = 3;
const COUNT_MS = 700;

/**
 * @param {import("./finder.js").Finder} finder
 * @param {(picture: Blob) => void} use
 * @returns {{allow: (allowed: boolean) => void, close: () => void}}  `allow` lets the visitor use the camera or not,
 *   `close` switches it off.
 */
export function watchCamera(finder, use) {
  const { shutter } = finder;
  const countdown = byId("countdown");
  const camera = new Camera(byId("video", HTMLVideoElement));
  let asks = t("Use the camera");
  let before = finder.stage;
  let allowed = false;

  function close() {
    camera.close();
    countdown.textContent = "";
    shutter.ariaLabel = asks;
    shutter.disabled = !allowed;
  }

  async function open() {
    before = finder.stage;
    shutter.disabled = true; // while the browser asks
    try {
      await camera.open();
      if (!allowed) return close(); // the visitor no longer agrees
      finder.turnTo("live");
      shutter.ariaLabel = t("Take the picture");
      shutter.disabled = false;
      shutter.focus({ preventScroll: true });
    } catch (error) {
      close();
      finder.tell(error, open);
    }
  }

  async function shoot() {
    shutter.disabled = true;
    for (let left = COUNTDOWN_FROM; left > 0 && camera.stream; left--) {
      countdown.textContent = String(left);
      await new Promise((resolve) => setTimeout(resolve, COUNT_MS));
    }
    if (!camera.stream) return; // stopped in the meantime
    try {
      const picture = await camera.take();
      asks = t("Take another picture");
      use(picture);
    } catch (error) {
      close();
      finder.tell(error, open);
    }
  }

  if (!hasCamera()) finder.element.dataset.camera = "none";
  shutter.addEventListener("click", () => (camera.stream ? shoot() : open()));
  byId("cancel").addEventListener("click", () => {
    close();
    finder.turnTo(before);
  });
  addEventListener("pagehide", close);
  return {
    allow(agreed) {
      allowed = agreed;
      close();
    },
    close,
  };
}
