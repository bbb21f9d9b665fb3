// The keys of the photo view.

import { make } from "../elements.js";
import { t } from "../language.js";

/** Show them in a dialog. */
export function showHelp() {
  /** @type {[string[], string][]} */
  const keys = [
    [["←", "→"], t("Previous and next photo")],
    [["Z"], t("Zoom")],
    [["I"], t("About this photo")],
    [["P"], t("Slideshow")],
    [[t("Space")], t("Pause and resume")],
    [["M"], t("A film's sound on and off")],
    [["←", "→"], t("Skip back and forward in a playing film")],
    [["F"], t("Full screen")],
    [["Esc"], t("Close")],
  ];
  const list = make("dl", { className: "keys" });
  for (const [names, words] of keys) {
    list.append(make("dt", {}, ...names.map((name) => make("kbd", { textContent: name }))), make("dd", { textContent: words }));
  }
  const close = make("button", { type: "button", className: "button", textContent: t("Close") });
  const title = make("h2", { id: "keys-title", textContent: t("Keyboard shortcuts") });
  const dialog = make("dialog", { className: "stage-dialog" }, title, list, close);
  dialog.setAttribute("aria-labelledby", "keys-title");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
