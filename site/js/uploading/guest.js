// An event's page, for a guest: choose or take photos, watch them go, see what became of them, take them back.

import { invoke } from "../aws/calls.js";
import { config, PASS_COOKIE } from "../config.js";
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { formatDay, formatTime, t, tn } from "../language.js";
import { titleOf } from "../photos/rows.js";
import { setUrl } from "../photos/urls.js";
import { throughCrowd } from "./crowd.js";
import { showCover } from "./guest-cover.js";
import { guestId, guestName, isNewGuest, keepGuestName } from "./guest-id.js";
import { GuestList } from "./guest-list.js";
import { KeptFiles } from "./kept-files.js";
import { mayHelp, refusalInWords, waitingInWords } from "./refusals.js";
import { seeMine, takeBack } from "./upload-calls.js";
import { Uploads } from "./uploads.js";

/**
 * @typedef {object} Event  What the uploads function says of an event.
 * @property {string} set
 * @property {string} title
 * @property {boolean} at_once
 * @property {number} [closes_at]  Seconds since 1970.
 * @property {boolean} is_open
 * @property {boolean} is_public  Whether everybody may see the album.
 */

const SECRET = /^#([A-Za-z0-9_-]{22})$/;
// While a guest waits for a decision, the page asks for it: at first soon, then more seldom, since hundreds may wait.
const FIRST_PAUSE_MS = 8_000;
const MAX_PAUSE_MS = 60_000;
// When it closes, not all pages ask at once.
const SPREAD_MS = 5_000;

/** Start the page. Throws a `CodedError` if the site doesn't answer. */
export async function startGuest() {
  addEventListener("hashchange", () => location.reload()); // another event's code was scanned
  const secret = SECRET.exec(location.hash)?.[1];
  const event = secret ? await find(secret) : null;
  byId("loading").hidden = true;
  if (!secret || !event) return void (byId("no-event").hidden = false);
  const title = event.title || titleOf(event.set);
  byId("title").textContent = title;
  document.title = `${title} · ${document.title}`;
  const maySee = event.is_public || document.cookie.includes(PASS_COOKIE);
  if (maySee) await showCover(event.set, byId("event"));
  byId("event").hidden = false;
  byId("found").hidden = !maySee;
  byId("album", HTMLAnchorElement).href = setUrl(event.set);
  welcome(event);
  await new Guest(secret, event).start();
}

/** @param {string} secret @returns {Promise<Event | null>} */
async function find(secret) {
  const call = () => invoke(config.uploadsFunction, { action: "event", event: secret });
  try {
    return (await throughCrowd(call, (isWaiting) => isWaiting && (byId("loading").textContent = waitingInWords("busy")))).output;
  } catch (error) {
    if (error instanceof CodedError && error.code === "NoEvent") return null;
    throw error;
  }
}

/** @param {Event} event */
function welcome({ at_once, closes_at }) {
  byId("consent").textContent = at_once
    ? t("Everybody who sees this album sees your photos at once.")
    : t("Your host looks at your photos first, and may then show them to everybody who sees this album.");
  if (!closes_at) return;
  const end = new Date(closes_at * 1000).toISOString();
  byId("until").textContent = t("Open until %(day)s, %(time)s.", { day: formatDay(end), time: formatTime(end) });
}

// Of setTimeout, which fires at once after a longer time.
const MAX_TIMER_MS = 2 ** 31 - 1;

class Guest {
  /** @param {string} secret @param {Event} event */
  constructor(secret, event) {
    this.isNew = isNewGuest();
    this.kept = new KeptFiles("kinpics-guest-uploads");
    const guest = guestId();
    this.event = event;
    /** @type {import("./upload-calls.js").Sender} */
    this.sender = { credentials: async () => ({ event: secret, guest }), name: guestName() };
    this.list = new GuestList(byId("sent-files"), {
      again: (item) => this.uploads.again([item]),
      takeBack: (id) => void this.takeBack(id),
    });
    this.uploads = new Uploads(this.sender, {
      changed: (item) => this.changed(item),
      waiting: (why) => {
        byId("connection").textContent = why ? waitingInWords(why) : "";
      },
      idle: () => {
        this.pause = FIRST_PAUSE_MS;
        void this.look();
      },
    });
    this.pause = FIRST_PAUSE_MS;
    this.timer = 0;
  }

