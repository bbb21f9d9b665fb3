// Ask for a picture of the visitor's face: only after consent, made small on the device, kept in the page alone.

import { clear, tell } from "./problems.js";
import { shrink, toBase64 } from "./shrink.js";

const CONSENT = "kinpics.consent";

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

  agree.checked = remembered();
  agree.disabled = false; // a tick before this script would have been lost
  picture.disabled = !agree.checked;
  agree.addEventListener("change", () => {
    remember(agree.checked);
    picture.disabled = !agree.checked;
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
