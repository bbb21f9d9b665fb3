// Sends answers in the background while the next questions are already on the page. What was answered while one call was
// under way goes with the next one, so that a large album, where a call takes seconds, doesn't fall behind.

/**
 * @typedef {import("./people-calls.js").Draft} Draft
 *
 * @typedef {object} Answer
 * @property {() => Draft[]} drafts  Made when they are sent: an undo needs the ids of what it undoes.
 * @property {string[]} ids  Under which they are kept; empty until then.
 * @property {"waiting" | "sending" | "kept" | "lost"} state
 */

// A call takes 100 decisions at most (functions/people/deciding.py), and an answer is a few of them.
const AT_ONCE = 25;

/** @template {Answer} Kind */
export class Outbox {
  /**
   * @param {object} callbacks
   * @param {(drafts: Draft[]) => Promise<string[][]>} callbacks.send  All or none. Gives the ids for each of them.
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
    while (this.waiting.length) await this.#deliver(this.waiting.splice(0, AT_ONCE));
    this.isSending = false;
    this.callbacks.emptied();
  }

  /** @param {Kind[]} answers */
  async #deliver(answers) {
    for (const answer of answers) answer.state = "sending";
    const drafts = answers.map((answer) => answer.drafts());
    // There is nothing to undo of an answer that was never kept.
    const all = drafts.flat();
    try {
      const ids = all.length ? await this.callbacks.send(all) : [];
      for (const [index, answer] of answers.entries()) {
        answer.ids = ids.splice(0, drafts[index]?.length ?? 0).flat();
        answer.state = "kept";
      }
    } catch (error) {
      // One by one, it turns out which of them can't be kept.
      if (answers.length > 1) for (const answer of answers) await this.#deliver([answer]);
      else for (const answer of answers) this.#lose(answer, error);
    }
  }

  /** @param {Kind} answer @param {unknown} error */
  #lose(answer, error) {
    answer.state = "lost";
    this.callbacks.failed(answer, error);
  }
}
