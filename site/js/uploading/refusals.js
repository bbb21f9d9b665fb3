// Why a photo isn't sent, or isn't shown, in words. The functions' codes: functions/uploads and functions/arrivals.

import { formatTime, t } from "../language.js";
import { OFFLINE } from "../words.js";

const CLOSED = t("This album takes no more photos.");
const NOT_ALLOWED = t("You can't add photos to this album. Ask its owner.");
const AGAIN = t("That didn't work. Try again in a moment.");

// The same file would be refused again.
const FINAL = new Set(["EmptyFile", "NotAPhoto", "Film", "TooLarge", "BadName", "Twice", "NotWanted", "DamagedImage", "NotAnImage", "TooComplex", "TooManyPixels"]);

/** @type {Record<string, string>} */
const REFUSALS = {
  // The file
  EmptyFile: t("This file is empty."),
  NotAPhoto: t("This isn't a photo, whatever its name says. JPEG, PNG, HEIC, WebP, AVIF, TIFF and GIF work."),
  Film: t("This is a film, and only photos can be added here. Give it to the album's owner, who can add it."),
  TooLarge: t("This file is too large: the limit is 200 MB."),
  BadName: t("A photo can't have this name. Rename the file and try again."),
  // What only processing finds out (functions/process/images.py)
  DamagedImage: t("This photo is damaged: part of it is missing. Choose it again, or send another copy."),
  NotAnImage: t("This photo can't be read. Open it in a photo app, save it as a JPEG, and add that."),
  TooComplex: t("This photo can't be read. Open it in a photo app, save it as a JPEG, and add that."),
  TooManyPixels: t("This photo has too many pixels. Make it smaller and add it again."),
  Twice: t("You chose this photo twice: once is enough."),
  Unreadable: t("Your browser can't read this file. Choose it again."),
  NotWanted: t("The owner has decided not to show this photo."),
  // On the way
  Cancelled: t("Cancelled."),
  OtherBytes: t("This photo was damaged on its way. Try again."),
  Lost: t("This photo was lost on its way. Try again."),
  Offline: OFFLINE,
  // Who sends it, and where to
  NoEvent: t("This link doesn't work any more. Ask for a new one."),
  EventClosed: CLOSED,
  NotAllowed: NOT_ALLOWED,
  SignedOut: t("You aren't signed in any more."),
  AccessDeniedException: NOT_ALLOWED,
  NoSet: t("There's no album with this name. Only the owner can start a new one."),
  UploadsFailed: AGAIN,
};

/**
 * @param {string} code
 * @param {string} [until]  When it works again (ISO 8601), if that is known.
 */
export function refusalInWords(code, until = "") {
  if (code === "TooManyFiles" || code === "TooManyBytes") {
    const full = t("That's as many photos as can be added today.");
    return until ? `${full} ${t("Try again after %(time)s.", { time: formatTime(until) })}` : full;
  }
  return REFUSALS[code] ?? AGAIN;
}

/** What sending waits for. @param {"offline" | "busy"} why */
export const waitingInWords = (why) =>
  why === "offline"
    ? t("The connection is lost. Sending goes on by itself once it's back.")
    : t("Many people are adding photos right now. This page goes on by itself: leave it open.");

/** Whether trying again may help. @param {string} code */
export const mayHelp = (code) => !FINAL.has(code);
