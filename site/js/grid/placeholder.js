import { thumbHashToDataURL } from "thumbhash";

/**
 * A blurred preview of a photo from its ThumbHash (base64), as CSS background.
 * @param {string} hash
 */
export function placeholder(hash) {
  try {
    return `url(${thumbHashToDataURL(bytes(hash))})`;
  } catch {
    return "none"; // a hash of another kind: the photo comes without a preview
  }
}

/** @param {string} hash */
function bytes(hash) {
  return Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
}
