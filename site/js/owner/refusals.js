// Why a decision wasn't kept, in words.

import { CodedError } from "../errors.js";
import { t } from "../language.js";
import { inWords } from "../problems.js";

/** @param {unknown} error */
export function refusal(error) {
  const reason = error instanceof CodedError ? error.message : "";
  return inWords(error, {
    InvalidDecision: t("The album refused this: %(reason)s.", { reason }),
    PersonNotFound: t("This person isn't in the album any more. Reload the page."),
    PhotoNotFound: t("The album doesn't know this photo yet. Try again in a minute."),
    PeopleFailed: t("That didn't work. Try again in a moment."),
    AccessDenied: t("Only the owner can do this. Sign in again."),
    AccessDeniedException: t("Only the owner can do this. Sign in again."),
  });
}
