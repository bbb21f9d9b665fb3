// The visitor's removal request, which the removal function keeps for the owner until it is granted or withdrawn.

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { patiently } from "../aws/patience.js";
import { door } from "../photos/read.js";

/**
 * @typedef {import("../aws/credentials.js").Credentials} Credentials
 *
 * @typedef {object} RemovalRequest
 * @property {string} made_at  ISO 8601, UTC.
 * @property {string[]} face_ids
 * @property {string} message
 */

/**
 * The request that the visitor has made, if any.
 * @param {Credentials} [as]  By default the visitor's.
 * @returns {Promise<RemovalRequest | null>}
 */
export const standingRequest = (as) => call({ action: "status" }, as);

/**
 * Ask to be removed from search, instead of what the visitor asked before.
 * @param {string[]} faceIds  The visitor's, best match first.
 * @param {string} message  For the owner.
 */
export const askForRemoval = async (faceIds, message) =>
  call({ action: "ask", face_ids: faceIds.slice(0, config.maxRemovalFaces), message, ...(await (await door())?.withPass()) });

/** @param {Credentials} [as]  By default the visitor's. */
export const withdrawRequest = (as) => call({ action: "withdraw" }, as);

/**
 * @param {object} event
 * @param {Credentials} [as]
 */
async function call(event, as) {
  return (await patiently(() => invoke(config.removalFunction, event, as))).output;
}
