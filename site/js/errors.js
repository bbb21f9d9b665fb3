/** A failure with a code; problems.js puts it into words. */
export class CodedError extends Error {
  /**
   * @param {string} code  AWS's, the search function's, or one of our own: "Offline" when no answer came.
   * @param {string} message  For developers.
   * @param {string} [until]  When it works again (ISO 8601), if that is known.
   * @param {Record<string, any>} [values]  What it is about, for the page's own words.
   */
  constructor(code, message, until = "", values) {
    super(message);
    this.code = code;
    this.until = until;
    this.values = values;
  }
}

/**
 * Whether the visitor closed a dialog of the browser's, such as the one that asks where to save.
 * @param {unknown} error
 */
export const isCancelled = (error) => error instanceof DOMException && error.name === "AbortError";
