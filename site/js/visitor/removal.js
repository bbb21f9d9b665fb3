// The visitor's removal request: what the removal function keeps for the owner, until it is granted or taken back.

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { patiently } from "../aws/patience.js";

/**
 * @typedef {import("../aws/calls.js").Credentials} Credentials
 *
 * @typedef {object} RemovalRequest
 * @property {string} made_at  ISO 8601, UTC.
 * @property {string[]} face_ids
 * @property {string} message
 */

// As in functions/removal/removal_request.py.
const MAX_FACES = 100;

/**
 * The request that stands, if any.
 * @param {Credentials} [as]  By default the visitor's now.
 * @returns {Promise<RemovalRequest | null>}
 */
export const standingRequest = (as) => call({ action: "status" }, as);

/**
 * Ask to be removed from search; replaces what was asked before.
 * @param {string[]} faceIds  Of the visitor, most alike first.
 * @param {string} message  For the owner.
 */
export const askForRemoval = (faceIds, message) =>
  call({ action: "ask", face_ids: faceIds.slice(0, MAX_FACES), message });

/** @param {Credentials} [as]  By default the visitor's now. */
export const withdrawRequest = (as) => call({ action: "withdraw" }, as);

/**
 * @param {object} event
 * @param {Credentials} [as]
 */
async function call(event, as) {
  return (await patiently(() => invoke(config.removalFunction, event, as))).output;
}
