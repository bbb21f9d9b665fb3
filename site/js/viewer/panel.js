// About the photo in view: a panel at the side or, on a narrow screen, a sheet that can be dragged.

import { make } from "../elements.js";
import { t } from "../language.js";
import { readSet } from "../photos/read.js";
import { titleOf } from "../photos/rows.js";
import { personUrl, searchUrl, setUrl } from "../photos/urls.js";
import { tool } from "./controls.js";
import { factsOf } from "./facts.js";
import { restOf, SHOWN } from "./snap.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").Details} Details
 * @typedef {import("../photos/rows.js").Face} Face
 * @typedef {import("./snap.js").Rest} Rest
 */

const PANEL_PX = 340;
// The whole sheet, in heights of the window. lightbox.css has the same.
const SHEET = 0.88;
const NARROW = matchMedia("(max-width: 999px)");

/** Titles of sets, by their names. @type {Map<string, Promise<string>>} */
const titles = new Map();

export class Panel {
  /** @param {{resting: (byVisitor: boolean) => void}} callbacks  `resting`: it has opened, closed or stopped at another height. */
  constructor({ resting }) {
    this.resting = resting;
    /** @type {Rest} */
    this.rest = "closed";
    /** @type {Photo | null} */
    this.photo = null;
    this.title = make("h2", { tabIndex: -1, textContent: t("About this photo") });
    this.handle = make("button", { type: "button", className: "handle" });
    this.handle.addEventListener("click", () => this.#settle(this.rest === "full" ? "half" : "full", true));
    const head = make("div", { className: "panel-head" }, this.title, tool("close", t("Close this panel"), () => this.close(true)));
    this.body = make("div", { className: "panel-body" });
    this.element = make("aside", { className: "panel" }, this.handle, head, this.body);
    this.element.setAttribute("aria-label", t("About this photo"));
    this.element.addEventListener("wheel", (event) => event.stopPropagation()); // PhotoSwipe would zoom
    this.element.hidden = true;
    dragSheet(this);
    NARROW.addEventListener("change", () => this.#settle(this.rest === "closed" ? "closed" : "half", false));
  }

  /** Whether it is a sheet that comes from below. */
  get isSheet() {
    return NARROW.matches;
  }

  /** How many pixels it takes from the photo's side. */
  get width() {
    return this.rest === "closed" || this.isSheet ? 0 : PANEL_PX;
  }

  /** How many pixels it takes from below the photo. A full sheet covers the photo and moves it no further. */
  get covered() {
    return this.rest === "closed" || !this.isSheet ? 0 : Math.round(innerHeight * SHEET * SHOWN.half);
  }

  toggle() {
    if (this.rest === "closed") this.open(true);
    else this.close(true);
  }

  /** @param {boolean} byVisitor */
  open(byVisitor) {
    this.opener = document.activeElement;
    this.#settle("half", byVisitor);
    void this.#nameAlbum();
    if (byVisitor && this.isSheet) this.title.focus({ preventScroll: true });
  }

  /**
   * @param {boolean} [byVisitor]
   * @returns {boolean}  Whether it was open.
   */
  close(byVisitor = false) {
    if (this.rest === "closed") return false;
    this.#settle("closed", byVisitor);
    return true;
  }

  /** A photo came into view; its details follow. @param {Photo} photo */
  show(photo) {
    this.photo = photo;
    this.body.setAttribute("aria-busy", "true");
  }

  /**
   * @param {Photo} photo
   * @param {Details} details
   * @param {Face[]} faces  Those that are known with their names.
   */
  describe(photo, details, faces) {
    const taken = details.takenAt ?? photo.takenAt;
    const album = make("a", { href: setUrl(photo.setName), textContent: titleOf(photo.setName) });
    this.album = album;
    const facts = make("dl", { className: "facts num" });
    facts.append(make("dt", { textContent: t("Album") }), make("dd", {}, album));
    const people = new Map(faces.flatMap(({ person }) => (person ? [[person.slug, person]] : [])));
    if (people.size) {
      const links = [...people.values()].map(({ slug, name, hasPage }) =>
        make("li", {}, hasPage ? make("a", { href: personUrl(slug), textContent: name, dir: "auto" }) : make("bdi", { textContent: name })),
      );
      facts.append(make("dt", { textContent: t("People") }), make("dd", {}, make("ul", {}, ...links)));
    }
    for (const [term, text] of factsOf(photo, { ...details, takenAt: taken })) {
      facts.append(make("dt", { textContent: term }), make("dd", { textContent: text }));
    }
    const words = details.words.map((word) => make("a", { className: "chip plain", href: searchUrl(word), textContent: word }));
    const parts = [
      ...(details.title ? [make("h3", { textContent: details.title })] : []),
      ...(details.caption ? [make("p", { className: "story", textContent: details.caption })] : []),
      facts,
      ...(words.length ? [make("div", { className: "chips" }, ...words)] : []),
    ];
    this.body.replaceChildren(...parts);
    this.body.removeAttribute("aria-busy");
    this.body.scrollTop = 0;
    void this.#nameAlbum();
  }

  /** The album's link gets the title that the owner gave it, once the panel is open. */
  async #nameAlbum() {
    const { photo, album } = this;
    if (this.rest === "closed" || !photo || !album) return;
    const title = titles.get(photo.setName) ?? readSet(photo.setName).then((set) => set?.title ?? titleOf(photo.setName));
    titles.set(photo.setName, title);
    try {
      album.textContent = await title;
    } catch {
      titles.delete(photo.setName); // its name is already there
    }
  }

  /**
   * Come to rest.
   * @param {Rest} rest
   * @param {boolean} byVisitor
   */
  #settle(rest, byVisitor) {
    const wasFocused = this.element.contains(document.activeElement);
    const before = this.rest;
    this.rest = rest;
    this.element.hidden = rest === "closed" && !this.isSheet;
    this.element.toggleAttribute("inert", rest === "closed");
    if (this.isSheet && before === "closed" && rest !== "closed") {
      this.element.hidden = false;
      this.element.style.setProperty("--shown", "0");
      void this.element.offsetHeight; // it rises from below
    }
    this.element.dataset.rest = rest;
    this.element.style.setProperty("--shown", String(SHOWN[rest]));
    const isFull = rest === "full";
    this.handle.setAttribute("aria-label", isFull ? t("Make this panel smaller") : t("Make this panel larger"));
    this.resting(byVisitor && before !== rest && (before === "closed" || rest === "closed"));
    if (rest === "closed" && wasFocused && this.opener instanceof HTMLElement) this.opener.focus({ preventScroll: true });
  }

