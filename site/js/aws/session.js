// A member's session, as this browser keeps it: the user pool's tokens.

/**
 * @typedef {object} Session
 * @property {string} email
 * @property {string} idToken
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} expires  Of the two tokens in the middle: milliseconds since 1970.
 */

const STORE = "kinpics.session";

/** @type {Session | null} */
let memory = null;
// The member that this page is for; signing out here needs no reload.
let shown = session()?.email;

/** @returns {Session | null}  Null for a guest. */
export function session() {
  try {
    return memory ?? JSON.parse(localStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/** Reload this page once its member has signed out elsewhere: in another tab, or on the page after it. */
export function watchSignOut() {
  const look = () => {
    if (shown && session()?.email !== shown) location.reload();
  };
  addEventListener("storage", look);
  addEventListener("pageshow", (event) => event.persisted && look());
}

/** @param {Session | null} kept  Null for a guest; to sign out, `endSession` drops the keys too. */
export function keepSession(kept) {
  memory = null;
  shown = kept?.email;
  try {
    if (kept) localStorage.setItem(STORE, JSON.stringify(kept));
    else localStorage.removeItem(STORE);
  } catch {
    memory = kept; // storage is full or switched off
  }
}
