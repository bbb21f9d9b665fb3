// "Keep me posted", below the photos that a selfie has found.

import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { clear, tell } from "../notice.js";
import { SURE } from "../photos/likeness.js";
import { idOf, keepPosted, newSecret, pageUrl } from "./address.js";
import { keepFound } from "./seen.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

// MAX_POSTED_FACES in functions/access/access_rows.py says the same.
const MAX_FACES = 3;

/** @param {() => Photo[]} photos  The visitor's, the surest first. */
export function watchOffer(photos) {
  const button = byId("keep-posted", HTMLButtonElement);
  const full = byId("posted-full");
  let secret = "";
  let faces = "";

  async function keep() {
    const found = photos();
    const faceIds = surest(found);
    // A call that got no answer is made again with the same secret, so that it makes no second address.
    if (faces !== String(faceIds)) secret = newSecret();
    faces = String(faceIds);
    button.disabled = true;
    full.hidden = true;
    clear();
    try {
      await keepPosted(secret, faceIds);
      keepFound(await idOf(secret), found);
      location.href = pageUrl(secret);
    } catch (error) {
      if (error instanceof CodedError && error.code === "TooManyAddresses") full.hidden = false;
      else tell(error, keep);
    }
    button.disabled = false;
  }

  button.addEventListener("click", keep);
}

/**
 * The faces to know the visitor by: only sure ones, or the surest alone.
 * @param {Photo[]} photos
 */
export function surest(photos) {
  const [best, ...others] = photos.filter((photo) => photo.face?.FaceId);
  const sure = others.filter((photo) => (photo.similarity ?? 0) >= SURE);
  return [best, ...sure].flatMap((photo) => photo?.face?.FaceId ?? []).slice(0, MAX_FACES);
}
