// Who adds photos: the owner, or a member who may; and to which albums.

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { forgetUninvited, goodPass } from "../private/pass.js";
import { isOwner } from "../visitor/owner.js";

/**
 * @typedef {object} Contributor
 * @property {boolean} isOwner  Who may also begin new albums.
 * @property {() => Promise<Record<string, string>>} credentials
 * @property {{name: string, title: string}[]} sets  That they may add to, newest first.
 */

// Whoever isn't invited, or has left, adds nothing.
const NOBODY = new Set(["NotInvited", "NotAllowed", "SignedOut", "AccessDeniedException"]);

/** @returns {Promise<Contributor | null>}  Null for who may add nothing. Throws a `CodedError`. */
export async function findContributor() {
  const owner = isOwner();
  if (!owner && !config.takesPhotos) return null;
  forgetUninvited(); // whoever comes to add photos has perhaps just been invited
  const credentials = async () => /** @type {Record<string, string>} */ (owner ? {} : { pass: await goodPass() });
  const name = owner ? config.arrivalsFunction : config.uploadsFunction;
  try {
    const { output } = await invoke(name, { action: "sets", ...(await credentials()) });
    return { isOwner: owner, credentials, sets: output.sets };
  } catch (error) {
    if (error instanceof CodedError && NOBODY.has(error.code)) return null;
    throw error;
  }
}
