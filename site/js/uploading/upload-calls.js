// Calls of the functions that photos are sent through (functions/uploads/handler.py).

import { invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { renewed } from "../private/pass.js";

/**
 * Who sends, and where to: an event's secret with the guest's own, a member's pass, or nothing for the owner.
 * @typedef {object} Sender
 * @property {boolean} [isOwner]
 * @property {() => Promise<Record<string, string>>} credentials  What says who calls.
 * @property {string} [set]  Guests needn't name it: it is their event's.
 * @property {string} [name]  A guest's first name.
 *
 * @typedef {{name: string, size: number, sha256: string, type: string}} Described
 *
 * @typedef {object} Answer  What is to be done about a file.
 * @property {"send" | "there" | "refused"} do
 * @property {string} [id]
 * @property {import("../aws/send.js").Form} [post]
 * @property {string} [file]
 * @property {string} [code]
 * @property {string} [message]
 * @property {string} [until]
 *
 * @typedef {object} Sent  A photo that was sent.
 * @property {string} id
 * @property {string} state
 * @property {string} [file]
 * @property {number} [size]
 * @property {string} [at]
 * @property {string} [code]
 * @property {string} [message]
 */

/**
 * @param {Sender} sender
 * @param {Described[]} files  At most 50.
 * @returns {Promise<{set: string, waits: boolean, files: Answer[]}>}
 */
export const begin = (sender, files) => call(sender, { action: "begin", files, ...(sender.name && { name: sender.name }) });

/**
 * What became of photos: all that were sent, or those with these ids, at most 100.
 * @param {Sender} sender
 * @param {string[]} [ids]
 * @returns {Promise<Sent[]>}
 */
export const mine = async (sender, ids) => (await seeMine(sender, ids)).photos;

/**
 * The same, and of a guest's event whether it takes more.
 * @param {Sender} sender
 * @param {string[]} [ids]
 * @returns {Promise<{photos: Sent[], is_open?: boolean}>}
 */
export const seeMine = (sender, ids) => call(sender, { action: "mine", ...(ids && { ids }) });

/**
 * @param {Sender} sender
 * @param {string[]} ids
 * @returns {Promise<string[]>}  Those that were the sender's.
 */
export const takeBack = async (sender, ids) => (await call(sender, { action: "take_back", ids })).taken_back;

/**
 * @param {Sender} sender
 * @param {{action: string, [field: string]: unknown}} event
 * @returns {Promise<any>}
 */
async function call(sender, event) {
  const name = sender.isOwner ? config.arrivalsFunction : config.uploadsFunction;
  const set = sender.set ? { set: sender.set } : {};
  const given = await sender.credentials();
  try {
    return (await invoke(name, { ...event, ...set, ...given })).output;
  } catch (error) {
    if (!given.pass || !(error instanceof CodedError && error.code === "SignedOut")) throw error;
    // The door makes a new pass, or finds that this member was signed out on another device: then they are here, too.
    const pass = await renewed(given.pass).catch(() => "");
    if (!pass || pass === given.pass) throw error;
    return (await invoke(name, { ...event, ...set, pass })).output;
  }
}
