// The one module that calls AWS: a visitor's credentials from Cognito, then signed calls to DynamoDB and Lambda.

import { AwsClient } from "aws4fetch";
import { config } from "../config.js";
import { patiently } from "./patience.js";
import { keepSession, session } from "./session.js";

/** A call that failed; `code` is AWS's, or "Offline" where no answer came. */
export class AwsError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [until]  When it works again (ISO 8601), where that is known.
   */
  constructor(code, message, until = "") {
    super(message);
    this.code = code;
    this.until = until;
  }
}

/**
 * @typedef {object} Credentials
 * @property {string} poolId
 * @property {string} identityId
 * @property {string} member  The member's address; empty for a guest.
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {string} sessionToken
 * @property {number} expires  Milliseconds since 1970.
 */

const STORE = "kinpics.credentials";
const RENEW_BEFORE_MS = 5 * 60_000;
const ATTEMPT_MS = 30_000;
// Answers to credentials that have run out, or that an AWS restarted meanwhile has forgotten.
const AUTH_CODES = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const LOST_IDENTITY_CODES = new Set(["NotAuthorizedException", "ResourceNotFoundException"]);
const LOST_SESSION_CODES = new Set(["NotAuthorizedException", "UserNotFoundException", "ResourceNotFoundException"]);

/** @type {Promise<Credentials> | null} */
let pending = null;

/**
 * Call a JSON operation of DynamoDB.
 * @param {"Query" | "GetItem" | "BatchGetItem" | "PutItem" | "DeleteItem"} operation
 * @param {object | ((identityId: string) => object)} body  Or what makes it for a visitor's identity.
 * @param {Credentials} [as]  Credentials from before; by default the visitor's now.
 * @returns {Promise<any>}
 */
export function dynamodb(operation, body, as) {
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
  };
  return signed("dynamodb", "/", body, headers, as);
}

/**
 * Invoke one of the site's functions and return its answer; an error answer is thrown.
 * @param {string} name
 * @param {object} event
 * @param {Credentials} [as]  Credentials from before; by default the visitor's now.
 * @returns {Promise<any>}
 */
export async function invoke(name, event, as) {
  const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const answer = await signed("lambda", path, event, { "content-type": "application/json" }, as);
  if (answer.statusCode !== 200) {
    throw new AwsError(answer.err?.code ?? "FunctionFailed", answer.err?.message ?? "", answer.err?.until);
  }
  return answer;
}

/**
 * Call an operation of the members' user pool, which takes no signature.
 * @param {string} operation
 * @param {object} body
 * @returns {Promise<any>}
 */
export function userPool(operation, body) {
  return unsigned("cognito-idp", `AWSCognitoIdentityProviderService.${operation}`, body);
}

/**
 * @param {string} service
 * @param {string} path
 * @param {object | ((identityId: string) => object)} body
 * @param {Record<string, string>} headers
 * @param {Credentials} [as]
 */
async function signed(service, path, body, headers, as) {
  const call = () => patiently(async () => {
    const keys = as ?? (await credentials());
    const content = JSON.stringify(body instanceof Function ? body(keys.identityId) : body);
    const client = new AwsClient({ ...keys, service, region: config.region, retries: 2 });
    const init = { method: "POST", body: content, headers, signal: AbortSignal.timeout(ATTEMPT_MS) };
    return answer(client.fetch(serviceUrl(service) + path, init));
  });
  try {
    return await call();
  } catch (error) {
    if (as || !(error instanceof AwsError && AUTH_CODES.has(error.code))) throw error;
    forgetCredentials();
    return call();
  }
}

/**
 * The JSON body of an answer; every failure is an `AwsError`.
 * @param {Promise<Response>} request
 */
async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new AwsError("Offline", "no answer");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok && !response.headers.get("x-amz-function-error")) return body;
  const type = body.__type ?? body.Code ?? response.headers.get("x-amzn-errortype") ?? `Http${response.status}`;
  const code = String(type).split(":")[0]?.split("#").pop() ?? "Unknown";
  throw new AwsError(response.ok ? "FunctionFailed" : code, body.message ?? body.Message ?? "");
}

/** @returns {Promise<Credentials>}  The visitor's, a member's or a guest's. */
export function credentials() {
  const kept = known();
  if (kept && kept.expires - RENEW_BEFORE_MS > Date.now()) return Promise.resolve(kept);
  pending ??= renew(kept?.identityId ?? null).finally(() => {
    pending = null;
  });
  return pending;
}

/** Who the visitor is already known as, if anybody; the keys may have run out. */
export function known() {
  const kept = keptCredentials();
  return kept?.poolId === config.identityPoolId && kept.member === (session()?.email ?? "") ? kept : null;
}

/**
 * @param {string | null} identityId  The visitor's identity from an earlier visit.
 * @returns {Promise<Credentials>}
 */
async function renew(identityId) {
  const Logins = await logins();
  const member = session()?.email ?? "";
  let id, given;
  try {
    id = identityId ?? (await identities("GetId", { IdentityPoolId: config.identityPoolId, Logins })).IdentityId;
    given = await identities("GetCredentialsForIdentity", { IdentityId: id, Logins });
  } catch (error) {
    if (!(error instanceof AwsError && LOST_IDENTITY_CODES.has(error.code))) throw error;
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

/** What proves to Cognito who the member is; nothing for a guest. */
async function logins() {
  const { idToken } = (await freshSession()) ?? {};
  return idToken ? { [`cognito-idp.${config.region}.amazonaws.com/${config.userPoolId}`]: idToken } : {};
}

/** The member's session with tokens that are good for a while; a session that has ended leaves a guest. */
export async function freshSession() {
  const kept = session();
  if (!kept || kept.expires - RENEW_BEFORE_MS > Date.now()) return kept;
  try {
    const { AuthenticationResult: given } = await userPool("InitiateAuth", {
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
    if (!(error instanceof AwsError && LOST_SESSION_CODES.has(error.code))) throw error;
    endSession();
  }
  return session();
}

/** @type {Credentials | null} */
let memory = null;

/** @returns {Credentials | null} */
function keptCredentials() {
  try {
    return memory ?? JSON.parse(localStorage.getItem(STORE) ?? "null");
  } catch {
    return null;
  }
}

/** End the member's session here: no token and no key stays, in no tab, and the visitor goes on as a guest. */
export function endSession() {
  keepSession(null);
  memory = pending = null;
  try {
    localStorage.removeItem(STORE);
  } catch {
    // nothing was stored then
  }
}

/** Forget the keys, not who the visitor is. */
function forgetCredentials() {
  const kept = keptCredentials();
  memory = kept && { ...kept, expires: 0 };
  try {
    localStorage.removeItem(STORE);
  } catch {
    // nothing was stored then
  }
}

/**
 * @param {string} operation
 * @param {object} body
 */
const identities = (operation, body) =>
  patiently(() => unsigned("cognito-identity", `AWSCognitoIdentityService.${operation}`, body));

/**
 * @param {string} service
 * @param {string} target
 * @param {object} body
 */
function unsigned(service, target, body) {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  const init = { method: "POST", body: JSON.stringify(body), headers, signal: AbortSignal.timeout(ATTEMPT_MS) };
  return answer(fetch(serviceUrl(service), init));
}

/** @param {string} service */
function serviceUrl(service) {
  return config.endpoint ?? `https://${service}.${config.region}.amazonaws.com`;
}
