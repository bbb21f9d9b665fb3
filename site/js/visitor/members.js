// Members: visitors with an account, known on each of their devices.

import { credentials, endSession, freshSession, known, userPool } from "../aws/calls.js";
import { config } from "../config.js";
import { bringMatch, lastMatch, removeMatch } from "./matches.js";
import { askForRemoval, standingRequest, withdrawRequest } from "./removal.js";
import { keepSession, session } from "../aws/session.js";

const client = () => ({ ClientId: config.userPoolClientId });

/**
 * @param {string} email
 * @param {string} password
 */
export function signUp(email, password) {
  const UserAttributes = [{ Name: "email", Value: email }];
  return userPool("SignUp", { ...client(), Username: email, Password: password, UserAttributes });
}

/**
 * @param {string} email
 * @param {string} code  From the mail.
 */
export function confirm(email, code) {
  return userPool("ConfirmSignUp", { ...client(), Username: email, ConfirmationCode: code });
}

/** @param {string} email */
export function sendCodeAgain(email) {
  return userPool("ResendConfirmationCode", { ...client(), Username: email });
}

/**
 * Sign in; what was kept for the guest is the member's then.
 * @param {string} email
 * @param {string} password
 */
export async function signIn(email, password) {
  const guest = known() ? await credentials() : null; // nobody new is made known for it
  const match = guest && (await lastMatch(guest));
  const asked = guest && (await standingRequest(guest).catch(() => null)); // it goes on to stand for the guest
  const { AuthenticationResult: given } = await userPool("InitiateAuth", {
    ...client(),
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  keepSession({
    email,
    idToken: given.IdToken,
    accessToken: given.AccessToken,
    refreshToken: given.RefreshToken,
    expires: Date.now() + given.ExpiresIn * 1000,
  });
  if (guest && match) await moveMatch(match, guest);
  if (guest && asked) await moveRequest(asked, guest).catch(() => {});
}

/**
 * A newer match of the member's stays.
 * @param {import("./matches.js").Match} match
 * @param {import("../aws/calls.js").Credentials} guest
 */
async function moveMatch(match, guest) {
  const own = await lastMatch();
  if (!own || own.made_at < match.made_at) await bringMatch(match);
  await removeMatch(guest);
}

/**
 * @param {import("./removal.js").RemovalRequest} asked
 * @param {import("../aws/calls.js").Credentials} guest
 */
async function moveRequest(asked, guest) {
  const own = await standingRequest();
  if (!own || own.made_at < asked.made_at) await askForRemoval(asked.face_ids, asked.message);
  await withdrawRequest(guest);
}

/** @param {string} email */
export function forgotPassword(email) {
  return userPool("ForgotPassword", { ...client(), Username: email });
}

/**
 * @param {string} email
 * @param {string} code  From the mail.
 * @param {string} password
 */
export function setPassword(email, code, password) {
  return userPool("ConfirmForgotPassword", { ...client(), Username: email, ConfirmationCode: code, Password: password });
}

/** Sign out on this device; without a connection, the tokens are forgotten here all the same. */
export async function signOut() {
  const kept = session();
  endSession();
  if (kept) await userPool("RevokeToken", { ...client(), Token: kept.refreshToken }).catch(() => {});
}

/** Delete the member's account with all that is kept for it. */
export async function deleteAccount() {
  const kept = await freshSession();
  if (!kept) return;
  await removeMatch();
  await withdrawRequest();
  await userPool("DeleteUser", { AccessToken: kept.accessToken });
  endSession();
}
