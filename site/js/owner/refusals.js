// Why a decision wasn't kept, in words: for each code that the people function may answer with
// (tests/unit/test_owner_codes.py).

import { CodedError } from "../errors.js";
import { t } from "../language.js";
import { inWords } from "../problems.js";

const SIGN_IN_AGAIN = t("Only the owner can do this. Sign in again.");

/** @type {Record<string, string>} */
const REFUSALS = {
  AccessDenied: SIGN_IN_AGAIN,
  AccessDeniedException: SIGN_IN_AGAIN,
  PeopleFailed: t("That didn't work. Try again in a moment."),
  InvalidDecision: t("This page is out of date. Reload it, then try again."),
  PersonNotFound: t("This person isn't in the album any more. Reload the page."),
  PersonMerged: t("This person has become one with somebody else. Reload the page."),
  PersonForgotten: t("This person has been removed from search. Reload the page."),
  PhotoNotFound: t("The album doesn't know this photo yet. Try again in a minute."),
  SamePerson: t("That is the same person. Choose somebody else."),
  BornInFuture: t("A birth date can't be in the future."),
  TooManyFaces: t("These are too many faces at once. Choose fewer."),
  NameTooLong: t("That name is too long: at most %(most)s characters fit."),
  NameUnseen: t("This name has a character in it that can't be seen. Type the name by hand."),
  NameEmpty: t("A name can't be empty."),
  AlreadyUndone: t("This has been undone already. Reload the page."),
  GoneForGood: t("Whoever has been removed from search can't be brought back."),
};

/** @param {unknown} error */
export function refusal(error) {
  const words = error instanceof CodedError ? REFUSALS[error.code] : undefined;
  return words && error instanceof CodedError ? t(words, error.values) : inWords(error);
}
