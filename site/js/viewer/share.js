// Shares a photo's address.

import { isCancelled } from "../errors.js";
import { t } from "../language.js";
import { tell } from "../notice.js";
import { photoUrl } from "../photos/urls.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/**
 * By the system's sheet, or else as a link in the clipboard.
 * @param {Photo} photo
 * @param {(text: string) => void} say
 */
export async function shareAddress(photo, say) {
  const url = new URL(photoUrl(photo), location.href).href;
  const title = photo.details?.title || document.title;
  try {
    if (navigator.share) await navigator.share({ url, title });
    else {
      await navigator.clipboard.writeText(url);
      say(t("Link copied"));
    }
  } catch (error) {
    if (!isCancelled(error)) tell(error, () => void shareAddress(photo, say));
  }
}
