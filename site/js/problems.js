// What went wrong, in words. Loaded when something does.

import { CodedError } from "./errors.js";
import { formatTime, t } from "./language.js";
import { linkIn } from "./private/forget.js";
import { OFFLINE } from "./words.js";

// A page never asks for anything that visitors aren't allowed, so a refusal means that the site is closed.
const CLOSED = t("This site is closed for now. Nothing is lost. Please come back later.");
const BUSY = t("The site is busy right now. Try again in a moment.");
const OUTDATED = t("This page is out of date. Reload it, then try again.");
// Never says whether there is such an album.
const LEFT_OUTSIDE = t("This album isn't here any more, or not for you: open the link you were sent, or sign in.");

/** @type {Record<string, string | ((until: string) => string)>} */
const PROBLEMS = {
  // The site
  Offline: OFFLINE,
  AccessDenied: CLOSED,
  AccessDeniedException: CLOSED,
  NotAuthorizedException: CLOSED,
  ThrottlingException: BUSY,
  TooManyRequestsException: BUSY,
  ProvisionedThroughputExceededException: BUSY,
  TooManyRequests: t("A lot of people are searching right now. Try again in a moment."),
  FunctionFailed: t("The site didn't respond properly. Try again in a moment."),
  InvalidRequest: OUTDATED,
  InvalidParameter: OUTDATED,
  InvalidCollection: OUTDATED,
  InvalidGallery: OUTDATED,
  GalleryNotFound: OUTDATED,
  NoVisitor: OUTDATED,

  // Sharing
  PhotosReady: t("The photos are ready."),

  // Searches and removal requests
  CeilingReached: (until) =>
    sentences(
      t("This site has reached its limit for new searches."),
      again(until),
      t("You can still repeat earlier searches."),
    ),
  AllowanceReached: (until) =>
    sentences(
      t("You've reached your limit for new searches today."),
      again(until),
      t("You can still repeat earlier searches."),
    ),
  TooManyRemovalRequests: (until) =>
    sentences(
      t("This site can't take any more removal requests for now."),
      again(until),
      t("If you've already made one, it still stands."),
    ),
  SearchFailed: t("The search didn't work. Try again in a moment."),
  RemovalFailed: t("That didn't work. Try again in a moment."),
  PostedFailed: t("That didn't work. Try again in a moment."),
  TooManyAddresses: BUSY, // the page that asks has a sentence of its own
  AddressClosed: OUTDATED,
  InvalidSecret: OUTDATED,
  InvalidMessage: t("Your message to the owner is too long. Shorten it, then try again."),
  FaceNotFound: t("No photo on this site shows that face any more."),
  InvalidFaceId: t("This link doesn't lead to a face on this site. Part of it may be missing."),

  // Private albums
  PassEnded: LEFT_OUTSIDE,
  NotShared: LEFT_OUTSIDE,
  NotInvited: LEFT_OUTSIDE,
  SignedOut: LEFT_OUTSIDE,
  Http403: LEFT_OUTSIDE, // the gate
  DoorFailed: t("That didn't work. Try again in a moment."),

  // The camera
  CameraRefused: t("Your browser didn't let this page use the camera. Allow it in the browser's settings, or choose a picture instead."),
  CameraMissing: t("No camera found. Choose a picture instead."),
  CameraBusy: t("The camera didn't start. Another app may be using it: close that app, or choose a picture instead."),

  // The visitor's picture
  UnreadablePicture: t("Your browser can't open this file as a picture. Try a JPEG or a PNG."),
  InvalidImage: t("This picture won't work for a search. Try a larger JPEG or PNG."),
  ImageTooLarge: t("This picture is too large for a search. Try a smaller one."),
  NoFace: t("There doesn't seem to be a face in this picture. Try a brighter one, taken closer up, facing the camera."),
  FaceTooSmall: t("The face is too small to recognise. Try a picture taken closer up."),
  FaceTooDark: t("The face is too dark to recognise. Try a picture with light on your face."),
  FaceTooBlurred: t("The face is too blurry to recognise. Hold the camera still and try again."),
};

/** @param {string[]} said  Empty texts are left out. */
const sentences = (...said) => said.filter(Boolean).join(" ");

/** @param {string} until  When it works again (ISO 8601); empty if nobody knows. */
const again = (until) => (until ? t("Try again after %(time)s.", { time: formatTime(until) }) : "");

/**
 * What went wrong, in words for visitors.
 * @param {unknown} error
 * @param {Record<string, string>} [own]  The page's own words, by code.
 */
export function inWords(error, own = {}) {
  const code = error instanceof CodedError ? error.code : "Unexpected";
  if (!(error instanceof CodedError)) console.error(error);
  const words = own[code] ?? PROBLEMS[code] ?? t("Something went wrong (%(code)s). Try again in a moment.", { code });
  return words instanceof Function ? words(/** @type {CodedError} */ (error).until) : words;
}

/** The same, with the way to sign in for somebody who was let out. @param {unknown} error @returns {(Node | string)[]} */
export function explain(error) {
  const words = inWords(error);
  return words === LEFT_OUTSIDE ? [words, " ", linkIn()] : [words];
}
