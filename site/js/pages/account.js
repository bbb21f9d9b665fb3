// My account: sign up, sign in, a new password, sign out, delete the account.

import pages from "../../pages.json" with { type: "json" };
import { freshSession } from "../aws/credentials.js";
import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { formatNumber, learn, t } from "../language.js";
import { enter } from "../private/pass.js";
import { wayBack, withWayBack } from "../private/way-back.js";
import { inWords } from "../problems.js";
import * as members from "../visitor/members.js";
import { isOwner } from "../visitor/owner.js";

// In the address that signs in the owner of a laptop's site: the password. Nobody else is signed in by a link, or any
// page could sign visitors in to an account of its own, where what they find and ask for would be kept.
const OWNER = "owner@localhost";
const SIGN_IN = new RegExp(`^#sign-in=${OWNER}:(.+)$`);
const oldLink = () => t("This link no longer works. Run `kinpics owner`.");

/** @type {() => Record<string, string>} */
const problems = () => ({
  NotAuthorizedException: t("The email address or the password is wrong."),
  UserNotFoundException: t("The email address or the password is wrong."),
  UsernameExistsException: t("There's already an account with this address. Sign in, or ask for a new password."),
  InvalidPasswordException: t("This password is too short."),
  CodeMismatchException: t("This code is wrong. Use the one in the latest email."),
  ExpiredCodeException: t("This code has expired. Ask for a new one."),
  LimitExceededException: t("Too many attempts. Try again in an hour."),
  TooManyFailedAttemptsException: t("Too many attempts. Try again in an hour."),
  InvalidParameterException: t("The email address or the code isn't valid. Check it and try again."),
});

/** Start the page. */
export async function showAccount() {
  await learn(config.memberTexts);
  const panels = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-panel]")]);
  const status = byId("status");
  const fault = byId("error");
  const address = byId("address");
  let email = "";
  let password = "";
  let started = "";

  /**
   * @param {string} name  The panel's.
   * @param {string} [words]
   */
  function turnTo(name, words = "") {
    show(name, words);
    /** @type {HTMLElement | undefined} */ (panels.find((panel) => !panel.hidden)?.querySelector("input, button"))?.focus();
  }

  /**
   * @param {string} name
   * @param {string} words
   */
  function show(name, words) {
    for (const panel of panels) panel.hidden = panel.dataset.panel !== name;
    status.textContent = words;
    fault.textContent = "";
    address.textContent = email;
    byId("to-naming").hidden = byId("to-waiting").hidden = !isOwner();
    if (isOwner() && name === "member") void tellWaiting();
    byId("to-upload").hidden = !isOwner();
    if (!isOwner() && config.takesPhotos && name === "member") void offerUpload();
    for (const input of document.querySelectorAll("input")) input.value = input.type === "email" ? email : "";
  }

  /** Somebody has signed in: on a private site, they come in and go on to where they wanted. @returns {Promise<[string, string?]>} */
  async function arrive() {
    if (config.hasPrivate) await enter().catch(() => {}); // the next page says why, if they aren't invited
    if (wayBack()) location.assign(withWayBack(pages.enter.path));
    return ["member", t("You're signed in.")];
  }

  /**
   * What each form does with its fields. Returns the panel to show next, and what to say.
   * @type {Record<string, (fields: Record<string, string>) => Promise<[string, string?]>>}
   */
  const actions = {
    "sign-in": async (fields) => {
      ({ email = "", password = "" } = fields);
      try {
        started = await members.signIn(email, password);
      } catch (error) {
        if (!(error instanceof CodedError && error.code === "UserNotConfirmedException")) throw error;
        await members.sendCodeAgain(email);
        return ["confirm", t("Enter the code we just emailed you to finish creating your account.")];
      }
      if (started) return ["first-password", t("A temporary password works only once.")];
      return arrive();
    },
    "first-password": async ({ password: fresh = "" }) => {
      await members.chooseFirstPassword(email, fresh, started);
      return arrive();
    },
    "sign-up": async (fields) => {
      ({ email = "", password = "" } = fields);
      await members.signUp(email, password);
      return ["confirm", t("We've emailed a code to %(email)s.", { email })];
    },
    confirm: async ({ code = "" }) => {
      await members.confirm(email, code);
      await members.signIn(email, password);
      return arrive();
    },
    again: async () => {
      await members.sendCodeAgain(email);
      return ["confirm", t("We've emailed a new code to %(email)s.", { email })];
    },
    forgot: async (fields) => {
      ({ email = "" } = fields);
      await members.forgotPassword(email);
      return ["reset", t("If there's an account for %(email)s, we've emailed you a code.", { email })];
    },
    reset: async ({ code = "", password: fresh = "" }) => {
      await members.setPassword(email, code, fresh);
      await members.signIn(email, fresh);
      const [next] = await arrive();
      return [next, t("Your password has been changed, and you're signed in.")];
    },
    "sign-out": async () => {
      await members.signOut();
      return ["sign-in", t("You're signed out.")];
    },
    "sign-out-everywhere": async () => {
      await members.signOutEverywhere();
      return ["sign-in", t("You're signed out.")];
    },
    delete: async () => {
      await members.deleteAccount();
      email = "";
      return ["sign-in", t("We've deleted your account and everything stored with it.")];
    },
  };

  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
      const action = actions[form.dataset.action ?? ""];
      if (!action || form.ariaBusy) return;
      form.ariaBusy = "true";
      fault.textContent = status.textContent = "";
      try {
        turnTo(...(await action(fields)));
      } catch (error) {
        form.querySelector("button")?.before(fault);
        fault.textContent = inWords(error, problems());
      }
      form.ariaBusy = null;
    });
  }
  for (const button of document.querySelectorAll("button[data-show]")) {
    button.addEventListener("click", () => turnTo(/** @type {HTMLElement} */ (button).dataset.show ?? ""));
  }

  const linked = SIGN_IN.exec(location.hash);
  if (linked) {
    history.replaceState(history.state, "", location.pathname + location.search); // so that nobody copies the password
    await members.signIn(OWNER, linked[1] ?? "").catch((error) => {
      fault.textContent = inWords(error, { NotAuthorizedException: oldLink(), UserNotFoundException: oldLink() });
    });
  }
  const problem = fault.textContent ?? "";
  const member = await freshSession().catch(() => null);
  email = member?.email ?? "";
  // Without the focus, so that no keyboard slides in; who was sent here to come in has nothing else to do.
  if (!member && wayBack()) turnTo("sign-in");
  else show(member ? "member" : "sign-in", "");
  fault.textContent = problem;
}

/** Offer to add photos to members who may. The page is of use without it, so no failure is told. */
async function offerUpload() {
  const { findContributor } = await import("../uploading/contributor.js");
  const contributor = await findContributor().catch(() => null);
  byId("to-upload").hidden = !contributor?.sets.length;
}

/** Say how many photos wait for the owner. The page is of use without it, so no failure is told. */
async function tellWaiting() {
  const { countWaiting } = await import("../owner/waiting-calls.js");
  const counts = await countWaiting().catch(() => ({}));
  const waiting = Object.values(counts).reduce((total, count) => total + count, 0);
  byId("waiting-count").textContent = waiting ? formatNumber(waiting) : "";
}
