// Our own share sheet: the link, its QR code and, if the owner allows it, the code to embed an album.

import { config } from "../config.js";
import { make } from "../elements.js";
import { icon } from "../icons.js";
import { t } from "../language.js";
import { asPng, asSvg, drawCode } from "./code.js";
import { save } from "./save.js";

/** @typedef {import("./share.js").Shared} Shared */
/** @typedef {import("./outline.js").Outline} Outline */

const FILE = "qr-code";
const EMBED_HEIGHT = "600";

/**
 * Resolves when the style sheet has loaded.
 * @type {Promise<unknown> | null}
 */
let styled = null;

/**
 * Open the sheet.
 * @param {Shared} shared
 * @param {Outline} outline  Of the address.
 */
export async function showSheet({ url, title, note = "", embed }, outline) {
  styled ??= new Promise((resolve) => {
    document.head.append(make("link", { rel: "stylesheet", href: config.shareCss, onload: resolve, onerror: resolve }));
  });
  await styled;
  const code = drawCode(outline, t("QR code for %(url)s", { url }));
  const status = make("p", { className: "share-status small" });
  status.setAttribute("role", "status");
  const close = make("button", { type: "button", className: "button bare square", title: t("Close") }, icon("close"));
  close.setAttribute("aria-label", t("Close"));
  const link = make("input", { className: "input", readOnly: true, value: url, id: "share-link" });
  const dialog = make(
    "dialog",
    { className: "share" },
    make(
      "div",
      { className: "share-box" },
      make("div", { className: "share-head" }, make("h2", { textContent: title.split(" · ")[0] ?? "", dir: "auto", id: "share-title" }), close),
      make(
        "div",
        { className: "share-code" },
        code,
        make("p", { className: "share-url", textContent: url }), // on paper
        make(
          "div",
          { className: "share-saves" },
          button(t("SVG"), () => save(asSvg(code), `${FILE}.svg`), t("Save the QR code as an SVG")),
          button(t("PNG"), async () => save(await asPng(outline), `${FILE}.png`), t("Save the QR code as a PNG")),
          button(t("Print"), () => print(), t("Print the QR code")),
        ),
      ),
      make(
        "div",
        { className: "share-ways" },
        copied(t("Link"), link, t("Copy link"), t("Link copied."), status),
        ...(note ? [make("p", { className: "quiet small", textContent: note })] : []),
        ...(embed ? [embedding(embed, title, status)] : []),
        status,
      ),
    ),
  );
  dialog.setAttribute("aria-labelledby", "share-title");
  close.addEventListener("click", () => dialog.close());
  closeOutside(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} embed @param {string} title @param {HTMLElement} status */
function embedding(embed, title, status) {
  const frame = make("iframe", { src: embed, title, width: "100%", height: EMBED_HEIGHT, loading: "lazy" });
  frame.setAttribute("style", "border:0");
  const html = make("textarea", { className: "input", readOnly: true, rows: 4, value: frame.outerHTML, id: "share-embed", spellcheck: false });
  const field = copied(t("Code for your website"), html, t("Copy code"), t("Code copied."), status);
  return make("details", {}, make("summary", { textContent: t("Embed this album") }), field);
}

/**
 * A field with a button that copies what is in it.
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} words  The button's.
 * @param {string} done
 * @param {HTMLElement} status
 */
function copied(label, field, words, done, status) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = done;
    } catch {
      field.select(); // the visitor can copy it by hand
    }
  };
  field.addEventListener("focus", () => field.select());
  const strong = make("button", { type: "button", className: "button strong", onclick: copy }, icon("copy"), words);
  return make("div", { className: "field" }, make("label", { htmlFor: field.id, textContent: label }), field, strong);
}

/** @param {string} words @param {() => void} act @param {string} label */
function button(words, act, label) {
  const made = make("button", { type: "button", className: "button", textContent: words, onclick: act });
  made.setAttribute("aria-label", label);
  return made;
}

/** A click outside a dialog closes it, unless it began inside, as when selecting text. @param {HTMLDialogElement} dialog */
function closeOutside(dialog) {
  let began = false;
  dialog.addEventListener("pointerdown", ({ target }) => {
    began = target === dialog;
  });
  dialog.addEventListener("click", ({ target }) => {
    if (began && target === dialog) dialog.close();
  });
}
