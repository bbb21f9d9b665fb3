// What scripts/site/browser_config.py tells the scripts about this site, in an element of the page.

import { byId } from "./elements.js";
import "./fallback.js";

/**
 * @typedef {object} Config
 * @property {string} region
 * @property {string} identityPoolId
 * @property {string} userPoolId
 * @property {string} userPoolClientId
 * @property {boolean} signUp  Whether visitors may create accounts.
 * @property {string} matchesTable
 * @property {string | null} endpoint  Base URL of every AWS service; null for AWS's own.
 * @property {string | null} homeUrl  Where the home network finds a laptop's site, if it is open to it.
 * @property {string} picsTable
 * @property {string} searchFunction
 * @property {string} removalFunction
 * @property {boolean} hasPrivate  Whether the album or one of its sets isn't public.
 * @property {string} peopleFunction  Only the owner may call it.
 * @property {string} manageFunction  Likewise.
 * @property {string} uploadsFunction
 * @property {boolean} takesPhotos  Whether members and guests may send photos; the owner always may.
 * @property {string} arrivalsFunction  Only the owner may call it.
 * @property {string} doorFunction
 * @property {number} faceMatchThreshold  In percent.
 * @property {string} thumbnailFolder  Path of the photos' thumbnails, with a slash at its end.
 * @property {string} largeFolder  Of their large renditions.
 * @property {string} downloadFolder  Of what visitors can download.
 * @property {string} portraitFolder  Of the gallery's portraits.
 * @property {number} thumbnailSide  Long side of a thumbnail, in pixels.
 * @property {number} largeSide  Of a large rendition.
 * @property {number} unknownWidth  For photos whose size isn't known yet.
 * @property {number} unknownHeight
 * @property {number} maxRemovalFaces  Faces in a removal request.
 * @property {number} maxPhotosFound  Photos in one answer to a search.
 * @property {number} keepMatchDays  How long a visitor's last lookalike is kept.
 * @property {boolean} downloads  Whether visitors may download photos.
 * @property {boolean} originals  Whether downloads are as large as the original.
 * @property {boolean} offline  Whether browsers may keep the last albums a visitor looked at.
 * @property {string} lightboxCss  URL of the lightbox's style sheet.
 * @property {string} shareCss  URL of the share sheet's style sheet.
 * @property {string} ownerCss  URL of the style sheet of what only the owner sees.
 * @property {string | null} ownerTexts  URL of the texts of the scripts that only the owner loads; null in English.
 * @property {string | null} contributorTexts  Of those that send photos.
 * @property {string | null} memberTexts  Of the account page.
 * @property {string | null} texts  URL of the scripts' texts in the page's language; null in English.
 */

/** How the cookie begins that shows that this browser was let into a private album (edge/gate.js, private/pass.js). */
export const PASS_COOKIE = "__Host-kinpics=";

/** @type {Config} */
export const config = JSON.parse(byId("config").textContent ?? "{}");
