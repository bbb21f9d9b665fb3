// When AWS is too busy for a call, waits and calls again, longer each time, and lets the page say so.

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;
const MAX_WAIT_MS = 120_000;
// What DynamoDB, Lambda, Cognito and the search function call too many calls at once; or Lambda a fault of its own.
const BUSY_CODES = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceException",
  "ThrottlingException",
  "TooManyRequests",
  "TooManyRequestsException",
]);

// Errors after two minutes of waiting: a call around the call doesn't wait for them again.
const givenUp = new WeakSet();
let waiting = 0;
/** @type {(isWaiting: boolean) => void} */
let told = () => {};

/**
 * Set who is told when calls begin to wait, and when the last of them is through.
 * @param {(isWaiting: boolean) => void} tell
 */
export function onWaiting(tell) {
  told = tell;
}

/**
 * Call, and call again while AWS is too busy. After two minutes of waiting, throw its last error.
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
