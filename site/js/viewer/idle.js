// Fades what surrounds the photo while the mouse rests.

const IDLE_MS = 3000;

/**
 * @param {HTMLElement} stage  It gets the class `idle` once a mouse that was used has rested for three seconds.
 * @returns {() => void}  Stops it.
 */
export function fadeWhenIdle(stage) {
  let timer = 0;
  /** @param {Event} event */
  const wake = (event) => {
    stage.classList.remove("idle");
    clearTimeout(timer);
    if (event instanceof PointerEvent && event.pointerType !== "mouse") return;
    timer = setTimeout(() => stage.classList.toggle("idle", !isBusy(stage)), IDLE_MS);
  };
  const events = ["pointermove", "pointerdown", "keydown"];
  for (const event of events) stage.addEventListener(event, wake);
  return () => {
    clearTimeout(timer);
    for (const event of events) stage.removeEventListener(event, wake);
  };
}

/** Whether the visitor is busy: a menu, a chip or the panel is open, or the keyboard focus is on a control. @param {HTMLElement} stage */
const isBusy = (stage) => stage.querySelector(":is(.tools, .under, .faces, .panel) :focus-visible, [aria-expanded=true], .pinned, .face:hover") !== null;
