// Words that pages share: what went wrong, and how to say a number, a day or a similarity.

import { CodedError } from "./errors.js";

// A page never asks for anything that visitors aren't allowed, so a refusal means that the site is closed.
const CLOSED = "This site is closed for now. Nothing is lost. Please come back later.";
const BUSY = "The site is busy right now. Try again in a moment.";
const OUTDATED = "This page is out of date. Reload it, then try again.";

/** Shown while a page waits for a busy site. */
export const WAITING = "The site is busy right now. This page will keep trying.";

/** @type {Record<string, string | ((until: string) => string)>} */
const PROBLEMS = {
  // The site
  Offline: "This page can't reach the site. Check your connection, then try again.",
  AccessDenied: CLOSED,
  AccessDeniedException: CLOSED,
  NotAuthorizedException: CLOSED,
  ThrottlingException: BUSY,
  TooManyRequestsException: BUSY,
  ProvisionedThroughputExceededException: BUSY,
  TooManyRequests: "A lot of people are searching right now. Try again in a moment.",
  FunctionFailed: "The site didn't respond properly. Try again in a moment.",
  InvalidRequest: OUTDATED,
  InvalidParameter: OUTDATED,
  InvalidCollection: OUTDATED,
  NoVisitor: OUTDATED,

  // Searches and removal requests
  CeilingReached: (until) => `This site has reached its limit for new searches.${again(until)} You can still repeat earlier searches.`,
  AllowanceReached: (until) => `You've reached your limit for new searches today.${again(until)} You can still repeat earlier searches.`,
  TooManyRemovalRequests: (until) =>
    `This site can't take any more removal requests for now.${again(until)} If you made one earlier, it still counts.`,
  SearchFailed: "The search didn't work. Try again in a moment.",
  RemovalFailed: "That didn't work. Try again in a moment.",
  InvalidMessage: "Your message to the owner is too long. Shorten it, then try again.",
  FaceNotFound: "No photo on this site shows that face any more.",
  InvalidFaceId: "This link doesn't lead to a face on this site. Part of it may be missing.",

  // The camera
  CameraRefused: "Your browser didn't let this page use the camera. Allow it in the browser's settings, or choose a picture instead.",
  CameraMissing: "No camera found. Choose a picture instead.",
  CameraBusy: "The camera didn't start. Another app may be using it: close that app, or choose a picture instead.",

  // The visitor's picture
  UnreadablePicture: "Your browser can't open this file as a picture. Try a JPEG or a PNG.",
  InvalidImage: "This picture won't work for a search. Try a larger JPEG or PNG.",
  ImageTooLarge: "This picture is too large for a search. Try a smaller one.",
  NoFace: "There doesn't seem to be a face in this picture. Try a brighter one, taken closer up, facing the camera.",
  FaceTooSmall: "The face is too small to recognise. Try a picture taken closer up.",
  FaceTooDark: "The face is too dark to recognise. Try a picture with light on your face.",
  FaceTooBlurred: "The face is too blurry to recognise. Hold the camera still and try again.",
};

/** @param {string} until  When it works again (ISO 8601); empty if nobody knows. */
function again(until) {
  const time = new Date(until).toLocaleTimeString(undefined, { timeStyle: "short" });
  return until ? ` Try again after ${time}.` : "";
}

/**
 * What went wrong, as visitors read it.
 * @param {unknown} error
 * @param {Record<string, string>} [own]  The page's own words, by code.
 */
export function inWords(error, own = {}) {
  const code = error instanceof CodedError ? error.code : "Unexpected";
  if (!(error instanceof CodedError)) console.error(error);
  const words = own[code] ?? PROBLEMS[code] ?? `Something went wrong (${code}). Try again in a moment.`;
  return words instanceof Function ? words(/** @type {CodedError} */ (error).until) : words;
}

/**
 * "1 photo", "2 photos".
 * @param {number} number
 * @param {string} noun
 */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** A day as the visitor's language writes it. @param {string} moment  ISO 8601. */
export const dayOf = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "long" });

/**
 * A similarity in percent, never rounded up: only the clicked face itself is 100% similar.
 * @param {number} similarity
 */
export function percent(similarity) {
  if (similarity < 1) return "less than 1%";
  if (similarity < 99 || similarity === 100) return `${Math.floor(similarity)}%`;
  return `${Math.floor(similarity * 10) / 10}%`;
}
