// The one module that calls AWS: guest credentials from Cognito, then signed calls to DynamoDB and Lambda.

import { AwsClient } from "aws4fetch";
import { config } from "./config.js";

/** A call that failed; `code` is AWS's, or "Offline" where no answer came. */
export class AwsError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @typedef {object} Credentials
 * @property {string} poolId
 * @property {string} identityId
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

/** @type {Promise<Credentials> | null} */
let pending = null;

/**
 * Call a JSON operation of DynamoDB.
 * @param {"Query" | "GetItem" | "BatchGetItem"} operation
 * @param {object} body
 * @returns {Promise<any>}
 */
export function dynamodb(operation, body) {
  return signed("dynamodb", "/", body, {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
  });
}

/**
 * Invoke a Lambda function and return its answer.
 * @param {string} name
 * @param {object} event
 * @returns {Promise<any>}
 */
export function invoke(name, event) {
  return signed("lambda", `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, event, {
    "content-type": "application/json",
  });
}

/**
 * @param {string} service
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} headers
 */
async function signed(service, path, body, headers) {
  const url = serviceUrl(service) + path;
  const init = { method: "POST", body: JSON.stringify(body), headers };
  try {
    return await send(service, url, init, await credentials());
  } catch (error) {
    if (!(error instanceof AwsError && AUTH_CODES.has(error.code))) throw error;
    forgetCredentials();
    return send(service, url, init, await credentials());
  }
}

/**
 * @param {string} service
 * @param {string} url
 * @param {{method: string, body: string, headers: Record<string, string>}} init
 * @param {Credentials} keys
 */
async function send(service, url, init, keys) {
  const client = new AwsClient({ ...keys, service, region: config.region, retries: 2 });
  return answer(client.fetch(url, { ...init, signal: AbortSignal.timeout(ATTEMPT_MS) }));
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

/** @returns {Promise<Credentials>} */
function credentials() {
  const kept = keptCredentials();
  if (kept && kept.poolId === config.identityPoolId && kept.expires - RENEW_BEFORE_MS > Date.now()) {
    return Promise.resolve(kept);
  }
  pending ??= renew(kept?.poolId === config.identityPoolId ? kept.identityId : null).finally(() => {
    pending = null;
  });
  return pending;
}

/**
 * @param {string | null} identityId  The visitor's identity from an earlier visit.
 * @returns {Promise<Credentials>}
 */
async function renew(identityId) {
  const id = identityId ?? (await cognito("GetId", { IdentityPoolId: config.identityPoolId })).IdentityId;
  let given;
  try {
    given = await cognito("GetCredentialsForIdentity", { IdentityId: id });
  } catch (error) {
    if (identityId && error instanceof AwsError && LOST_IDENTITY_CODES.has(error.code)) return renew(null);
    throw error;
  }
  /** @type {Credentials} */
  const fresh = {
    poolId: config.identityPoolId,
    identityId: id,
    accessKeyId: given.Credentials.AccessKeyId,
    secretAccessKey: given.Credentials.SecretKey,
    sessionToken: given.Credentials.SessionToken,
    expires: given.Credentials.Expiration * 1000,
  };
  try {
    localStorage.setItem(STORE, JSON.stringify(fresh));
  } catch {
    memory = fresh; // storage is full or switched off
  }
  return fresh;
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
function cognito(operation, body) {
  return answer(
    fetch(serviceUrl("cognito-identity"), {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityService.${operation}`,
      },
      signal: AbortSignal.timeout(ATTEMPT_MS),
    }),
  );
}

/** @param {string} service */
function serviceUrl(service) {
  return config.endpoint ?? `https://${service}.${config.region}.amazonaws.com`;
}
