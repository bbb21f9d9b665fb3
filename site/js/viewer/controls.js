// What surrounds the photo: tools above, arrows at the sides, faces and words below.

import { config } from "../config.js";
import { make } from "../elements.js";
import { icon } from "../icons.js";
import { t } from "../language.js";
import { isFilm } from "../photos/film-urls.js";
import { downloadUrl, largeName, largeUrl } from "../photos/urls.js";
import { fileSize, takenWords } from "./facts.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("../photos/rows.js").Details} Details
 * @typedef {Parameters<typeof icon>[0]} IconName
 *
 * @typedef {object} Actions
 * @property {() => void} close
 * @property {() => void} previous
 * @property {() => void} next
 * @property {(() => void) | null} play  Null if there is only one photo.
 * @property {() => void} zoom
 * @property {() => void} share
 * @property {() => void} about
 */

export class Controls {
  /** @param {Actions} actions */
  constructor(actions) {
    this.place = make("span", { className: "place quiet num" });
    this.about = tool("info", t("About this photo"), actions.about);
    this.about.setAttribute("aria-expanded", "false");
    this.fullscreen = tool("expand", t("Full screen"), () => this.toggleFullscreen());
    this.fullscreen.classList.add("roomy");
    this.fullscreen.hidden = !document.fullscreenEnabled;
    const zoom = tool("zoom", t("Zoom"), actions.zoom);
    zoom.classList.add("roomy");
    const tools = make("div", { className: "tools" }, tool("close", t("Close"), actions.close), this.place, make("span", { className: "spring" }));
    if (actions.play) tools.append(tool("play", t("Play"), actions.play));
    tools.append(zoom, ...this.#downloads(), tool("share", t("Share"), actions.share), this.about, this.fullscreen);
    this.strip = make("div", { className: "strip" });
    this.caption = make("p", { className: "caption" });
    this.date = make("p", { className: "date quiet small num" });
    this.status = make("p", { className: "unseen" });
    this.status.setAttribute("role", "status");
    const under = make("div", { className: "under" }, this.strip, make("div", { className: "words" }, this.caption, this.date));
    /** @type {HTMLElement[]} */
    this.elements = [tools, under, this.status];
    if (actions.play) this.elements.splice(1, 0, step("back", t("Previous photo"), actions.previous), step("next", t("Next photo"), actions.next));
  }

  /** Say something to screen readers, and for a moment below the tools. @param {string} text */
  announce = (text) => {
    this.status.textContent = text;
    this.status.classList.add("seen");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => this.status.classList.remove("seen"), 2500);
  };

  /**
   * A photo came into view.
   * @param {Photo} photo
   * @param {number} index
   * @param {number} total
   */
  show(photo, index, total) {
    this.position = t("Photo %(number)s of %(total)s", { number: index + 1, total });
    this.place.textContent = t("%(number)s of %(total)s", { number: index + 1, total });
    this.caption.textContent = this.date.textContent = "";
    this.closeMenu();
    if (this.original) {
      this.original.href = downloadUrl(photo);
      this.original.download = photo.file;
      if (config.originals) this.original.textContent = t("Original");
    }
    if (this.large) {
      this.large.href = largeUrl(photo);
      // The large rendition is no smaller, or of a film only its picture.
      this.large.hidden = Math.max(photo.width, photo.height) <= config.largeSide || isFilm(photo.file);
      this.large.download = largeName(photo);
    }
  }

  /**
   * @param {Photo} photo
   * @param {Details} details
   */
  describe(photo, details) {
    const words = details.title || details.caption;
    const taken = details.takenAt ?? photo.takenAt;
    this.caption.textContent = words;
    this.date.textContent = taken ? takenWords(taken) : "";
    this.status.classList.remove("seen");
    this.status.textContent = words ? `${this.position}: ${words}` : (this.position ?? "");
    if (this.original && config.originals && details.size) this.original.textContent = t("Original, %(size)s", { size: fileSize(details.size) });
  }

  /** @param {boolean} isOpen */
  setAbout(isOpen) {
    this.about.setAttribute("aria-expanded", String(isOpen));
  }

  /** @returns {boolean}  Whether the menu was open. */
  closeMenu() {
    if (!this.menu || this.menu.hidden) return false;
    if (this.menu.contains(document.activeElement)) this.opener?.focus();
    this.menu.hidden = true;
    this.opener?.setAttribute("aria-expanded", "false");
    return true;
  }

  async toggleFullscreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen().catch(() => {}); // the browser may refuse, and the page stays
    const label = document.fullscreenElement ? t("Leave full screen") : t("Full screen");
    this.fullscreen.replaceChildren(icon(document.fullscreenElement ? "shrink" : "expand"));
    this.fullscreen.title = label;
    this.fullscreen.setAttribute("aria-label", label);
  }

  /** One link if there is only one size, a menu if visitors can choose. */
  #downloads() {
    if (!config.downloads) return [];
    if (!config.originals) {
      this.original = make("a", { className: "button bare square", title: t("Download") }, icon("download"));
      this.original.setAttribute("aria-label", t("Download"));
      return [this.original];
    }
    this.original = make("a", { className: "button bare" });
    this.large = make("a", { className: "button bare", textContent: t("Large, %(side)s px", { side: String(config.largeSide) }) });
    const menu = (this.menu = make("div", { className: "menu", hidden: true }, this.original, this.large));
    menu.addEventListener("click", () => this.closeMenu());
    const opener = (this.opener = tool("download", t("Download"), () => {
      menu.hidden = !menu.hidden;
      opener.setAttribute("aria-expanded", String(!menu.hidden));
      if (!menu.hidden) this.original?.focus();
    }));
    opener.setAttribute("aria-expanded", "false");
    const box = make("div", { className: "downloads" }, opener, menu);
    box.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !box.contains(relatedTarget)) this.closeMenu();
    });
    return [box];
  }
}

/**
 * @param {IconName} name
 * @param {string} label
 * @param {() => void} act
 */
export function tool(name, label, act) {
  const button = make("button", { type: "button", className: "button bare square", title: label, onclick: act }, icon(name));
  button.setAttribute("aria-label", label);
  return button;
}

/**
 * @param {"back" | "next"} name
 * @param {string} label
 * @param {() => void} act
 */
function step(name, label, act) {
  const button = tool(name, label, act);
  button.className = `button bare step ${name}`;
  return button;
}
