// What sections of the owner's place are made of.

import { config } from "../config.js";
import { make } from "../elements.js";
import { t } from "../language.js";
import { thumbnailUrl } from "../photos/urls.js";
import { handed, isHereAlone } from "../sharing/handed.js";
import { openSheet } from "../sharing/share.js";

const AGAIN_MS = 2000;

/** @param {string} title @param {Node[]} content */
export const section = (title, ...content) => make("section", { className: "own-section" }, make("h2", { textContent: title }), ...content);

/** What is out of the way until it is asked for. @param {string} title @param {Node[]} content */
export const folded = (title, ...content) => make("details", { className: "own-folded" }, make("summary", { textContent: title }), ...content);

/** @param {string} textContent @param {() => void} act @param {string} [more] */
export function button(textContent, act, more = "") {
  const made = make("button", { type: "button", className: `button ${more}`.trim(), textContent });
  made.addEventListener("click", act);
  return made;
}

/**
 * A photo's thumbnail. One that doesn't come is asked for once more: the gate may learn of the owner's pass a moment later.
 * @param {string} setName
 * @param {string} file
 */
export function thumbnail(setName, file) {
  const src = thumbnailUrl({ setName, file });
  const image = make("img", { src, alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => setTimeout(() => (image.src = src), AGAIN_MS), { once: true });
  return image;
}

/** Take a row off its list, and with the last one the section. @param {HTMLElement} row */
export function removeRow(row) {
  const list = row.parentElement;
  row.remove();
  if (list && !list.childElementCount) list.closest("section")?.remove();
}

/** @param {string} textContent */
export const quiet = (textContent) => make("p", { className: "quiet small", textContent });

/** A box to tick, with its words. @param {string} words @param {boolean} checked */
export function tick(words, checked) {
  const box = make("input", { type: "checkbox", checked });
  return { box, label: make("label", { className: "own-tick" }, box, make("span", { dir: "auto", textContent: words })) };
}

/**
 * An address to pass on, with its code.
 * @param {string} label
 * @param {string} path  On this site.
 * @param {string} title  Of what it leads to.
 */
export function addressRow(label, path, title) {
  const url = handed(path);
  const shown = make("input", { className: "input", readOnly: true, value: url });
  shown.addEventListener("focus", () => shown.select());
  const field = make("label", { className: "field" }, make("span", { textContent: label }), shown);
  const pass = button(t("Copy or show its code…"), () => void openSheet({ url, title }));
  pass.setAttribute("aria-label", t("%(what)s: copy or show its code", { what: label }));
  return make("div", { className: "own-address" }, field, pass);
}

/** Who can't open the addresses that the owner hands out, and what those meet who can; nothing on AWS. */
export function reach() {
  if (isHereAlone()) return [quiet(t("Phones can't open these addresses, or scan their codes: localhost is this computer alone. Start the site with --host to open it to your home network."))];
  if (config.homeUrl) return [quiet(t("These addresses are for your home network. There, phones first show a warning about the certificate, and ask for the home network's password: tell it to your guests."))];
  return [];
}
