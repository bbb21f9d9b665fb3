const EVERY_MS = 15_000;

/**
 * Call something now, and again from time to time while the page is in view, but never while it is still running.
 * @param {() => Promise<void>} refresh  Tells the visitor itself when it fails.
 */
export function whileVisible(refresh) {
  let last = 0;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    last = Date.now();
    await refresh();
    isRunning = false;
  };
  const check = () => {
    if (isRunning || document.visibilityState !== "visible" || Date.now() - last < EVERY_MS - 1000) return;
    run();
  };
  run();
  setInterval(check, EVERY_MS);
  document.addEventListener("visibilitychange", check);
}
