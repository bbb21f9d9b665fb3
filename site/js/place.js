// Where the visitor was: the scroll position in the history entry, the photos it belongs to in the session's storage.

const SETTLED_MS = 150;

/** Keep the scroll position of each history entry: the browser would scroll before the photos are there. */
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

/** Write the scroll position into the current entry. */
export function remember() {
  history.replaceState({ ...history.state, y: Math.round(scrollY) }, "");
}

/** Scroll to where the visitor left this entry, if they did. */
export function returnToPlace() {
  if (isReturn()) scrollTo(0, history.state.y);
}

/** Whether the visitor has come back to this entry. */
export const isReturn = () => typeof history.state?.y === "number";

/**
 * @param {string} name
 * @param {unknown} value
 */
export function store(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    sessionStorage.removeItem(name); // too large to keep: it will be fetched again
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
