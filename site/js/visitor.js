// The pages that most visits never open, as one script to import: all of them ask for what belongs to a visitor.

export { showAccount } from "./account.js";
export { browseFaces } from "./browse.js";
export { showLookalike } from "./lookalike.js";
export { showSelfie } from "./selfie.js";
