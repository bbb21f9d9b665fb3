// The owner looks at photos that guests have added, and lets them in or refuses them: one by one or a whole batch, by key
// or by touch. An answer leaves a few seconds later, so that it can be taken back: what is refused is gone.

import { signedUrl } from "../aws/http.js";
import { byId, make } from "../elements.js";
import { CodedError } from "../errors.js";
import { t, tn } from "../language.js";
import { tell } from "../notice.js";
import { batchesOf } from "./batches.js";
import { told } from "./owner-toast.js";
import { countWaiting, decide, readWaiting, titleOfSet } from "./waiting-calls.js";

/**
 * @typedef {import("./batches.js").Batch} Batch
 * @typedef {import("./waiting-calls.js").Waiting} Waiting
 * @typedef {import("./waiting-calls.js").Decided} Decided
 */

const UNDO_MS = 4_000;
const LOOK_MS = 15_000;
// Pictures' addresses are good for a quarter of an hour.
const RENEW_MS = 600_000;

/** Start the page. Throws a `CodedError` if the site doesn't answer. */
export async function startWaiting() {
  await new Desk().start();
}

class Desk {
  constructor() {
    this.place = byId("batches");
    /** @type {Map<string, Waiting>} */
    this.photos = new Map();
    /** Tiles by the photo's id. @type {Map<string, HTMLElement>} */
    this.tiles = new Map();
    /** Decided here: a look that was under way doesn't bring them back. @type {Set<string>} */
    this.decided = new Set();
    /** The last answer, until it leaves. @type {{answer: Decided, timer: number} | null} */
    this.last = null;
    /** What it was about. @type {Waiting[]} */
    this.undone = [];
    this.readAt = 0;
    /** What was counted last, as text. */
    this.counted = "";
    // Hundreds of photos as they came would be too much at once: each is fetched when it comes near.
    this.near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.fetch(/** @type {HTMLElement} */ (target));
    }, { rootMargin: "100%" });
  }

  async start() {
    await this.look();
    byId("loading").hidden = true;
    byId("desk").hidden = false;
    document.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.send();
    });
    setInterval(() => {
      if (document.visibilityState === "visible") void this.look().catch(() => {});
    }, LOOK_MS);
  }

  /** See what waits: all of it only if the counts have changed, or the pictures' addresses are about to end. */
  async look() {
    const counted = JSON.stringify(await countWaiting());
    if (counted === this.counted && Date.now() - this.readAt < RENEW_MS) return;
    const found = await readWaiting();
    this.counted = counted;
    this.readAt = Date.now();
    this.photos = new Map(found.filter(({ id }) => !this.decided.has(id)).map((photo) => [photo.id, photo]));
    this.draw();
  }

  draw() {
    const at = this.current();
    const order = this.order();
    const next = at ? order.slice(order.indexOf(at)).find(({ id }) => this.photos.has(id)) : null;
    for (const [id, tile] of this.tiles) {
      if (this.photos.has(id)) continue;
      this.near.unobserve(tile);
      tile.remove();
      this.tiles.delete(id);
    }
    const batches = batchesOf([...this.photos.values()]);
    this.place.replaceChildren(...batches.map((batch) => this.batch(batch)));
    byId("none").hidden = batches.length > 0;
    byId("hint").hidden = !batches.length;
    byId("how-many").textContent = batches.length ? tn("%(num)s photo waiting", "%(num)s photos waiting", this.photos.size) : "";
    if (at) this.focus(next ?? this.order().at(-1));
  }

  /** @param {Batch} batch */
  batch(batch) {
    const ids = batch.photos.map(({ id }) => id);
    const from = batch.name || t("A guest");
    const letIn = make("button", { type: "button", className: "button strong", textContent: t("Let all in") });
    letIn.addEventListener("click", () => this.answer("let_in", batch.set, ids));
    const refuse = make("button", { type: "button", className: "button", textContent: t("Refuse all") });
    refuse.addEventListener("click", () => this.answer("refuse", batch.set, ids));
    const head = make("div", { className: "batch-head" },
      make("h2", {}, make("bdi", { textContent: from })),
      make("p", { className: "quiet", textContent: `${titleOfSet(batch.set)} · ${tn("%(num)s photo", "%(num)s photos", ids.length)}` }),
      make("div", { className: "actions" }, letIn, refuse));
    return make("section", { className: "batch" }, head, make("ul", { className: "desk" }, ...batch.photos.map((photo) => this.tile(photo, from))));
  }

  /** @param {Waiting} photo @param {string} from */
  tile(photo, from) {
    const kept = this.tiles.get(photo.id);
    if (kept) return kept;
    const picture = make("div", { className: "desk-picture" });
    const letIn = make("button", { type: "button", className: "button strong", textContent: t("Let in") });
    letIn.addEventListener("click", () => this.answer("let_in", photo.set, [photo.id]));
    const refuse = make("button", { type: "button", className: "button", textContent: t("Refuse") });
    refuse.addEventListener("click", () => this.answer("refuse", photo.set, [photo.id]));
    const made = make("li", { tabIndex: -1 }, picture, make("div", { className: "actions" }, letIn, refuse));
    made.setAttribute("aria-label", t("Photo %(file)s from %(name)s", { file: photo.file, name: from }));
    made.dataset.id = photo.id;
    this.tiles.set(photo.id, made);
    this.near.observe(made);
    return made;
  }

  /** Fetch a tile's picture. @param {HTMLElement} tile */
  fetch(tile) {
    const photo = this.photos.get(tile.dataset.id ?? "");
    if (!photo) return;
    this.near.unobserve(tile);
    void look(photo).then((image) => tile.firstElementChild?.replaceChildren(image));
  }

  /** The photos as they stand on the page. @returns {Waiting[]} */
  order() {
    const ids = [.../** @type {NodeListOf<HTMLElement>} */ (this.place.querySelectorAll("[data-id]"))].map(({ dataset }) => dataset.id ?? "");
    return ids.map((id) => this.photos.get(id)).filter((photo) => photo !== undefined);
  }

  /** The photo that the keys mean. */
  current() {
    const tile = document.activeElement?.closest("[data-id]");
    return tile instanceof HTMLElement ? this.photos.get(tile.dataset.id ?? "") : undefined;
  }

  /** @param {Waiting | undefined} photo */
  focus(photo) {
    const tile = photo && this.tiles.get(photo.id);
    tile?.focus({ preventScroll: true });
    tile?.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const order = this.order();
    const at = this.current();
    const index = at ? order.indexOf(at) : -1;
    const photo = at ?? order[0];
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (["j", "ArrowRight", "ArrowDown"].includes(key)) this.focus(order[Math.min(index + 1, order.length - 1)]);
    else if (["k", "ArrowLeft", "ArrowUp"].includes(key)) this.focus(order[Math.max(index - 1, 0)]);
    else if (key === "z") this.undo();
    else if (photo && key === "y") this.answer("let_in", photo.set, [photo.id], photo);
    else if (photo && key === "n") this.answer("refuse", photo.set, [photo.id], photo);
    else if (photo && key === "a") this.answer("let_in", photo.set, order.filter(({ set, who }) => set === photo.set && who === photo.who).map(({ id }) => id), photo);
    else return;
    event.preventDefault();
  }

  /**
   * @param {"let_in" | "refuse"} decision
   * @param {string} set
   * @param {string[]} ids
   * @param {Waiting} [from]  Where the keys were.
   */
  answer(decision, set, ids, from = this.current()) {
    void this.send();
    if (from) this.tiles.get(from.id)?.focus({ preventScroll: true });
    const gone = ids.map((id) => this.photos.get(id)).filter((photo) => photo !== undefined);
    for (const id of ids) {
      this.decided.add(id);
      this.photos.delete(id);
    }
    const order = this.order();
    const next = from && (this.photos.has(from.id) ? from : this.after(from));
    this.last = { answer: { decision, set, ids }, timer: setTimeout(() => void this.send(), UNDO_MS) };
    this.undone = gone;
    this.draw();
    if (from) this.focus(next ?? order.at(-1));
    const words = decision === "let_in"
      ? tn("%(num)s photo let in", "%(num)s photos let in", ids.length)
      : tn("%(num)s photo refused", "%(num)s photos refused", ids.length);
    told(words, () => this.undo());
  }

  /** The photo after one that is no longer there. @param {Waiting} from */
  after(from) {
    const tiles = /** @type {HTMLElement[]} */ ([...this.place.querySelectorAll("[data-id]")]);
    const at = tiles.findIndex(({ dataset }) => dataset.id === from.id);
    const id = tiles.slice(at + 1).map(({ dataset }) => dataset.id ?? "").find((each) => this.photos.has(each));
    return id === undefined ? undefined : this.photos.get(id);
  }

  undo() {
    if (!this.last) return;
    clearTimeout(this.last.timer);
    this.last = null;
    for (const photo of this.undone) {
      this.decided.delete(photo.id);
      this.photos.set(photo.id, photo);
    }
    this.draw();
    this.focus(this.undone[0]);
    told(t("Taken back"));
  }

  /** Send the last answer: from now on it can't be taken back. */
  async send() {
    const { last } = this;
    if (!last) return;
    clearTimeout(last.timer);
    this.last = null;
    told("");
    try {
      await decide(last.answer);
    } catch (error) {
      for (const id of last.answer.ids) this.decided.delete(id);
      this.counted = "";
      await this.look().catch(() => {});
      tell(error instanceof CodedError ? error : new CodedError("Offline", String(error)), () => void this.look().catch(() => {}));
    }
  }
}

/** The picture of a photo that waits, which only the owner may fetch. @param {Waiting} photo @returns {Promise<HTMLElement>} */
async function look({ look: address, look_jpeg: jpeg, ...photo }) {
  try {
    const answer = await fetch(signedUrl(address));
    if (!answer.ok) throw new Error(String(answer.status));
    const image = make("img", { alt: "", src: URL.createObjectURL(await answer.blob()) });
    for (const event of ["load", "error"]) image.addEventListener(event, () => URL.revokeObjectURL(image.src), { once: true });
    await image.decode();
    return image;
  } catch {
    if (jpeg) return look({ ...photo, look: jpeg, look_jpeg: "" });
    const { file } = photo;
    return make("p", { className: "quiet", textContent: t("Your browser can't show %(file)s. You can let it in all the same.", { file }) });
  }
}
