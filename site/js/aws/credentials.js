// Who the visitor is to AWS: a guest's or a member's credentials from Cognito, kept in this browser until they run out.

import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { callIdentityPool, callUserPool } from "./http.js";
import { patiently } from "./patience.js";
import { keepSession, session } from "./session.js";

/**
 * @typedef {object} Credentials
 * @property {string} poolId
 * @property {string} identityId
 * @property {string} member  The member's email address; empty for a guest.
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {string} sessionToken
 * @property {number} expires  Milliseconds since 1970.
 */

const STORE = "kinpics.credentials";
const RENEW_BEFORE_MS = 5 * 60_000;
const LOST_IDENTITY_CODES = new Set(["NotAuthorizedException", "ResourceNotFoundException"]);
const LOST_SESSION_CODES = new Set(["NotAuthorizedException", "UserNotFoundException", "ResourceNotFoundException"]);

/** @type {Promise<Credentials> | null} */
let pending = null;
// Where the browser stores nothing.
/** @type {Credentials | null} */
let memory = null;

/** @returns {Promise<Credentials>}  The visitor's, as a member or a guest. */
export function credentials() {
  const kept = known();
  if (kept && kept.expires - RENEW_BEFORE_MS > Date.now()) return Promise.resolve(kept);
  pending ??= renew(kept?.identityId ?? null).finally(() => {
    pending = null;
  });
  return pending;
}

/** Who the visitor is known as already, if this browser has been here before; the keys may have run out. */
export function known() {
  const kept = keptCredentials();
  return kept?.poolId === config.identityPoolId && kept.member === (session()?.email ?? "") ? kept : null;
}

/**
 * @param {string | null} identityId  The visitor's, from an earlier visit.
 * @returns {Promise<Credentials>}
 */
async function renew(identityId) {
  const Logins = await logins();
  const member = session()?.email ?? "";
  let id, given;
  try {
    id = identityId ?? (await ask("GetId", { IdentityPoolId: config.identityPoolId, Logins })).IdentityId;
    given = await ask("GetCredentialsForIdentity", { IdentityId: id, Logins });
  } catch (error) {
    if (!(error instanceof CodedError && LOST_IDENTITY_CODES.has(error.code))) throw error;
    if (!identityId && !member) throw error;
    if (!identityId) endSession(); // the account is gone: the visitor goes on as a guest
    return renew(null);
  }
  if ((session()?.email ?? "") !== member) return renew(null); // signed in or out meanwhile
  /** @type {Credentials} */
  const fresh = {
    poolId: config.identityPoolId,
    identityId: given.IdentityId ?? id,
    member,
    accessKeyId: given.Credentials.AccessKeyId,
    secretAccessKey: given.Credentials.SecretKey,
    sessionToken: given.Credentials.SessionToken,
    expires: given.Credentials.Expiration * 1000,
  };
  try {
    localStorage.setItem(STORE, JSON.stringify(fresh));
    memory = null;
  } catch {
    memory = fresh; // storage is full or switched off
  }
  return fresh;
}

/**
 * @param {string} operation  Of the identity pool, which can be too busy.
 * @param {object} body
 */
const ask = (operation, body) => patiently(() => callIdentityPool(operation, body));

/** What proves to Cognito who the member is; nothing for a guest. */
async function logins() {
  const { idToken } = (await freshSession()) ?? {};
  return idToken ? { [`cognito-idp.${config.region}.amazonaws.com/${config.userPoolId}`]: idToken } : {};
}

/** The member's session, with tokens that will last a while; null for a guest, or once the session has ended. */
export async function freshSession() {
  const kept = session();
  if (!kept || kept.expires - RENEW_BEFORE_MS > Date.now()) return kept;
  try {
    const { AuthenticationResult: given } = await callUserPool("InitiateAuth", {
      ClientId: config.userPoolClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: kept.refreshToken },
    });
    if (session()?.refreshToken !== kept.refreshToken) return session(); // signed out meanwhile
    keepSession({
      ...kept,
      idToken: given.IdToken,
      accessToken: given.AccessToken,
      expires: Date.now() + given.ExpiresIn * 1000,
    });
  } catch (error) {
    if (!(error instanceof CodedError && LOST_SESSION_CODES.has(error.code))) throw error;
    endSession();
  }
  return session();
}

/** @returns {Credentials | null} */
function keptCredentials() {
  try {
    return memory ?? JSON.parse(localStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/** End the member's session here: no token and no key stays in any tab, and the visitor goes on as a guest. */
export function endSession() {
  keepSession(null);
  pending = null;
  drop(null);
}

/** Drop the keys, but remember who the visitor is. */
export function dropKeys() {
  const kept = keptCredentials();
  drop(kept && { ...kept, expires: 0 });
}

/** @param {Credentials | null} left  What stays in memory. */
function drop(left) {
  memory = left;
  try {
    localStorage.removeItem(STORE);
  } catch {
    // nothing was stored then
  }
}
