// Sends answers in the background, one after another, while the next questions are already on the page.

/**
 * @typedef {import("./people-calls.js").Draft} Draft
 *
 * @typedef {object} Answer
 * @property {() => Draft[]} drafts  Made when they are sent: an undo needs the ids of what it undoes.
 * @property {string[]} ids  Under which they are kept; empty until then.
 * @property {"waiting" | "sending" | "kept" | "lost"} state
 */

/** @template {Answer} Kind */
export class Outbox {
  /**
   * @param {object} callbacks
   * @param {(drafts: Draft[]) => Promise<string[]>} callbacks.send  Gives the ids.
   * @param {() => void} callbacks.emptied  Nothing is on its way any more.
   * @param {(answer: Kind, error: unknown) => void} callbacks.failed  It isn't kept, and won't be sent again.
   */
  constructor(callbacks) {
    this.callbacks = callbacks;
    /** @type {Kind[]} */
    this.waiting = [];
    this.isSending = false;
  }

  get isEmpty() {
    return !this.isSending;
  }

  /** @param {Kind} answer */
  add(answer) {
    this.waiting.push(answer);
    if (!this.isSending) void this.#send();
  }

  /** Take an answer back before it is sent. @param {Kind} answer @returns {boolean}  Whether there was still time. */
  takeBack(answer) {
    if (answer.state !== "waiting") return false;
    this.waiting = this.waiting.filter((other) => other !== answer);
    return true;
  }

  async #send() {
    this.isSending = true;
    for (let answer = this.waiting.shift(); answer; answer = this.waiting.shift()) {
      answer.state = "sending";
      try {
        answer.ids = await this.callbacks.send(answer.drafts());
        answer.state = "kept";
      } catch (error) {
        answer.state = "lost";
        this.callbacks.failed(answer, error);
      }
    }
    this.isSending = false;
    this.callbacks.emptied();
  }
}
