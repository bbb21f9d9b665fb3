// The page that an event's code leads to: guests add photos, and see what became of them. The event's secret is in the
// fragment of the address, which browsers keep to themselves: no server's log and no preview ever has it.

import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { learn } from "../language.js";
import { tell } from "../notice.js";

/** Start the page. */
export async function showEvent() {
  try {
    await learn(config.contributorTexts);
    await (await import("../uploading/guest.js")).startGuest();
  } catch (error) {
    tell(error instanceof CodedError ? error : new CodedError("Offline", String(error)), () => void showEvent());
  }
}
