// "Add photos", for the owner and for members who may. Everybody else is told what to do, and loads nothing more.

import { session } from "../aws/session.js";
import { config } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { learn } from "../language.js";
import { tell } from "../notice.js";

/** Start the page. */
export async function showUpload() {
  byId("loading").hidden = !session();
  byId("signed-out").hidden = Boolean(session());
  if (!session()) return;
  try {
    await learn(config.contributorTexts);
    const { startAdding } = await import("../uploading/adding.js");
    byId("not-allowed").hidden = await startAdding();
  } catch (error) {
    tell(error instanceof CodedError ? error : new CodedError("Offline", String(error)), () => void showUpload());
  }
  byId("loading").hidden = true;
}
