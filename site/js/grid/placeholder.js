import { thumbHashToDataURL } from "thumbhash";

/**
 * A blurred picture from its ThumbHash (base64), as CSS background.
 * @param {string} hash
 */
export function placeholder(hash) {
  try {
    return `url(${thumbHashToDataURL(bytes(hash))})`;
  } catch {
    return "none"; // a hash of another kind is no reason to show no picture
  }
}

/** @param {string} hash */
function bytes(hash) {
  return Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
}
