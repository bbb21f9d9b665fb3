// The one script of every page; what is large and not needed at once is imported when it is.

import { showIndex } from "./index.js";
import { showPerson } from "./people.js";
import { watchSignOut } from "./session.js";
import { showSet } from "./set.js";

// One script for all of them: the bundler cuts a chunk for each set of scripts that share a module.
const visitor = () => import("./visitor.js");

/** @type {Record<string, () => void>} */
const PAGES = {
  account: () => void visitor().then((pages) => pages.showAccount()),
  faces: () => void visitor().then((pages) => pages.browseFaces()),
  index: showIndex,
  lookalike: () => void visitor().then((pages) => pages.showLookalike()),
  person: showPerson,
  selfie: () => void visitor().then((pages) => pages.showSelfie()),
  set: showSet,
};

watchSignOut();
PAGES[document.documentElement.dataset.page ?? ""]?.();
