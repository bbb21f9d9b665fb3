// The scripts of pages that few visitors open, and other things few ask for. They are one chunk: if each were its own, the
// bundler would split off ten more for the modules they share.

import { lookOut } from "./private/lookout.js";

export { showAccount as account } from "./pages/account.js";
export { showEnter as enter } from "./pages/enter.js";
export { showEvent as event } from "./pages/event.js";
export { showFaces as faces } from "./pages/faces.js";
export { showLookalike as lookalike } from "./pages/lookalike.js";
export { showNaming as naming } from "./pages/naming.js";
export { showOwner as owner } from "./pages/owner.js";
export { showPeople as people } from "./pages/people.js";
export { showPerson as person } from "./pages/person.js";
export { showPosted as posted } from "./pages/posted.js";
export { showSearch as search } from "./pages/search.js";
export { showSelfie as selfie } from "./pages/selfie.js";
export { showSlideshow as slideshow } from "./pages/slideshow.js";
export { showUpload as upload } from "./pages/upload.js";
export { showWaiting as waiting } from "./pages/waiting.js";
export { showCode as code } from "./sharing/share.js";

lookOut();
