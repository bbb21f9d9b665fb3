// Sends a file to S3 by a presigned form. XMLHttpRequest, because fetch doesn't tell how much has gone out.

import { CodedError } from "../errors.js";
import { signedUrl } from "./http.js";

/** @typedef {{url: string, fields: Record<string, string>}} Form */

// What S3 says of a form that was good for five minutes, and isn't any more.
const EXPIRED = /Policy expired|expired/i;

/**
 * Throws a `CodedError`: Offline without an answer, FormExpired, or S3's own code.
 * @param {Form} form  From the uploads function.
 * @param {Blob} file
 * @param {(bytes: number) => void} tell  How much has gone out.
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function sendFile(form, file, tell, signal) {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop);
    request.upload.addEventListener("progress", ({ loaded }) => tell(Math.min(loaded, file.size)));
    request.addEventListener("loadend", () => {
      signal.removeEventListener("abort", stop);
      if (request.status >= 200 && request.status < 300) return done();
      failed(request.status ? refusal(request.responseText) : new CodedError("Offline", "no answer"));
    });
    request.open("POST", signedUrl(form.url));
    request.send(body);
  });
}

/** @param {string} answer  S3's, in XML. */
function refusal(answer) {
  const code = /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "SendingFailed";
  return new CodedError(EXPIRED.test(answer) ? "FormExpired" : code, answer);
}
