// The scripts of pages that most visits never open, as one script to import: all of them ask for what belongs to a visitor.

export { showAccount } from "./pages/account.js";
export { showFaces } from "./pages/faces.js";
export { showLookalike } from "./pages/lookalike.js";
export { showSelfie } from "./pages/selfie.js";
