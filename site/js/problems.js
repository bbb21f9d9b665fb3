// Tells people what went wrong, in words, and lets them try again.

import { AwsError } from "./aws/calls.js";
import { onWaiting } from "./aws/patience.js";

// A page asks for nothing that visitors may not have, so a refusal means that the site is closed.
const CLOSED = "This site is closed for now. Nothing is lost; please come back later.";
const WAITING = "The site is busy right now. This page will carry on by itself.";

/** @type {Record<string, string | ((until: string) => string)>} */
const WORDS = {
  Offline: "The site can't be reached. Check your connection, then try again.",
  AccessDenied: CLOSED,
  AccessDeniedException: CLOSED,
  NotAuthorizedException: CLOSED,
  ThrottlingException: "The site is busy right now. Try again in a moment.",
  TooManyRequestsException: "The site is busy right now. Try again in a moment.",
  TooManyRequests: "Many people are searching right now. Try again in a moment.",
  ProvisionedThroughputExceededException: "The site is busy right now. Try again in a moment.",
  CeilingReached: (until) =>
    `This site has used up its new searches for now. ${again(until)} Searches made earlier still work.`,
  AllowanceReached: (until) =>
    `You have used up your new searches for today. ${again(until)} Searches made earlier still work.`,
  TooManyRemovalRequests: (until) =>
    `No more removal requests can be made for now. ${again(until)} A request you made earlier still stands.`,
  FaceNotFound: "No photo on this site shows that face any more.",
  NoFace: "No face was found in this picture. Try one that is brighter and closer, with the face towards the camera.",
  FaceTooSmall: "The face is too small to tell from others. Try a picture taken from closer.",
  FaceTooDark: "The face is too dark to tell from others. Try a picture with light on your face.",
  FaceTooBlurred: "The face is too blurred to tell from others. Hold the camera still and try again.",
  CameraRefused: "The camera was not allowed. Allow it in the browser's settings, or choose a picture instead.",
  CameraMissing: "No camera was found. Choose a picture instead.",
  CameraBusy: "The camera can't be used right now; another program may be using it. Choose a picture instead.",
  UnreadablePicture: "This browser can't open that file as a picture. Try a JPEG or a PNG.",
  InvalidImage: "This picture can't be used for a search. Try a larger one, as a JPEG or a PNG.",
  InvalidFaceId: "This link doesn't lead to a face on this site. It may have been cut off.",
};

/** @param {string} until  When it works again (ISO 8601); empty for never. */
function again(until) {
  const time = new Date(until).toLocaleTimeString(undefined, { timeStyle: "short" });
  return until ? `Try again from ${time}.` : "";
}

onWaiting((isWaiting) => {
  const place = /** @type {HTMLElement} */ (document.getElementById("problem"));
  if (!isWaiting && place.dataset.waiting) clear();
  if (!isWaiting || !place.hidden) return;
  const text = document.createElement("p");
  text.textContent = WAITING;
  place.replaceChildren(text);
  place.dataset.waiting = "yes";
  place.hidden = false;
});

/**
 * Show what failed, with a button that tries again.
 * @param {unknown} error
 * @param {() => void} retry
 * @param {string} [label]  Of the button.
 */
export function tell(error, retry, label = "Try again") {
  const place = /** @type {HTMLElement} */ (document.getElementById("problem"));
  const text = document.createElement("p");
  text.textContent = inWords(error);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => {
    clear();
    retry();
  });
  place.replaceChildren(text, button);
  delete place.dataset.waiting;
  place.hidden = false;
}

/**
 * @param {unknown} error
 * @param {Record<string, string>} [own]  Words of the page's own, by code.
 */
export function inWords(error, own = {}) {
  const code = error instanceof AwsError ? error.code : "Unexpected";
  if (!(error instanceof AwsError)) console.error(error);
  const words = own[code] ?? WORDS[code] ?? `Something went wrong (${code}). Try again in a moment.`;
  return words instanceof Function ? words(/** @type {AwsError} */ (error).until) : words;
}

/** Take the message away. */
export function clear() {
  const place = /** @type {HTMLElement} */ (document.getElementById("problem"));
  place.replaceChildren();
  delete place.dataset.waiting;
  place.hidden = true;
}
