// The camera's part of the page: preview, countdown and shutter.

import { byId } from "../elements.js";
import { formatNumber, t } from "../language.js";
import { clear, tell } from "../notice.js";
import { Camera, hasCamera } from "./camera.js";

const COUNTDOWN_FROM = 3;
const COUNT_MS = 700;

/**
 * @param {(picture: Blob) => void} use
 * @returns {(allowed: boolean) => void}  Lets the visitor use the camera, or switches it off.
 */
export function watchCamera(use) {
  const button = byId("camera", HTMLButtonElement);
  const viewfinder = byId("viewfinder");
  const take = byId("take", HTMLButtonElement);
  const countdown = byId("countdown");
  const camera = new Camera(byId("video", HTMLVideoElement));

  function close() {
    camera.close();
    viewfinder.hidden = true;
    countdown.textContent = "";
  }

  async function open() {
    clear();
    try {
      await camera.open();
      viewfinder.hidden = false;
      take.disabled = false;
      take.focus();
    } catch (error) {
      tell(error, open);
    }
  }

  async function shoot() {
    take.disabled = true;
    for (let left = COUNTDOWN_FROM; left > 0 && camera.stream; left--) {
      countdown.textContent = formatNumber(left);
      await new Promise((resolve) => setTimeout(resolve, COUNT_MS));
    }
    if (!camera.stream) return; // cancelled meanwhile
    try {
      const picture = await camera.take();
      close();
      button.textContent = t("Take another picture");
      use(picture);
    } catch (error) {
      close();
      tell(error, open);
    }
  }

  byId("camera-row").hidden = !hasCamera();
  button.addEventListener("click", open);
  take.addEventListener("click", shoot);
  byId("cancel").addEventListener("click", close);
  addEventListener("pagehide", close);
  return (allowed) => {
    button.disabled = !allowed;
    if (!allowed) close();
  };
}
