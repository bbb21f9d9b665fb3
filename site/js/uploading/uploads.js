// Sends photos: looks at each, asks which are needed, and sends a few at once. After a lost connection it goes on by
// itself; what has arrived is known to the site, so nothing is sent twice.

import { sendFile } from "../aws/send.js";
import { CodedError } from "../errors.js";
import { isCrowded, spread } from "./crowd.js";
import { FILM, HEAD_BYTES, kindOf } from "./kinds.js";
import { begin, mine } from "./upload-calls.js";

/**
 * @typedef {import("./upload-calls.js").Sender} Sender
 * @typedef {import("./upload-calls.js").Sent} Sent
 *
 * @typedef {object} Item  A file on its way.
 * @property {File} file
 * @property {string} name
 * @property {"reading" | "ready" | "asked" | "sending" | "arriving" | "done" | "there" | "failed"} state
 * @property {number} sent  Bytes that have gone out.
 * @property {string} sha256  Empty until it is read.
 * @property {string} kind  Its media type, by its bytes.
 * @property {string} id
 * @property {string} code  Why it failed.
 * @property {string} until  When it works again (ISO 8601), if that is known.
 * @property {Sent | null} became  What became of it, once it has arrived.
 */

const AT_ONCE = 3;
// Forms are good for five minutes: no more are asked for than will soon be used.
const ASK_FOR = 6;
const MOST_A_CALL = 50;
const MAX_BYTES = 200_000_000; // functions/uploads/upload_limits.py
const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 30_000;
// What was sent is checked in a moment, unless hundreds send at once: then all of them looking would hold up the rest.
const FIRST_LOOK_MS = 2_500;
const MAX_LOOK_MS = 120_000;
const LOOK_FOR_MS = 600_000;
const IDS_A_CALL = 100;
// A new form helps with these; the photo is as good as before.
const ASK_AGAIN = new Set(["FormExpired", "RequestTimeout", "InternalError", "SlowDown", "ServiceUnavailable"]);
// These go away by themselves.
const PASSES = new Set(["Offline", "UploadsFailed", "FunctionFailed"]);
const MAX_TRIES = 5;

export class Uploads {
  /**
   * @param {Sender} sender
   * @param {object} callbacks
   * @param {(item: Item) => void} callbacks.changed
   * @param {(why: "" | "offline" | "busy") => void} callbacks.waiting  What it waits for; empty if for nothing.
   * @param {() => void} callbacks.idle  Nothing is left to do.
   */
  constructor(sender, callbacks) {
    this.sender = sender;
    this.callbacks = callbacks;
    /** @type {Item[]} */
    this.items = [];
    /** @type {Map<Item, import("../aws/send.js").Form>} */
    this.forms = new Map();
    /** @type {Map<Item, number>} */
    this.tries = new Map();
    this.stop = new AbortController();
    this.isReading = false;
    this.isAsking = false;
    this.isLooking = false;
    this.isWaiting = false;
    this.pause = FIRST_PAUSE_MS;
    this.askFor = ASK_FOR;
    // How long the last answer took, which says how many others send.
    this.askedFor = 0;
  }

  /** Whether anything is still to be done. */
  get isBusy() {
    return this.items.some(({ state }) => !["done", "there", "failed"].includes(state));
  }

  /** Whether anything would be lost if the page were closed now. */
  get isSending() {
    return this.items.some(({ state }) => !["arriving", "done", "there", "failed"].includes(state));
  }

  /** Bytes that have gone out, and all there are to send. */
  get progress() {
    const counted = this.items.filter(({ state }) => state !== "failed" && state !== "there");
    const gone = counted.map((item) => (item.state === "arriving" || item.state === "done" ? item.file.size : item.sent));
    return { sent: sum(gone), total: sum(counted.map(({ file }) => file.size)) };
  }

  /** @param {Iterable<File>} files @returns {Item[]} */
  add(files) {
    const added = [...files].map((file) => newItem(file));
    this.items.push(...added);
    for (const item of added) this.callbacks.changed(item);
    this.#go();
    return added;
  }

