// The visitor's consent: remembered in this browser from when they tick the box until they untick it.

import { byId } from "../elements.js";

const STORE = "kinpics.consent";

/**
 * Watch the box, and let the visitor tick it: a tick before this script ran would have been lost.
 * @param {(agreed: boolean) => void} changed  Called at once, and at each change.
 * @returns {() => boolean}  Whether the visitor agrees.
 */
export function watchConsent(changed) {
  const box = byId("agree", HTMLInputElement);
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
    // the browser stores nothing: the next visit asks again
  }
}
