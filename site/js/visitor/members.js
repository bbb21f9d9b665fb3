// Members: visitors with an account, which they have on each of their devices.

import { invoke } from "../aws/calls.js";
import { credentials, endSession, freshSession, known } from "../aws/credentials.js";
import { callUserPool } from "../aws/http.js";
import { patiently } from "../aws/patience.js";
import { keepSession, session } from "../aws/session.js";
import { config } from "../config.js";
import { forgetPrivate } from "../private/forget.js";
import { keptPass } from "../private/pass.js";
import { bringMatch, lastMatch, removeMatch } from "./matches.js";
import { askForRemoval, standingRequest, withdrawRequest } from "./removal.js";

const NEW_PASSWORD = "NEW_PASSWORD_REQUIRED";

const client = () => ({ ClientId: config.userPoolClientId });

/**
 * @param {string} email
 * @param {string} password
 */
export function signUp(email, password) {
  const UserAttributes = [{ Name: "email", Value: email }];
  return callUserPool("SignUp", { ...client(), Username: email, Password: password, UserAttributes });
}

/**
 * @param {string} email
 * @param {string} code  From the email.
 */
export function confirm(email, code) {
  return callUserPool("ConfirmSignUp", { ...client(), Username: email, ConfirmationCode: code });
}

/** @param {string} email */
export function sendCodeAgain(email) {
  return callUserPool("ResendConfirmationCode", { ...client(), Username: email });
}

/**
 * Sign in, and move what was kept for the guest to the member.
 * @param {string} email
 * @param {string} password
 * @returns {Promise<string>}  What `chooseFirstPassword` needs, if the password is the temporary one from the invitation.
 */
export async function signIn(email, password) {
  const answer = await callUserPool("InitiateAuth", {
    ...client(),
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  if (answer.ChallengeName === NEW_PASSWORD) return answer.Session;
  if (session()) await signOut(); // by a link, while somebody else is signed in
  await begin(email, answer.AuthenticationResult);
  return "";
}

/**
 * Choose a password in place of the temporary one, and sign in with it.
 * @param {string} email
 * @param {string} password
 * @param {string} started  As `signIn` returned it.
 */
export async function chooseFirstPassword(email, password, started) {
  const answer = await callUserPool("RespondToAuthChallenge", {
    ...client(),
    ChallengeName: NEW_PASSWORD,
    Session: started,
    ChallengeResponses: { USERNAME: email, NEW_PASSWORD: password },
  });
  await begin(email, answer.AuthenticationResult);
}

/**
 * Begin the session of a member, and move what was kept for the guest to them.
 * @param {string} email
 * @param {any} given  The user pool's tokens.
 */
async function begin(email, given) {
  const guest = known() ? await credentials() : null; // a new visitor needs no identity as a guest
  const match = guest && (await lastMatch(guest));
  const asked = guest && (await standingRequest(guest).catch(() => null)); // then it stays with the guest
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
 * Move a guest's match to the member, unless the member has a newer one.
 * @param {import("./matches.js").Match} match
 * @param {import("../aws/credentials.js").Credentials} guest
 */
async function moveMatch(match, guest) {
  const own = await lastMatch();
  if (!own || own.made_at < match.made_at) await bringMatch(match);
  await removeMatch(guest);
}

/**
 * Move a guest's removal request to the member, unless the member has a newer one.
 * @param {import("./removal.js").RemovalRequest} asked
 * @param {import("../aws/credentials.js").Credentials} guest
 */
async function moveRequest(asked, guest) {
  const own = await standingRequest();
  if (!own || own.made_at < asked.made_at) await askForRemoval(asked.face_ids, asked.message);
  await withdrawRequest(guest);
}

/** @param {string} email */
export function forgotPassword(email) {
  return callUserPool("ForgotPassword", { ...client(), Username: email });
}

/**
 * @param {string} email
 * @param {string} code  From the email.
 * @param {string} password
 */
export function setPassword(email, code, password) {
  return callUserPool("ConfirmForgotPassword", { ...client(), Username: email, ConfirmationCode: code, Password: password });
}

/** Sign out on this device. Without a connection, this browser forgets the tokens and what it kept all the same. */
export async function signOut() {
  const kept = session();
  endSession();
  await forgetPrivate().catch(() => {});
  if (kept) await callUserPool("RevokeToken", { ...client(), Token: kept.refreshToken }).catch(() => {});
}

/** Sign out on every device, also where somebody else holds a pass of this member. */
export async function signOutEverywhere() {
  const kept = await freshSession();
  if (kept) {
    // The door first: it takes the token only as long as Cognito does.
    await patiently(() => invoke(config.doorFunction, { action: "leave", token: kept.accessToken }));
    await callUserPool("GlobalSignOut", { AccessToken: kept.accessToken });
  }
  await signOut();
}

/** Delete the member's account and everything that is kept for it. */
export async function deleteAccount() {
  const kept = await freshSession();
  if (!kept) return;
  await removeMatch();
  await withdrawRequest();
  if (config.hasPrivate || keptPass()) await invoke(config.doorFunction, { action: "leave", token: kept.accessToken });
  await callUserPool("DeleteUser", { AccessToken: kept.accessToken });
  endSession();
  await forgetPrivate().catch(() => {});
}
