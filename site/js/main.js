// The one script of every page: it starts the script that site/pages.json names for the page. What is large and not
// needed at once is imported when it is.

import { showIndex } from "./pages/index.js";
import { showPerson } from "./pages/person.js";
import { showSet } from "./pages/set.js";
import { watchSignOut } from "./aws/session.js";

// One script for all of them: the bundler cuts a chunk for each set of scripts that share a module.
const later = () => import("./later.js");

/** @type {Record<string, () => void>} */
const SCRIPTS = {
  account: () => void later().then((scripts) => scripts.showAccount()),
  faces: () => void later().then((scripts) => scripts.showFaces()),
  index: showIndex,
  lookalike: () => void later().then((scripts) => scripts.showLookalike()),
  person: showPerson,
  selfie: () => void later().then((scripts) => scripts.showSelfie()),
  set: showSet,
};

watchSignOut();
SCRIPTS[document.documentElement.dataset.page ?? ""]?.();
