// Where one was: scroll position in the history entry, the pictures it belongs to in the session's storage.

/** @typedef {import("./photos/photos.js").Photo} Photo */

const SETTLED_MS = 150;

/** Keep the scroll position of each history entry; the browser's own way comes before the pictures do. */
export function keepPlace() {
  history.scrollRestoration = "manual";
  let timer = 0;
  addEventListener(
    "scroll",
    () => {
      clearTimeout(timer);
      timer = setTimeout(remember, SETTLED_MS);
    },
    { passive: true },
  );
  addEventListener("pagehide", remember);
}

/** Write the position into the current entry. */
export function remember() {
  history.replaceState({ ...history.state, y: Math.round(scrollY) }, "");
}

/** Go to where this entry was left; true if it had been left somewhere. */
export function returnToPlace() {
  const y = history.state?.y;
  if (typeof y !== "number") return false;
  scrollTo(0, y);
  return true;
}

/** Whether this page is one that was left and come back to. */
export const isReturn = () => typeof history.state?.y === "number";

/**
 * @param {string} name
 * @param {unknown} value
 */
export function store(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    sessionStorage.removeItem(name); // too large to keep; it is fetched again
  }
}

/**
 * @param {string} name
 * @returns {any}
 */
export function stored(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}
