// Why something on the owner's pages wasn't done, in words: for each code that the manage function may answer with
// (tests/unit/test_owner_codes.py).

import { CodedError } from "../errors.js";
import { formatList, t } from "../language.js";
import { inWords } from "../problems.js";

const AGAIN = t("That didn't work. Try again in a moment.");
const SIGN_IN_AGAIN = t("Only the owner can do this. Sign in again.");

/** @type {Record<string, string>} */
const REFUSALS = {
  AccessDenied: SIGN_IN_AGAIN,
  AccessDeniedException: SIGN_IN_AGAIN,
  ManageFailed: AGAIN,
  TooManyRequests: AGAIN,
  TableBusy: t("The album is busy right now. Try again in a moment."),
  StaleRow: t("Something else was changing the same photos. Try again in a moment."),
  // Albums and photos
  SetNotFound: t("This album isn't there any more. Reload the page."),
  PhotoNotFound: t("This photo isn't there any more, or is still being processed. Reload the page."),
  TextTooLong: t("That's too long. Shorten it."),
  BadDate: t("That isn't a date. Write it as 2019, 2019-05 or 2019-05-03."),
  BadPlace: t("That isn't a place: it is a whole number from 1 to 9999."),
  BadName: t("That name can't be used. Choose another, without a slash, without a dot at its beginning, and not so long."),
  OnlyShown: t("It is only shown in this album. Move %(photo)s."),
  ThereAlready: t("It is in that album already."),
  NoOriginal: t("Its original isn't there any more."),
  NameTaken: t("That album has another photo called %(file)s."),
  // Removal requests
  RequestNotFound: t("This request has been answered or taken back already. Reload the page."),
  RoundTaken: t("People are being recognised right now. Try again in a minute."),
  Forgetting: t("The face in %(photo)s is too small or too blurry to be recognised, so this person can't be removed from search. Delete the photo, or refuse the request."),
  // Who may see it
  SetMoving: t("Who may see this album is being changed. Try again in a minute."),
  AudienceBusy: t("Somebody else is changing who may see this. Try again in a minute."),
  PeopleBusy: t("This isn't finished yet: people are being recognised right now. It goes on by itself."),
  NoWithdrawnSite: t("This site was published by an earlier version. Run `kinpics publish` on your computer first."),
  ShownElsewhere: t("This can't be done here: %(albums)s shows photos of other albums, which not everybody could see then. Delete them there first and run `kinpics publish`, or do this with `kinpics audience` or `kinpics members`."),
  Link: t("No link opens this yet. First change who may see it."),
  LinkOfSite: t("This album opens with the site's link."),
  // Members and guests
  Member: t("%(email)s isn't a member any more. Reload the page."),
  TooManySets: t("These are too many albums to be given one by one. Give all albums, or give these albums a link."),
  AccountGone: t("Somebody else removed the account of %(email)s meanwhile. Invite them again."),
  MemberIsOwner: t("%(email)s is an owner, who sees everything. Run `kinpics owner %(email)s --remove` first."),
  BadMail: t("That isn't an email address. Check it."),
  NoMailsLeft: t("No more emails can be sent today. Invite the rest tomorrow."),
  NoEvent: t("This album isn't open to guests any more. Reload the page."),
};

// What the owner calls albums, by their names in the functions' answers.
/** @type {Map<string, string>} */
const titles = new Map();

/** @param {{set: string, shown_title: string}[]} sets */
export const learnTitles = (sets) => sets.forEach(({ set, shown_title: title }) => titles.set(set, title));

/** @param {unknown} error */
export function whyNot(error) {
  return error instanceof CodedError && error.code in REFUSALS ? refusalInWords(error) : inWords(error);
}

/** Why one of several photos was left out. @param {{code: string, values?: Record<string, any>}} refused */
export function refusalInWords({ code, values = {} }) {
  /** @type {string[]} */
  const sets = values.sets ?? [];
  const more = values.num > sets.length ? [t("others")] : [];
  return t(REFUSALS[code] ?? AGAIN, { ...values, albums: formatList([...sets.map((set) => titles.get(set) ?? set), ...more]) });
}
