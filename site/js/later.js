// The scripts of pages that few visitors open, as one chunk to import.

export { showAccount } from "./pages/account.js";
export { showFaces } from "./pages/faces.js";
export { showLookalike } from "./pages/lookalike.js";
export { showSelfie } from "./pages/selfie.js";