  /** A finger has let go of it. @param {number} shown @param {number} speed */
  drop(shown, speed) {
    this.#settle(restOf(shown, speed), true);
  }
}

/**
 * Let a finger drag the sheet. A full sheet's text scrolls; only from its beginning does it drag the sheet down.
 * @param {Panel} panel
 */
function dragSheet(panel) {
  const { element, body } = panel;
  /** @type {{y: number, shown: number, drags: boolean | null, marks: {y: number, at: number}[]} | null} */
  let hold = null;

  element.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    hold = touch && event.touches.length === 1 && panel.isSheet ? { y: touch.clientY, shown: SHOWN[panel.rest], drags: null, marks: [] } : null;
  }, { passive: true });

  element.addEventListener("touchmove", (event) => {
    const [touch] = event.touches;
    if (!hold || !touch) return;
    const down = touch.clientY - hold.y;
    const scrolls = panel.rest === "full" && body.contains(/** @type {Node} */ (event.target)) && (body.scrollTop > 0 || down < 0);
    hold.drags ??= !scrolls;
    if (!hold.drags) return;
    event.preventDefault();
    element.classList.add("dragged");
    hold.marks = [...hold.marks.slice(-4), { y: touch.clientY, at: event.timeStamp }];
    element.style.setProperty("--shown", String(Math.min(1, Math.max(0, hold.shown - down / element.offsetHeight))));
  }, { passive: false });

  for (const name of /** @type {const} */ (["touchend", "touchcancel"])) {
    element.addEventListener(name, () => {
      const held = hold;
      hold = null;
      const [first] = held?.marks ?? [];
      const last = held?.marks.at(-1);
      if (!held?.drags || !first || !last) return;
      element.classList.remove("dragged");
      const speed = (first.y - last.y) / element.offsetHeight / Math.max(0.001, (last.at - first.at) / 1000);
      panel.drop(Number(element.style.getPropertyValue("--shown")), speed);
    });
  }
}
