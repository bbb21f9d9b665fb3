const EVERY_MS = 15_000;

/**
 * Call something now, and again from time to time while the page is looked at.
 * @param {() => void} refresh
 */
export function whileVisible(refresh) {
  refresh();
  let last = Date.now();
  const check = () => {
    if (document.visibilityState !== "visible" || Date.now() - last < EVERY_MS - 1000) return;
    last = Date.now();
    refresh();
  };
  setInterval(check, EVERY_MS);
  document.addEventListener("visibilitychange", check);
}
