// A long press on a tile.

const LONG_MS = 450;
// A finger that moves further wants to scroll.
const STILL = 10;

/**
 * @param {HTMLElement} element  Holds the tiles.
 * @param {(tile: HTMLElement) => void} pressed
 */
export function onLongPress(element, pressed) {
  let timer = 0;
  let [x, y] = [0, 0];
  let isPressed = false;
  element.addEventListener("pointerdown", (event) => {
    const tile = event.target instanceof Element ? event.target.closest("a.tile") : null;
    isPressed = false;
    if (event.pointerType !== "touch" || !(tile instanceof HTMLElement)) return;
    [x, y] = [event.clientX, event.clientY];
    timer = setTimeout(() => {
      isPressed = true;
      navigator.vibrate?.(10);
      pressed(tile);
    }, LONG_MS);
  });
  element.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) clearTimeout(timer);
  });
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, () => clearTimeout(timer));
  // Suppresses the browser's menu for links, and the click that ends the press.
  for (const name of ["contextmenu", "click"]) {
    element.addEventListener(
      name,
      (event) => {
        if (!isPressed) return;
        event.preventDefault();
        event.stopPropagation();
        if (name === "click") isPressed = false;
      },
      { capture: true },
    );
  }
}
