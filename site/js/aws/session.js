// The session of a member, as this browser keeps it: the user pool's tokens.

/**
 * @typedef {object} Session
 * @property {string} email
 * @property {string} idToken
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} expires  When the id token and the access token end: milliseconds since 1970.
 */

const STORE = "kinpics.session";

/** @type {Session | null} */
let memory = null;
// The member whose page this is. Signing out on this page needs no reload.
let shown = session()?.email;

/** @returns {Session | null}  Null for a guest. */
export function session() {
  try {
    return memory ?? JSON.parse(localStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Reload this page when its member signs out elsewhere: in another tab, or on a page the visitor comes back from. What this
 * tab remembers of albums goes first.
 */
export function watchSignOut() {
  const check = () => {
    if (!shown || session()?.email === shown) return;
    sessionStorage.clear();
    location.reload();
  };
  addEventListener("storage", check);
  addEventListener("pageshow", (event) => event.persisted && check());
}

/** @param {Session | null} kept  Null for a guest. To sign out, call `endSession`, which drops the keys too. */
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
