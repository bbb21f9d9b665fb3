// The owner, signed in: what only the owner may call. Pages load their tools for it once `isOwner` says so.

import { invoke } from "../aws/calls.js";
import { session } from "../aws/session.js";
import { config } from "../config.js";

// The user pool's group, in template.yaml.
const GROUP = "owner";

/** Whether who is signed in here is the owner. AWS decides what the owner may do; this decides what pages show. */
export function isOwner() {
  const payload = session()?.idToken.split(".")[1] ?? "";
  try {
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return (claims["cognito:groups"] ?? []).includes(GROUP);
  } catch {
    return false;
  }
}

/**
 * Call the people function as the owner. Throws a `CodedError` if the answer is an error.
 * @param {{ action: string, [field: string]: unknown }} call  Its action and fields: docs/data.md.
 * @returns {Promise<any>}  The answer's output.
 */
export async function callPeople(call) {
  return (await invoke(config.peopleFunction, { by: session()?.email ?? "", ...call })).output;
}

/**
 * Call the manage function as the owner. Throws a `CodedError` if the answer is an error.
 * @param {{ action: string, [field: string]: unknown }} call  Its action and fields: docs/data.md.
 * @param {number} [attemptMs]  How long it may take.
 * @returns {Promise<any>}  The answer's output.
 */
export async function callManage(call, attemptMs) {
  return (await invoke(config.manageFunction, { by: session()?.email ?? "", ...call }, undefined, attemptMs)).output;
}
