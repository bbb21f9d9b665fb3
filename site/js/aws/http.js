// Calls to AWS's HTTP interfaces: where a service is, calls without a signature, and what an answer says.

import { config } from "../config.js";
import { CodedError } from "../errors.js";

export const ATTEMPT_MS = 30_000;

/** @param {string} service */
export function serviceUrl(service) {
  // In the home network, pages of a laptop come over HTTPS, and its AWS is at their own origin (local/home/).
  if (config.endpoint?.startsWith("http:") && location.protocol === "https:") return location.origin;
  return config.endpoint ?? `https://${service}.${config.region}.amazonaws.com`;
}

/** Where S3 is reached by an address that a function signed: a laptop's pages may be elsewhere than it knows. @param {string} url */
export function signedUrl(url) {
  const { pathname, search } = new URL(url);
  return config.endpoint ? serviceUrl("s3") + pathname + search : url;
}

/**
 * Call an operation of the members' user pool, which takes no signature.
 * @param {string} operation
 * @param {object} body
 */
export function callUserPool(operation, body) {
  return unsigned("cognito-idp", `AWSCognitoIdentityProviderService.${operation}`, body);
}

/**
 * Call an operation of the visitors' identity pool, which takes no signature.
 * @param {string} operation
 * @param {object} body
 */
export function callIdentityPool(operation, body) {
  return unsigned("cognito-identity", `AWSCognitoIdentityService.${operation}`, body);
}

/**
 * The JSON body of an answer. Throws a `CodedError` if there is no answer, or if it is an error.
 * @param {Promise<Response>} request
 * @returns {Promise<any>}
 */
export async function answerOf(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new CodedError("Offline", "no answer");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok && !response.headers.get("x-amz-function-error")) return body;
  const type = body.__type ?? body.Code ?? response.headers.get("x-amzn-errortype") ?? `Http${response.status}`;
  const code = String(type).split(":")[0]?.split("#").pop() ?? "Unknown";
  if (code === "LoggedOut") location.reload(); // to the login of the home network
  throw new CodedError(response.ok ? "FunctionFailed" : code, body.message ?? body.Message ?? "");
}

/**
 * @param {string} service
 * @param {string} target
 * @param {object} body
 */
function unsigned(service, target, body) {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  const init = { method: "POST", body: JSON.stringify(body), headers, signal: AbortSignal.timeout(ATTEMPT_MS) };
  return answerOf(fetch(serviceUrl(service), init));
}
