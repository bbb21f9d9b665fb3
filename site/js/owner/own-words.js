// Sentences of the owner's pages: ceilings, what couldn't be processed, audiences. Without a page.

import { formatNumber, formatTime, t } from "../language.js";

/**
 * @typedef {import("./manage-calls.js").Ceiling} Ceiling
 * @typedef {import("./manage-calls.js").DeadLetter} DeadLetter
 */

/** How much of a day is used up. @param {Ceiling} ceiling */
export function ceilingWords({ purpose, used, most, allowed, until }) {
  /** @type {Record<Ceiling["purpose"], string>} */
  const counted = {
    search: t("%(used)s of %(most)s paid searches today", { used, most }),
    index: t("%(used)s of %(most)s paid calls for new photos today", { used, most }),
    people: t("%(used)s of %(most)s searches today to recognise people", { used, most }),
    removal: t("%(used)s of %(most)s removal requests today", { used, most }),
  };
  const time = until ? formatTime(until) : "";
  const first = `${counted[purpose]}.`;
  if (used >= allowed) return [first, until ? t("There are new ones from %(time)s.", { time }) : t("None are allowed.")].join(" ");
  return allowed < most && until ? [first, t("Up to %(allowed)s until %(time)s.", { allowed, time })].join(" ") : first;
}

// Members see what opens with a link, too.
const WIDEST_FIRST = ["public", "link", "members"];

const OTHER_LETTER = t("Something went wrong with it. Try it again.");

/** Why a photo couldn't be processed, and what to do, by code. @type {Record<string, string>} */
const LETTERS = {
  NotAnImage: t("This file isn't a picture that can be shown. Delete it."),
  EmptyFile: t("This file is empty. Delete it, and upload a good copy."),
  DamagedImage: t("This picture is damaged or cut off. Delete it, and upload a good copy."),
  TooLarge: t("This file is too large. Delete it, and upload a smaller copy."),
  TooManyPixels: t("This file is too large. Delete it, and upload a smaller copy."),
  TooComplex: t("No camera writes such a file. Save it again in another program, and upload that."),
  BadName: t("No photo can have this name. Delete it, and upload it under another name."),
  CeilingReached: t("The day's paid calls were used up. Try it again tomorrow."),
  Crashed: t("The program gave up on it: it ran out of time or memory. Try it again, or upload a smaller copy."),
  LostReference: t("A forgotten person can't be told from others any more. Read what it says below."),
};

/** Why a photo couldn't be processed, and what to do. @param {DeadLetter} letter */
export const deadLetterWords = ({ code }) => LETTERS[code] ?? OTHER_LETTER;

/** Whether that isn't enough without what the program itself says, which is in English. @param {DeadLetter} letter */
export const needsReason = ({ code }) => !(code in LETTERS) || code === "LostReference";

/**
 * What will happen if an audience is changed.
 * @param {import("./manage-calls.js").Audience | "inherited"} wanted
 * @param {import("./manage-calls.js").Overview} seen
 * @param {import("./manage-calls.js").OwnSet | null} set  Null for the site.
 */
export function consequenceWords(wanted, seen, set) {
  const audience = wanted === "inherited" ? seen.audience : wanted;
  const shuts = isNarrowed(set?.audience ?? seen.audience, audience);
  const site = set ? seen.audience : audience;
  /** @type {Record<import("./manage-calls.js").Audience, string>} */
  const who = {
    public: t("Everybody may look, without an account."),
    link: t("Whoever has the secret link may look, and may pass it on. Old links won't work again."),
    members: t("Only people you have invited may look, once they have signed in."),
  };
  const isNarrower = set !== null && wanted !== "inherited" && audience !== "public" && !(site === "members" && audience === "link");
  const others = seen.sets.some((one) => one !== set && !one.inherits);
  return [
    who[audience],
    ...(set ? [] : [t("This applies to all albums without an audience of their own.")]),
    shuts ? t("Anyone who may no longer see it is refused within seconds. The rest takes about a minute.") : t("This takes about a minute."),
    ...(isNarrower || (!set && others)
      ? [t("The front page, the search box and the feeds are emptied, so that they don't give it away. Visitors with JavaScript still see all albums they may see; `kinpics publish` brings the rest back.")]
      : [t("The front page's words, the search and the feeds follow with `kinpics publish`.")]),
  ];
}

/**
 * Whether some who may see it now may no longer then.
 * @param {import("./manage-calls.js").Audience} now
 * @param {import("./manage-calls.js").Audience} then
 */
export const isNarrowed = (now, then) => WIDEST_FIRST.indexOf(then) > WIDEST_FIRST.indexOf(now);

/**
 * How far changes of audiences are.
 * @param {import("./letting-calls.js").Moving[]} moving
 * @param {boolean} [shuts]  Whether some are already refused.
 */
export function movingWords(moving, shuts = true) {
  const all = moving.reduce((sum, { photos }) => sum + photos, 0);
  const left = moving.reduce((sum, one) => sum + one.left, 0);
  const done = { done: formatNumber(all - left), all: formatNumber(all) };
  if (!shuts) return left ? t("%(done)s of %(all)s photos have moved…", done) : t("People and pages are being brought up to date…");
  return left ? t("Closed already. %(done)s of %(all)s photos have moved…", done) : t("Closed already. People and pages are being brought up to date…");
}

/** @param {"public" | "link" | "members"} audience */
export const audienceWords = (audience) =>
  ({ public: t("Everybody may see it"), link: t("Only with the link"), members: t("Only members") })[audience];
