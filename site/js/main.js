// The one script of every page. It starts the script that site/pages.json names for the page.

import { session, watchSignOut } from "./aws/session.js";
import { config } from "./config.js";
import { CodedError } from "./errors.js";
import { onFirstMove } from "./move.js";
import { tell } from "./notice.js";
import { showIndex } from "./pages/index.js";
import { showSet } from "./pages/set.js";

/** @type {Record<string, () => void>} */
const FIRST = { index: showIndex, set: showSet };

/** @param {string} name */
async function startLater(name) {
  /** @type {Record<string, () => void>} */
  let scripts;
  try {
    scripts = await import("./later.js");
  } catch (error) {
    return void tell(new CodedError("Offline", String(error)), () => void startLater(name));
  }
  const show = scripts[name];
  if (!show) throw new Error(`no script starts ${name}`);
  show();
}

const name = document.documentElement.dataset.page ?? "";
const show = FIRST[name];
watchSignOut();
// If visitors can't create accounts, only those who are signed in need the page.
if (session()) document.getElementById("my-account")?.removeAttribute("hidden");
if (show) show();
else void startLater(name);
addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-code]")) void startLater("code");
});
if (config.offline) {
  // After everything the visitor is waiting for.
  onFirstMove(() => setTimeout(() => void import("./offline/register.js").then(({ register }) => register()), 2000));
}
