// Members: visitors with an account, whom every device of theirs knows.

import { freshSession, userPool } from "./aws.js";
import { config } from "./config.js";
import { bringAlong, removeAll } from "./matches.js";
import { keepSession, session } from "./session.js";

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
export function signIn(email, password) {
  return bringAlong(async () => {
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
  });
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
  keepSession(null);
  if (kept) await userPool("RevokeToken", { ...client(), Token: kept.refreshToken }).catch(() => {});
}

/** Delete the member's account with all that is kept for it. */
export async function deleteAccount() {
  const kept = await freshSession();
  if (!kept) return;
  await removeAll();
  await userPool("DeleteUser", { AccessToken: kept.accessToken });
  keepSession(null);
}
