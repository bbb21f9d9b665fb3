// Looks out for what happens when an album, or the whole site, is closed to a visitor who has its page open: pictures don't
// load any more, or all photos are gone from the page. It then comes anew, as the gate has it for them, and says what to do.

const LOOKED = "kinpics.looked";
// At most so often: a page that is still open to its visitor stays, whatever is missing there.
const PAUSE_MS = 60_000;
// Where the pages of an album and of the site say that there are no photos.
const EMPTY = ["none", "empty"];

let isLooking = false;

/** Look out from now on. */
export function lookOut() {
  if (isLooking) return;
  isLooking = true;
  addEventListener("error", ({ target }) => {
    if (target instanceof HTMLImageElement && target.src.startsWith(`${location.origin}/`)) void look();
  }, { capture: true });
  for (const place of EMPTY.map((id) => document.getElementById(id))) {
    if (!place) continue;
    const check = () => void (place.hidden || look());
    new MutationObserver(check).observe(place, { attributes: true, attributeFilter: ["hidden"] });
    check();
  }
}

/** Ask the gate for this page, and let it come anew if it is closed to this visitor now. */
async function look() {
  const [opened] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (opened?.responseStatus === 404) return; // there was nothing to close
  if (Date.now() - Number(sessionStorage.getItem(LOOKED)) < PAUSE_MS) return;
  sessionStorage.setItem(LOOKED, String(Date.now()));
  const asked = { cache: /** @type {const} */ ("no-store"), redirect: /** @type {const} */ ("manual"), headers: { accept: "text/html" } };
  const answer = await fetch(location.href, asked).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 404) location.reload();
}
