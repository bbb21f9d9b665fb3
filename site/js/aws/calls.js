// Signed calls to DynamoDB and Lambda, with the visitor's credentials. Only this folder calls AWS.

import { AwsClient } from "aws4fetch";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { credentials, dropKeys } from "./credentials.js";
import { answerOf, ATTEMPT_MS, serviceUrl } from "./http.js";
import { patiently } from "./patience.js";

/** @typedef {import("./credentials.js").Credentials} Credentials */

// Answers to credentials that have run out, or that the laptop stack has forgotten since it was restarted.
const AUTH_CODES = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);

/**
 * Call a JSON operation of DynamoDB.
 * @param {"Query" | "GetItem" | "BatchGetItem" | "PutItem" | "DeleteItem"} operation
 * @param {object | ((identityId: string) => object)} body  Or what makes it for the visitor's identity.
 * @param {Credentials} [as]  Credentials from earlier; by default the visitor's.
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
 * Invoke one of the site's functions and return its answer. Throws a `CodedError` if the answer is an error.
 * @param {string} name
 * @param {object} event
 * @param {Credentials} [as]  Credentials from earlier; by default the visitor's.
 * @param {number} [attemptMs]  How long an attempt may take.
 * @returns {Promise<any>}
 */
export async function invoke(name, event, as, attemptMs) {
  const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const answer = await signed("lambda", path, event, { "content-type": "application/json" }, as, attemptMs);
  if (answer.statusCode !== 200) {
    throw new CodedError(answer.err?.code ?? "FunctionFailed", answer.err?.message ?? "", answer.err?.until, answer.err?.values);
  }
  return answer;
}

/**
 * @param {string} service
 * @param {string} path
 * @param {object | ((identityId: string) => object)} body
 * @param {Record<string, string>} headers
 * @param {Credentials} [as]
 * @param {number} [attemptMs]
 */
async function signed(service, path, body, headers, as, attemptMs = ATTEMPT_MS) {
  const call = () => patiently(async () => {
    const keys = as ?? (await credentials());
    const content = JSON.stringify(body instanceof Function ? body(keys.identityId) : body);
    // What Lambda refuses for being too much at once isn't asked for three times in a row.
    const client = new AwsClient({ ...keys, service, region: config.region, retries: service === "lambda" ? 0 : 2 });
    const init = { method: "POST", body: content, headers, signal: AbortSignal.timeout(attemptMs) };
    return answerOf(client.fetch(serviceUrl(service) + path, init));
  });
  try {
    return await call();
  } catch (error) {
    if (as || !(error instanceof CodedError && AUTH_CODES.has(error.code))) throw error;
    dropKeys();
    return call();
  }
}
