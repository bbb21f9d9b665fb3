// Calls to the manage function about audiences, links, members and events, with the shapes of its answers (docs/data.md).

import { callManage } from "../visitor/owner.js";

/**
 * @typedef {import("./manage-calls.js").Audience} Audience
 *
 * @typedef {object} Moving
 * @property {string | null} set  Null for the site.
 * @property {number} photos
 * @property {number} left
 *
 * @typedef {object} Member
 * @property {string} email
 * @property {string[] | null} sets  Null for all.
 * @property {boolean} may_add
 * @property {boolean} owner
 * @property {string | null} invited_at
 *
 * @typedef {object} OwnEvent
 * @property {string} set
 * @property {string} title
 * @property {boolean} is_open
 * @property {boolean} at_once
 * @property {number | null} closes_at  In seconds since 1970.
 * @property {number} limit  Photos a day for each guest.
 * @property {string[]} helpers  Email addresses.
 * @property {string} guests  Paths on this site.
 * @property {string} slideshow
 * @property {string} helping
 *
 * @typedef {{title?: string, at_once?: boolean, closes_at?: number, limit?: number, helpers?: string[]}} EventChange
 */

// The function works at most so long (template.yaml).
const MOVE_MS = 125_000;

/** The site is meant by no set. @param {string | null} set */
const of = (set) => (set === null ? {} : { set });

/**
 * @param {string | null} set
 * @param {Audience | "inherited"} audience
 * @returns {Promise<{changed: boolean, photos: number, link: string | null}>}
 */
export const changeAudience = (set, audience) => callManage({ action: "audience", ...of(set), audience }, MOVE_MS);

/** Finish what was stopped. @returns {Promise<{moving: Moving[]}>} */
export const settleAudiences = () => callManage({ action: "settle" }, MOVE_MS);

/** @returns {Promise<Moving[]>} */
export const readProgress = async () => (await callManage({ action: "progress" })).moving;

/** The path of a link; null if no link opens it. @param {string | null} set @returns {Promise<string | null>} */
export const readLink = async (set) => (await callManage({ action: "link", ...of(set) })).link;

/** @param {string | null} set @returns {Promise<string>} */
export const renewLink = async (set) => (await callManage({ action: "new_link", ...of(set) })).link;

/** @returns {Promise<Member[]>} */
export const readMembers = async () => (await callManage({ action: "members" })).members;

/**
 * @param {string} email
 * @param {{sets: string[] | null, may_add: boolean}} rights
 * @returns {Promise<Member & {mailed: boolean, password: string | null}>}
 */
export const invite = (email, rights) => callManage({ action: "invite", email, ...rights });

/** @param {string} email @param {{sets: string[] | null, may_add: boolean}} rights @returns {Promise<Member>} */
export const changeMember = (email, rights) => callManage({ action: "change_member", email, ...rights });

/** @param {string} email @returns {Promise<{account_gone: boolean}>} */
export const removeMember = (email) => callManage({ action: "remove_member", email });

/** @param {string} email */
export const signOutMember = (email) => callManage({ action: "sign_out_member", email });

/** @returns {Promise<OwnEvent[]>} */
export const readEvents = async () => (await callManage({ action: "events" })).events;

/** Open a set to guests, or change how it is open. @param {string} set @param {EventChange} change @returns {Promise<OwnEvent>} */
export const changeEvent = (set, change) => callManage({ action: "event", set, ...change });

/** @param {string} set @returns {Promise<OwnEvent>} */
export const closeEvent = (set) => callManage({ action: "close_event", set });

/** @param {string} set @returns {Promise<OwnEvent>} */
export const renewEvent = (set) => callManage({ action: "renew_event", set });