  /** Take photos, or say that the event takes no more; the page may have been open for days. @param {boolean} isOpen */
  open(isOpen) {
    this.event.is_open = isOpen;
    byId("adding").hidden = !isOpen;
    byId("closed").hidden = isOpen;
  }

  async start() {
    this.open(this.event.is_open);
    const left = (this.event.closes_at ?? Infinity) * 1000 - Date.now();
    if (this.event.is_open && left < MAX_TIMER_MS) setTimeout(() => void this.look(), Math.max(0, left) + SPREAD_MS * Math.random());
    const name = byId("name", HTMLInputElement);
    name.value = this.sender.name ?? "";
    name.addEventListener("input", () => {
      this.sender.name = name.value.trim();
      keepGuestName(this.sender.name);
    });
    for (const id of ["files", "shot"]) {
      const input = byId(id, HTMLInputElement);
      input.addEventListener("change", () => {
        this.sender.name = name.value.trim();
        this.add([...(input.files ?? [])]);
        input.value = "";
      });
    }
    addEventListener("beforeunload", (event) => {
      if (this.uploads.isSending) event.preventDefault(); // the browser asks whether to leave
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.pause = FIRST_PAUSE_MS;
      void this.look();
    });
    if (this.isNew) return;
    await this.look();
    await this.goOn();
  }

  /** @param {File[]} files */
  add(files) {
    void this.kept.keep(this.event.set, files);
    this.uploads.add(files);
    this.summarise();
  }

  /** Go on with what was chosen before the page was closed. */
  async goOn() {
    const left = (await this.kept.all()).filter(({ set }) => set === this.event.set).map(({ file }) => file);
    if (!this.event.is_open) for (const file of left) void this.kept.drop(this.event.set, file);
    else if (left.length) this.add(left);
  }

  /** @param {import("./uploads.js").Item} item */
  changed(item) {
    if (item.code === "EventClosed") this.open(false);
    const isOver = item.state === "failed" && (!mayHelp(item.code) || item.code === "EventClosed");
    if (isOver || ["done", "there"].includes(item.state)) void this.kept.drop(this.event.set, item.file);
    this.list.showItem(item);
    this.summarise();
  }

  /** See what became of the photos, and again as long as any is undecided. */
  async look() {
    clearTimeout(this.timer);
    try {
      const { photos, is_open: isOpen } = await seeMine(this.sender);
      this.list.showAll(this.event.set, photos);
      if (isOpen !== undefined) this.open(isOpen);
      this.summarise();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
    }
    clearTimeout(this.timer);
    if (document.visibilityState !== "visible" || !this.list.count("waiting", "let_in", "begun")) return;
    this.timer = setTimeout(() => void this.look(), this.pause);
    this.pause = Math.min(2 * this.pause, MAX_PAUSE_MS);
  }

  /** @param {string} id */
  async takeBack(id) {
    try {
      await takeBack(this.sender, [id]);
      byId("problem").textContent = "";
    } catch (error) {
      byId("problem").textContent = refusalInWords(error instanceof CodedError ? error.code : "");
    }
    await this.look();
  }

  summarise() {
    const { list } = this;
    byId("yours").hidden = !list.rows.size;
    const going = list.count("reading", "ready", "asked", "sending", "arriving", "done");
    const waiting = list.count("waiting");
    const shown = list.count("shown", "let_in");
    const said = [
      going && tn("%(num)s photo on its way", "%(num)s photos on their way", going),
      waiting && tn("%(num)s photo waiting for your host", "%(num)s photos waiting for your host", waiting),
      shown && tn("%(num)s photo shown", "%(num)s photos shown", shown),
    ];
    const words = said.filter(Boolean).join(" · ");
    if (byId("summary").textContent !== words) byId("summary").textContent = words;
  }
}
