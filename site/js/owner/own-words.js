// Sentences of the owner's pages: ceilings, what couldn't be processed, audiences. Without a page.

import { formatTime, t } from "../language.js";

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

/** Why a photo couldn't be processed, and what to do. @param {DeadLetter} letter */
export function deadLetterWords({ code, reason }) {
  /** @type {Record<string, string>} */
  const known = {
    NotAnImage: t("This file isn't a picture that can be shown. Delete it."),
    EmptyFile: t("This file is empty. Delete it, and upload a good copy."),
    DamagedImage: t("This picture is damaged or cut off. Delete it, and upload a good copy."),
    TooLarge: t("This file is too large. Delete it, and upload a smaller copy."),
    TooManyPixels: t("This file is too large. Delete it, and upload a smaller copy."),
    TooComplex: t("No camera writes such a file. Save it again in another program, and upload that."),
    BadName: t("No photo can have this name. Delete it, and upload it under another name."),
    CeilingReached: t("The day's paid calls were used up. Try it again tomorrow."),
    Crashed: t("The program gave up on it: it ran out of time or memory. Try it again, or upload a smaller copy."),
    LostReference: t("Somebody was forgotten, and can't be told from others any more. Look at what it says below."),
  };
  return known[code] ?? t("Something went wrong with it. Try it again.");
}

/** @param {"public" | "link" | "members"} audience */
export const audienceWords = (audience) =>
  ({ public: t("Everybody may see it"), link: t("Only with the link"), members: t("Only members") })[audience];
