// The one script of every page; what is large and not needed at once is imported when it is.

import { showIndex } from "./index.js";
import { showPerson } from "./people.js";
import { showSet } from "./set.js";

/** @type {Record<string, () => void>} */
const PAGES = {
  account: () => void import("./account.js").then((page) => page.showAccount()),
  faces: () => void import("./browse.js").then((page) => page.browseFaces()),
  index: showIndex,
  lookalike: () => void import("./lookalike.js").then((page) => page.showLookalike()),
  person: showPerson,
  selfie: () => void import("./selfie.js").then((page) => page.showSelfie()),
  set: showSet,
};

PAGES[document.documentElement.dataset.page ?? ""]?.();
