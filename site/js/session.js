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

/** @param {Session | null} kept  Null signs out. */
export function keepSession(kept) {
  memory = null;
  try {
    if (kept) localStorage.setItem(STORE, JSON.stringify(kept));
    else localStorage.removeItem(STORE);
  } catch {
    memory = kept; // storage is full or switched off
  }
}
