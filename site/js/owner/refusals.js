// Why a decision wasn't kept, in words.

import { CodedError } from "../errors.js";
import { t } from "../language.js";
import { inWords } from "../problems.js";

/** @param {unknown} error */
export function refusal(error) {
  if (error instanceof CodedError && error.code === "InvalidDecision") return t("The album refused this: %(reason)s.", { reason: error.message });
  return inWords(error, { AccessDenied: t("Only the owner can do this. Sign in again."), AccessDeniedException: t("Only the owner can do this. Sign in again.") });
}
