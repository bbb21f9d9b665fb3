/**
 * @typedef {object} Config
 * @property {string} region
 * @property {string} identityPoolId
 * @property {string} userPoolId
 * @property {string} userPoolClientId
 * @property {boolean} signUp  Whether visitors may create accounts.
 * @property {string} matchesTable
 * @property {string | null} endpoint  Base URL of every AWS service; null for AWS's own.
 * @property {string} picsTable
 * @property {string} searchFunction
 * @property {string} removalFunction
 * @property {number} faceMatchThreshold
 * @property {boolean} downloads  Whether photos may be downloaded.
 * @property {string} lightboxCss  URL of the lightbox's style sheet.
 */

/** @type {Config} */
export const config = JSON.parse(
  /** @type {HTMLElement} */ (document.getElementById("config")).textContent ?? "{}",
);
