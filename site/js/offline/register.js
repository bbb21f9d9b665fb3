// Starts the service worker once the page has everything it needs.

const PATH = "/sw.js";

/** Start it; if a browser has none, or refuses it, the page works without. */
export async function register() {
  try {
    await navigator.serviceWorker?.register(trusted());
  } catch (error) {
    console.info(error);
  }
}

/** Its address: pages accept no plain text as the address of a script, only what a policy lets through. */
function trusted() {
  const { trustedTypes } = /** @type {any} */ (window);
  const policy = trustedTypes?.createPolicy("worker", { createScriptURL: () => PATH });
  return policy?.createScriptURL(PATH) ?? PATH;
}
