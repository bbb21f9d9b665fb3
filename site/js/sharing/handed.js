// Addresses to hand to others. The owner of a laptop's site looks at http://localhost, which nobody else can open.

import { config } from "../config.js";

/** Whether nobody can open this page's address but on this computer. */
const isHere = () => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);

/** Whether nobody can open this site but on this computer. */
export const isHereAlone = () => isHere() && !config.homeUrl;

/** An address as others can open it, if anybody can. @param {string} path  On this site; or an address of it. */
export function handed(path) {
  const { pathname, search, hash } = new URL(path, location.href);
  return ((isHere() && config.homeUrl) || location.origin) + pathname + search + hash;
}
