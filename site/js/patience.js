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
        if (!BUSY_CODES.has(/** @type {any} */ (error)?.code) || waited >= GIVE_UP_MS) throw error;
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