  /** Try again what has failed. @param {Item[]} items */
  again(items) {
    for (const item of items) {
      this.tries.delete(item);
      this.#change(item, { state: item.sha256 ? "ready" : "reading", code: "", until: "", sent: 0 });
    }
    this.#go();
  }

  /** Give up what isn't there yet. */
  cancel() {
    this.stop.abort();
    this.stop = new AbortController();
    for (const item of this.items) {
      if (["reading", "ready", "asked", "sending"].includes(item.state)) this.#fail(item, "Cancelled");
    }
    this.forms.clear();
    this.#settle();
  }

  #go() {
    void this.#read();
    void this.#ask();
    this.#send();
  }

  /** Look at one file after the other: each is in memory as a whole for a moment. */
  async #read() {
    if (this.isReading) return;
    this.isReading = true;
    for (let item; (item = this.items.find(({ state }) => state === "reading")); ) {
      const failed = await look(item);
      if (item.state !== "reading") continue; // cancelled meanwhile
      if (failed) this.#fail(item, failed);
      else this.#change(item, { state: "ready" });
      void this.#ask();
    }
    this.isReading = false;
    this.#settle();
  }

  /** Ask for forms, if few are left. */
  async #ask() {
    if (this.isAsking || this.isWaiting || this.forms.size >= ASK_FOR) return;
    const few = this.items.filter(({ state }) => state === "ready").slice(0, this.askFor);
    if (!few.length) return;
    this.isAsking = true;
    const { signal } = this.stop;
    const asked = Date.now();
    for (const item of few) item.state = "asked";
    try {
      const answer = await begin(this.sender, few.map(describe));
      if (signal.aborted) return;
      this.#connected();
      this.askedFor = Date.now() - asked;
      for (const [index, item] of few.entries()) this.#take(item, answer.files[index]);
      // Where all is there already, as after a reload, the next answers are about more files.
      this.askFor = this.forms.size ? ASK_FOR : Math.min(2 * this.askFor, MOST_A_CALL);
    } catch (error) {
      if (!signal.aborted) this.#notAnswered(few, error);
    } finally {
      this.isAsking = false;
    }
    this.#send();
    void this.#ask();
  }

  /** @param {Item} item @param {import("./upload-calls.js").Answer | undefined} answer */
  #take(item, answer) {
    item.id = answer?.id ?? "";
    if (answer?.do === "send" && answer.post) {
      this.forms.set(item, answer.post);
      this.#change(item, { state: "asked" });
    } else if (answer?.do === "there") {
      this.#change(item, { state: "there", sent: item.file.size });
    } else {
      this.#fail(item, answer?.code ?? "UploadsFailed", answer?.until);
    }
  }

  #send() {
    if (this.isWaiting) return;
    for (const [item, form] of this.forms) {
      if (this.items.filter(({ state }) => state === "sending").length >= AT_ONCE) break;
      this.forms.delete(item);
      void this.#sendOne(item, form);
    }
    this.#settle();
  }

  /** @param {Item} item @param {import("../aws/send.js").Form} form */
  async #sendOne(item, form) {
    this.#change(item, { state: "sending", sent: 0 });
    const { signal } = this.stop;
    try {
      await sendFile(form, item.file, (sent) => this.#change(item, { sent }), signal);
      if (signal.aborted) return;
      this.#connected();
      this.#change(item, { state: "arriving", sent: item.file.size });
      void this.#look();
    } catch (error) {
      if (signal.aborted) return;
      this.#notSent(item, error);
    }
    this.#go();
  }

  /** @param {Item} item @param {unknown} error */
  #notSent(item, error) {
    const code = codeOf(error);
    const tries = (this.tries.get(item) ?? 0) + Number(code !== "Offline");
    this.tries.set(item, tries);
    if ((code === "Offline" || ASK_AGAIN.has(code)) && tries < MAX_TRIES) {
      this.#change(item, { state: "ready", sent: 0 });
      if (code === "Offline") this.#wait(code);
    } else {
      this.#fail(item, code);
    }
  }

  /** @param {Item[]} items @param {unknown} error */
  #notAnswered(items, error) {
    const code = codeOf(error);
    for (const item of items) {
      if (item.state !== "asked") continue;
      if (goesAway(code)) this.#change(item, { state: "ready" });
      else this.#fail(item, code, error instanceof CodedError ? error.until : "");
    }
    if (goesAway(code)) this.#wait(code);
  }

  /**
   * Wait for the connection, or for the site, and go on: when the browser says that it is back, or after a growing pause.
   * @param {string} code
   */
  #wait(code) {
    if (this.isWaiting) return;
    this.isWaiting = true;
    for (const item of this.forms.keys()) this.#change(item, { state: "ready" });
    this.forms.clear();
    this.callbacks.waiting(code === "Offline" ? "offline" : "busy");
    const goOn = () => {
      clearTimeout(timer);
      removeEventListener("online", goOn);
      this.isWaiting = false;
      this.#go();
    };
    const timer = setTimeout(goOn, spread(this.pause));
    addEventListener("online", goOn);
    this.pause = Math.min(2 * this.pause, MAX_PAUSE_MS);
  }

  #connected() {
    this.pause = FIRST_PAUSE_MS;
    this.callbacks.waiting("");
  }

  /** See what became of photos that were sent: only then is it known whether each is what it seemed to be. */
  async #look() {
    if (this.isLooking) return;
    this.isLooking = true;
    for (let waited = 0, pause = Math.min(Math.max(FIRST_LOOK_MS, this.askedFor), MAX_LOOK_MS); waited < LOOK_FOR_MS; waited += pause, pause = Math.min(2 * pause, MAX_LOOK_MS)) {
      await new Promise((done) => setTimeout(done, pause * (0.75 + Math.random() / 2)));
      const arriving = this.items.filter(({ state }) => state === "arriving").slice(0, IDS_A_CALL);
      if (!arriving.length) break;
      const found = await mine(this.sender, arriving.map(({ id }) => id)).catch(() => []); // looked at again soon
      // One that is about to be shown may still turn out to be damaged.
      for (const sent of found) if (!["begun", "let_in"].includes(sent.state)) this.#became(arriving.find(({ id }) => id === sent.id), sent);
    }
    this.isLooking = false;
    for (const item of this.items) if (item.state === "arriving") this.#change(item, { state: "done" });
    this.#settle();
  }

  /** @param {Item | undefined} item @param {Sent} sent */
  #became(item, sent) {
    if (item?.state !== "arriving") return;
    if (sent.state === "failed") this.#fail(item, sent.code ?? "UploadsFailed");
    else this.#change(item, { state: sent.state === "there" ? "there" : "done", became: sent });
  }

  /** @param {Item} item @param {string} code @param {string} [until] */
  #fail(item, code, until = "") {
    this.#change(item, { state: "failed", code, until, sent: 0 });
  }

  /** @param {Item} item @param {Partial<Item>} changes */
  #change(item, changes) {
    Object.assign(item, changes);
    this.callbacks.changed(item);
  }

  #settle() {
    if (!this.isBusy && !this.isReading) this.callbacks.idle();
  }
}

/** @param {File} file @returns {Item} */
const newItem = (file) => ({
  file,
  name: file.name.normalize("NFC"),
  state: "reading",
  sent: 0,
  sha256: "",
  kind: "",
  id: "",
  code: "",
  until: "",
  became: null,
});

/**
 * Read a file: what it is, and its digest.
 * @param {Item} item
 * @returns {Promise<string>}  Why it can't be sent; empty if it can.
 */
async function look(item) {
  const { file } = item;
  if (!file.size) return "EmptyFile";
  try {
    item.kind = kindOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
    if (item.kind === FILM || (!item.kind && file.type.startsWith(FILM))) return "Film";
    if (!item.kind) return "NotAPhoto";
    if (file.size > MAX_BYTES) return "TooLarge";
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    item.sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return "";
  } catch {
    return "Unreadable";
  }
}

/** @param {Item} item */
const describe = (item) => ({ name: item.name, size: item.file.size, sha256: item.sha256, type: item.kind });

/** Whether what went wrong goes away by itself. @param {string} code */
const goesAway = (code) => PASSES.has(code) || isCrowded(code);

/** @param {unknown} error */
const codeOf = (error) => (error instanceof CodedError ? error.code : "UploadsFailed");

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
