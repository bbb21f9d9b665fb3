// The pass: what shows that this browser was let into a private album. The gate gives it for a link, the door for a
// member; it is in a cookie, which the gate reads, and scripts show it to the functions. Loaded where there may be one.

import { endSession, freshSession } from "../aws/credentials.js";
import { invoke } from "../aws/calls.js";
import { patiently } from "../aws/patience.js";
import { session } from "../aws/session.js";
import { config, PASS_COOKIE } from "../config.js";
import { CodedError } from "../errors.js";

// As functions/access/passes.py has it; a pass is made anew when half of that is left.
const PASS_MS = 6 * 3_600_000;
// As the gate sets it.
const ATTRIBUTES = "Secure; SameSite=Lax; Path=/";
const KEEP_SECONDS = 30 * 86_400;
// Whoever isn't invited is asked about again after so long.
const UNINVITED = "kinpics.uninvited";
const UNINVITED_MS = 3_600_000;

// Where the gate makes no new one, since the link is gone, it isn't asked again for so long.
const ASKED_MS = 600_000;
let askedAt = -Infinity;
/** @type {Promise<string> | null} */
let pending = null;
// Where the browser keeps no cookies.
let memory = "";

/** The pass as this browser has it; empty if it has none. */
export function keptPass() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(PASS_COOKIE));
  return found?.slice(PASS_COOKIE.length) || memory;
}

/**
 * A pass that will last a while; empty if this browser was never let in. A member's is made anew here, from their sign-in.
 * @returns {Promise<string>}
 */
export function goodPass() {
  const kept = keptPass();
  const lasts = endOf(kept) - Date.now() > PASS_MS / 2;
  if (lasts && (isMembers(kept) || !mayEnter())) return Promise.resolve(kept);
  return renewed(kept);
}

/**
 * A new pass in place of one that counts no more; the same one if there is no other.
 * @param {string} kept
 * @returns {Promise<string>}
 */
export function renewed(kept) {
  pending ??= renew(kept).finally(() => {
    pending = null;
  });
  return pending;
}

/**
 * Let the member who is signed in here come in. Throws a `CodedError` if they aren't invited, or signed in no more.
 * @returns {Promise<string>}  Empty if nobody is signed in.
 */
export async function enter() {
  const token = (await freshSession())?.accessToken;
  if (!token) return "";
  const kept = keptPass();
  const event = { action: "enter", token, ...(kept ? { pass: kept } : {}) };
  try {
    const { pass } = await patiently(() => invoke(config.doorFunction, event));
    keep(pass);
    forgetUninvited();
    return pass;
  } catch (error) {
    if (error instanceof CodedError && error.code === "NotInvited") noteUninvited();
    if (error instanceof CodedError && error.code === "SignedOut") endSession(); // on another device, everywhere
    throw error;
  }
}

/** Forget the pass: whoever comes next with this browser sees what a stranger sees. */
export function dropPass() {
  memory = "";
  pending = null;
  document.cookie = `${PASS_COOKIE}; ${ATTRIBUTES}; Max-Age=0`;
}

/** @param {string} kept */
async function renew(kept) {
  if (mayEnter()) {
    try {
      return await enter();
    } catch (error) {
      if (!(error instanceof CodedError && (error.code === "NotInvited" || error.code === "SignedOut"))) throw error;
      if (!kept) return "";
      if (isMembers(kept)) throw error;
    }
  } else if (kept && endOf(kept) - Date.now() < PASS_MS / 2 && performance.now() - askedAt > ASKED_MS) {
    askedAt = performance.now();
    // The gate makes a link's pass anew with any page that it opens.
    await fetch(location.href, { cache: "no-store" }).catch(() => {});
  }
  return keptPass();
}

/** Whether somebody is signed in here who may be a member. */
function mayEnter() {
  const email = session()?.email;
  if (!email) return false;
  try {
    const { who, until } = JSON.parse(localStorage.getItem(UNINVITED) ?? "{}");
    return who !== email || until < Date.now();
  } catch {
    return true;
  }
}

/** Ask at the door again: somebody who wasn't invited may be by now. */
export function forgetUninvited() {
  try {
    localStorage.removeItem(UNINVITED);
  } catch {
    // nothing was stored then
  }
}

function noteUninvited() {
  try {
    localStorage.setItem(UNINVITED, JSON.stringify({ who: session()?.email, until: Date.now() + UNINVITED_MS }));
  } catch {
    // storage is full or switched off: then the door is asked again
  }
}

/** @param {string} pass */
function keep(pass) {
  document.cookie = `${PASS_COOKIE}${pass}; ${ATTRIBUTES}; Max-Age=${KEEP_SECONDS}`;
  memory = pass;
}

/** When a pass ends, in milliseconds since 1970. @param {string} pass */
const endOf = (pass) => Number(pass.split(".")[3] ?? 0) * 1000;

/** @param {string} pass */
const isMembers = (pass) => /[.~]m[0-9a-f]{32}-/.test(pass);
