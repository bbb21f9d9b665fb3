// Waits when AWS is too busy for a call, longer each time, and lets the page say so.

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;
const MAX_WAIT_MS = 120_000;
// DynamoDB's, Lambda's, Cognito's and the search function's own names for too many calls at once.
const BUSY_CODES = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TooManyRequests",
  "TooManyRequestsException",
]);

// Errors already waited out for two minutes: an outer call does not wait for them again.
const givenUp = new WeakSet();
let waiting = 0;
/** @type {(isWaiting: boolean) => void} */
let told = () => {};

/**
 * Have the page told when calls begin to wait, and when none is waiting any more.
 * @param {(isWaiting: boolean) => void} tell
 */
export function onWaiting(tell) {
  told = tell;
}

/**
 * Call, and retry while AWS is too busy, for at most two minutes; then throw its last error.
 * @template Found
 * @param {() => Promise<Found>} call  Throws an error with AWS's `code`.
 * @param {(milliseconds: number) => Promise<void>} [sleep]
 * @returns {Promise<Found>}
 */
export async function patiently(call, sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))) {
  let waited = 0;
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        return await call();
      } catch (error) {
        const failure = /** @type {any} */ (error);
        if (!BUSY_CODES.has(failure?.code) || givenUp.has(failure)) throw error;
        if (waited >= MAX_WAIT_MS) {
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
