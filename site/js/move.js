// The visitor's first move on a page. Whatever nobody needs before it is loaded then.

const MOVES = ["scroll", "pointermove", "pointerdown", "keydown"];

/** @param {() => void} moved  Called once. */
export function onFirstMove(moved) {
  const heard = new AbortController();
  const hear = () => {
    heard.abort();
    moved();
  };
  for (const name of MOVES) addEventListener(name, hear, { passive: true, signal: heard.signal });
}
