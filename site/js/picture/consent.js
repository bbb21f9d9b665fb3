// The visitor's consent: unticked until given, remembered in this browser until withdrawn.

const STORE = "kinpics.consent";

/**
 * Watch the box; a tick before the script ran would have been lost, so it can be ticked only now.
 * @param {(agreed: boolean) => void} changed  Told at once, and at each change.
 * @returns {() => boolean}  Whether the visitor agrees.
 */
export function watchConsent(changed) {
  const box = /** @type {HTMLInputElement} */ (document.getElementById("agree"));
  box.checked = remembered();
  box.disabled = false;
  box.addEventListener("change", () => {
    remember(box.checked);
    changed(box.checked);
  });
  changed(box.checked);
  return () => box.checked;
}

function remembered() {
  try {
    return localStorage.getItem(STORE) === "yes";
  } catch {
    return false;
  }
}

/** @param {boolean} agreed */
function remember(agreed) {
  try {
    if (agreed) localStorage.setItem(STORE, "yes");
    else localStorage.removeItem(STORE);
  } catch {
    // nothing can be remembered then; it is asked for anew
  }
}
