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

/** @returns {Session | null}  Null for a guest. */
export function session() {
  try {
    return memory ?? JSON.parse(localStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Show a page anew once its member is signed out elsewhere: in another tab, or on the page after it.
 */
export function watchSignOut() {
  const member = session()?.email;
  const look = () => {
    if (member && session()?.email !== member) location.reload();
  };
  addEventListener("storage", look);
  addEventListener("pageshow", (event) => event.persisted && look());
}

/** @param {Session | null} kept  Null for a guest; to sign out, `endSession` drops the keys too. */
export function keepSession(kept) {
  memory = null;
  try {
    if (kept) localStorage.setItem(STORE, JSON.stringify(kept));
    else localStorage.removeItem(STORE);
  } catch {
    memory = kept; // storage is full or switched off
  }
}
