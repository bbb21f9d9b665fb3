// Hundreds of guests who come at the same second: pages that are told to wait go on by themselves as long as they are open.

import { CodedError } from "../errors.js";

const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 30_000;
// What the functions, Lambda and DynamoDB say of too many calls at once.
const BUSY = new Set(["TooManyRequests", "TooManyRequestsException", "ThrottlingException", "ProvisionedThroughputExceededException", "ServiceException"]);

/** Whether an error goes away by itself, because others are through. @param {string} code */
export const isCrowded = (code) => BUSY.has(code);

/** A pause that differs from page to page: those that were refused together don't come back together. @param {number} pause */
export const spread = (pause) => pause * (0.5 + Math.random());

/**
 * Call until it works, however many others call.
 * @template Found
 * @param {() => Promise<Found>} call  Throws a `CodedError`; any but a crowd's is thrown on.
 * @param {(isWaiting: boolean) => void} tell  Whether the call waits for others.
 * @param {(milliseconds: number) => Promise<unknown>} [sleep]
 * @returns {Promise<Found>}
 */
export async function throughCrowd(call, tell, sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))) {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    try {
      const found = await call();
      tell(false);
      return found;
    } catch (error) {
      if (!(error instanceof CodedError) || !isCrowded(error.code)) throw error;
    }
    tell(true);
    await sleep(spread(pause));
  }
}
