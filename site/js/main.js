// The one script of every page. It starts the script that site/pages.json names for the page, and imports what is large
// only when it is needed.

import { watchSignOut } from "./aws/session.js";
import { showIndex } from "./pages/index.js";
import { showPerson } from "./pages/person.js";
import { showSet } from "./pages/set.js";

// One chunk for all of them: with a chunk each, the bundler would cut ten more for the modules they share.
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
