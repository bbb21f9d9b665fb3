// Why something on the owner's pages wasn't done, in words.

import { CodedError } from "../errors.js";
import { t } from "../language.js";
import { inWords } from "../problems.js";

/** @param {unknown} error */
export function whyNot(error) {
  const reason = error instanceof CodedError ? error.message : "";
  const signInAgain = t("Only the owner can do this. Sign in again.");
  return inWords(error, {
    AccessDenied: signInAgain,
    AccessDeniedException: signInAgain,
    SetNotFound: t("This album isn't there any more. Reload the page."),
    PhotoNotFound: t("This photo isn't there any more, or is still being processed. Reload the page."),
    RequestNotFound: t("This request has been answered or taken back already. Reload the page."),
    RoundTaken: t("People are being recognised right now. Try again in a minute."),
    StaleRow: t("Something else was changing the same photos. Try again in a moment."),
    SetMoving: t("Who may see this album is being changed. Try again in a minute."),
    TextTooLong: t("That's too long. Shorten it."),
    BadText: t("That can't be saved: %(reason)s.", { reason }),
    BadName: t("That name can't be used. Choose another, without a slash, without a dot at its beginning, and not so long."),
    Forgetting: t("This can't be done: %(reason)s.", { reason }),
    TableBusy: t("The album is busy right now. Try again in a moment."),
    AudienceBusy: t("This isn't finished yet: %(reason)s.", { reason }),
    NoWithdrawnSite: t("This can't begin yet: %(reason)s.", { reason }),
    ShownElsewhere: t("This can't be done: %(reason)s.", { reason }),
    Link: t("This can't be done: %(reason)s.", { reason }),
    Member: t("This can't be done: %(reason)s.", { reason }),
    NoEvent: t("This can't be done: %(reason)s.", { reason }),
    BadMail: t("That isn't an email address. Check it."),
    NoMailsLeft: t("No more emails can be sent today. Invite the rest tomorrow."),
    ManageFailed: t("That didn't work. Try again in a moment."),
    TooManyRequests: t("That didn't work. Try again in a moment."),
  });
}
