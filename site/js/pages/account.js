// The page of one's account: signing up and in, a forgotten password, signing out, leaving for good.

import { AwsError, freshSession } from "../aws/calls.js";
import * as members from "../visitor/members.js";
import { inWords } from "../problems.js";

/** @type {Record<string, string>} */
const WORDS = {
  NotAuthorizedException: "The address or the password is not right.",
  UserNotFoundException: "The address or the password is not right.",
  UsernameExistsException: "There is an account with this address already: sign in, or ask for a new password.",
  InvalidPasswordException: "The password is too short: it needs 12 characters at least.",
  CodeMismatchException: "The code is not right. Look at the newest mail.",
  ExpiredCodeException: "The code has run out. Ask for a new one.",
  LimitExceededException: "That was tried too often. Try again in an hour.",
  TooManyFailedAttemptsException: "That was tried too often. Try again in an hour.",
  InvalidParameterException: "The address or the code can't be read: check it.",
};

/** Start the page. */
export async function showAccount() {
  const panels = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-panel]")]);
  const told = /** @type {HTMLElement} */ (document.getElementById("told"));
  const fault = /** @type {HTMLElement} */ (document.getElementById("fault"));
  const address = /** @type {HTMLElement} */ (document.getElementById("address"));
  let email = "";
  let password = "";

  /**
   * @param {string} name  Of the panel to show.
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
    told.textContent = words;
    fault.textContent = "";
    address.textContent = email;
    for (const input of document.querySelectorAll("input")) input.value = input.type === "email" ? email : "";
  }

  /**
   * What each form does with what was filled in; returns the panel to show next and what to say.
   * @type {Record<string, (fields: Record<string, string>) => Promise<[string, string?]>>}
   */
  const actions = {
    "sign-in": async (fields) => {
      ({ email = "", password = "" } = fields);
      try {
        await members.signIn(email, password);
      } catch (error) {
        if (!(error instanceof AwsError && error.code === "UserNotConfirmedException")) throw error;
        await members.sendCodeAgain(email);
        return ["confirm", "Enter the code we just mailed you to finish the account."];
      }
      return ["member", "You are signed in."];
    },
    "sign-up": async (fields) => {
      ({ email = "", password = "" } = fields);
      await members.signUp(email, password);
      return ["confirm", `A code was mailed to ${email}.`];
    },
    confirm: async ({ code = "" }) => {
      await members.confirm(email, code);
      await members.signIn(email, password);
      return ["member", "You are signed in."];
    },
    again: async () => {
      await members.sendCodeAgain(email);
      return ["confirm", `A new code was mailed to ${email}.`];
    },
    forgot: async (fields) => {
      ({ email = "" } = fields);
      await members.forgotPassword(email);
      return ["reset", `If there is an account with this address, a code was mailed to ${email}.`];
    },
    reset: async ({ code = "", password: fresh = "" }) => {
      await members.setPassword(email, code, fresh);
      await members.signIn(email, fresh);
      return ["member", "The password is changed, and you are signed in."];
    },
    "sign-out": async () => {
      await members.signOut();
      return ["sign-in", "You are signed out."];
    },
    delete: async () => {
      await members.deleteAccount();
      email = "";
      return ["sign-in", "Your account is deleted, with all that was kept for it."];
    },
  };

  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
      const action = actions[form.dataset.action ?? ""];
      if (!action || form.ariaBusy) return;
      form.ariaBusy = "true";
      fault.textContent = told.textContent = "";
      try {
        turnTo(...(await action(fields)));
      } catch (error) {
        fault.textContent = inWords(error, WORDS);
      }
      form.ariaBusy = null;
    });
  }
  for (const button of document.querySelectorAll("button[data-show]")) {
    button.addEventListener("click", () => turnTo(/** @type {HTMLElement} */ (button).dataset.show ?? ""));
  }

  const member = await freshSession().catch(() => null);
  email = member?.email ?? "";
  show(member ? "member" : "sign-in", ""); // no keyboard slides in before the visitor wants one
}
