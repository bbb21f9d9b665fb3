// Ask for a picture of the visitor's face: only after consent, made small on the device, kept in the page alone.

import { Camera, hasCamera } from "./camera.js";
import { clear, tell } from "./problems.js";
import { shrink, toBase64 } from "./shrink.js";

const CONSENT = "kinpics.consent";
const COUNTDOWN_FROM = 3;
const COUNT_MS = 700;

/**
 * Search with each picture that the visitor takes, chooses, drops or pastes.
 * @param {(image: string) => Promise<string>} search  Takes a JPEG in base64, shows what it finds, returns it in words.
 * @param {() => void} forget  Takes away what was shown.
 */
export function askForPicture(search, forget) {
  const agree = /** @type {HTMLInputElement} */ (document.getElementById("agree"));
  const picture = /** @type {HTMLInputElement} */ (document.getElementById("picture"));
  const preview = /** @type {HTMLImageElement} */ (document.getElementById("preview"));
  const count = /** @type {HTMLElement} */ (document.getElementById("count"));
  const drop = /** @type {HTMLElement} */ (document.getElementById("drop"));

  function clean() {
    clear();
    URL.revokeObjectURL(preview.src);
    preview.removeAttribute("src");
    preview.hidden = true;
    count.textContent = "";
    forget();
  }

  /** @param {Blob | null | undefined} file */
  async function use(file) {
    if (!file || !agree.checked) return;
    clean();
    count.textContent = "Searching…";
    try {
      const small = await shrink(file);
      preview.src = URL.createObjectURL(small);
      preview.hidden = false;
      count.textContent = await search(await toBase64(small));
    } catch (error) {
      count.textContent = "";
      tell(error, () => use(file));
    }
  }

  const useCamera = watchCamera(use);
  agree.checked = remembered();
  agree.disabled = false; // a tick before this script would have been lost
  picture.disabled = !agree.checked;
  useCamera(agree.checked);
  agree.addEventListener("change", () => {
    remember(agree.checked);
    picture.disabled = !agree.checked;
    useCamera(agree.checked);
    if (!agree.checked) clean();
  });
  picture.addEventListener("change", () => use(picture.files?.[0]));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    use(event.dataTransfer?.files[0]);
  });
  document.addEventListener("paste", (event) => use(event.clipboardData?.files[0]));
}

/**
 * The camera's part of the page.
 * @param {(picture: Blob) => void} use
 * @returns {(allowed: boolean) => void}  Lets the visitor use it, or switches it off.
 */
function watchCamera(use) {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById("camera"));
  const viewfinder = /** @type {HTMLElement} */ (document.getElementById("viewfinder"));
  const take = /** @type {HTMLButtonElement} */ (document.getElementById("take"));
  const countdown = /** @type {HTMLElement} */ (document.getElementById("countdown"));
  const camera = new Camera(/** @type {HTMLVideoElement} */ (document.getElementById("video")));

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
      countdown.textContent = String(left);
      await new Promise((resolve) => setTimeout(resolve, COUNT_MS));
    }
    if (!camera.stream) return; // cancelled meanwhile
    try {
      const picture = await camera.take();
      close();
      use(picture);
    } catch (error) {
      close();
      tell(error, open);
    }
  }

  /** @type {HTMLElement} */ (document.getElementById("camera-row")).hidden = !hasCamera();
  button.addEventListener("click", open);
  take.addEventListener("click", shoot);
  /** @type {HTMLElement} */ (document.getElementById("cancel")).addEventListener("click", close);
  addEventListener("pagehide", close);
  return (allowed) => {
    button.disabled = !allowed;
    if (!allowed) close();
  };
}

function remembered() {
  try {
    return localStorage.getItem(CONSENT) === "yes";
  } catch {
    return false;
  }
}

/** @param {boolean} agreed */
function remember(agreed) {
  try {
    if (agreed) localStorage.setItem(CONSENT, "yes");
    else localStorage.removeItem(CONSENT);
  } catch {
    // nothing can be remembered then; it is asked for anew
  }
}
