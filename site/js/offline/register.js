// Starts the service worker, once the page has all it needs.

const PATH = "/sw.js";

/** Start it; where browsers have none, or refuse it, the page works without. */
export async function register() {
  try {
    await navigator.serviceWorker?.register(trusted());
  } catch (error) {
    console.info(error);
  }
}

/** Its address: pages take no text for the address of a script, only what a policy lets pass. */
function trusted() {
  const { trustedTypes } = /** @type {any} */ (window);
  const policy = trustedTypes?.createPolicy("worker", { createScriptURL: () => PATH });
  return policy?.createScriptURL(PATH) ?? PATH;
}
