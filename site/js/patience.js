// Waits where AWS has no room for a call just now, longer each time, and lets the page say so.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const GIVE_UP_MS = 120_000;
// DynamoDB's, Lambda's, Cognito's and the search function's own names for too many calls at once.
const BUSY_CODES = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TooManyRequests",
  "TooManyRequestsException",
]);

// Errors that somebody has waited two minutes for already: a call within a call is not waited for again.
const givenUp = new WeakSet();
let waiting = 0;
/** @type {(isWaiting: boolean) => void} */
let told = () => {};

/**
 * Have the page told when calls begin to wait, and when none does any more.
 * @param {(isWaiting: boolean) => void} tell
 */
export function onWaiting(tell) {
  told = tell;
}

/**
 * Call, and call again while AWS is too busy, for two minutes at most; then its last error is thrown.
 * @template Found
 * @param {() => Promise<Found>} call  Throws an error with AWS's `code`.
 * @param {(milliseconds: number) => Promise<void>} [sleep]
 * @returns {Promise<Found>}
 */
export async function patiently(call, sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))) {
  let waited = 0;
  try {
    for (let pause = FIRST_MS; ; pause = Math.min(2 * pause, LONGEST_MS)) {
      try {
        return await call();
      } catch (error) {
        const failure = /** @type {any} */ (error);
        if (!BUSY_CODES.has(failure?.code) || givenUp.has(failure)) throw error;
        if (waited >= GIVE_UP_MS) {
          givenUp.add(failure);
          throw error;
        }
      }
      if (!waited && !waiting++) told(true);
      const spread = pause * (0.5 + Math.random() / 2); // not all browsers at once
      waited += spread;
      await sleep(spread);
    }
  } finally {
    if (waited && !--waiting) told(false);
  }
}
