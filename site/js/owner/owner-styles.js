// The style sheet of the owner's tools, for pages that visitors see too.

import { config } from "../config.js";
import { make } from "../elements.js";

let isThere = false;

/** Load it once. */
export function loadOwnerStyles() {
  if (!isThere) document.head.append(make("link", { rel: "stylesheet", href: config.ownerCss }));
  isThere = true;
}
