// A private address: a page that shows one person's photos, new ones too. Its secret is made here, and stands after the # of
// the address, which no browser sends to a site. What the page reads lies under the secret's digest.

import pages from "../../pages.json" with { type: "json" };
import { invoke } from "../aws/calls.js";
import { patiently } from "../aws/patience.js";
import { config } from "../config.js";
import { door } from "../photos/read.js";

const SECRET_BYTES = 16;
const SECRET = /^[\w-]{22}$/;
const ID_DIGITS = 32;

/** 128 bits, in 22 characters. */
export function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The secret in an address.
 * @param {string} hash  With its #.
 * @returns {string}  Empty if it isn't whole.
 */
export const secretIn = (hash) => (SECRET.test(hash.slice(1)) ? hash.slice(1) : "");

/** What an address is called on the site; functions/posted_table.py makes the same. @param {string} secret */
export async function idOf(secret) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, ID_DIGITS);
}

/** @param {string} secret */
export const pageUrl = (secret) => `${pages.posted.path}#${secret}`;

/** @param {string} id */
export const photosUrl = (id) => `${pages.posted.path}${id}/photos.json`;

/** @param {string} id */
export const feedUrl = (id) => `${pages.posted.path}${id}/feed.xml`;

/**
 * Let an address show the photos of whoever has these faces.
 * @param {string} secret
 * @param {string[]} faceIds  The surest first.
 */
export async function keepPosted(secret, faceIds) {
  const { lang } = document.documentElement;
  await call({ action: "keep", secret, face_ids: faceIds, language: lang, ...(await (await door())?.withPass()) });
}

/** Keep an address for another year. @param {string} secret */
export const renew = (secret) => call({ action: "renew", secret });

/** Delete what the site keeps of an address. @param {string} secret */
export const stop = (secret) => call({ action: "stop", secret });

/** @param {object} event */
const call = (event) => patiently(() => invoke(config.removalFunction, event));
