// Who do I look like? The people in the gallery who are most similar to the visitor.

import { byId, make } from "../elements.js";
import { isCancelled } from "../errors.js";
import { formatDay, t } from "../language.js";
import { clear, tell } from "../notice.js";
import { searchGallery } from "../photos/search.js";
import { searchWithPicture } from "../picture/picture.js";
import { drawCard } from "../sharing/card.js";
import { save } from "../sharing/save.js";
import { keepMatch, lastMatch, removeMatch } from "../visitor/matches.js";
import { percent } from "../words.js";

/** @typedef {import("../photos/search.js").Lookalike} Lookalike */

const CARD_NAME = "lookalike.jpg";

/** Start the page. */
export function showLookalike() {
  const list = byId("lookalikes");
  const note = byId("note");
  const sharing = byId("sharing");
  const withSelfie = byId("with-selfie", HTMLInputElement);
  const card = byId("card", HTMLImageElement);
  const last = byId("last-result");
  const lastStatus = byId("last-status");
  /** @type {{best: Lookalike, selfie: Blob} | null} */
  let shown = null;
  /** @type {Blob | null} */
  let drawn = null;

  /**
   * @param {Lookalike[]} found
   * @param {Blob} selfie
   */
  async function show(found, selfie) {
    const [best] = found;
    list.replaceChildren(...found.map(portrait));
    if (!best) return t("There's nobody in the gallery to compare you with.");
    list.firstElementChild?.prepend(own(selfie));
    shown = { best, selfie };
    sharing.hidden = false;
    await Promise.all([draw(), keep(found)]);
    return t("You look most like %(person)s.", { person: best.person });
  }

  /** @param {Lookalike[]} found */
  async function keep(found) {
    last.hidden = false;
    try {
      await keepMatch(found);
      lastStatus.textContent = t("Your result is saved for your next visit. Your picture isn't.");
    } catch {
      lastStatus.textContent = t("Your result couldn't be saved for your next visit.");
    }
  }

  /** Show the result of the last visit, unless the visitor was faster. */
  async function comeBack() {
    const match = await lastMatch().catch(() => null); // the page works without it
    const [best] = match?.people ?? [];
    if (!match || !best || shown || list.childElementCount) return;
    list.replaceChildren(...match.people.map(portrait));
    lastStatus.textContent = t("On %(day)s you looked most like %(person)s.", {
      day: formatDay(match.made_at),
      person: best.person,
    });
    last.hidden = false;
  }

  async function forgetLast() {
    try {
      clear();
      await removeMatch();
      if (!shown) list.replaceChildren();
      last.hidden = true;
    } catch (error) {
      tell(error, forgetLast);
    }
  }

  async function draw() {
    if (!shown) return;
    const { best, selfie } = shown;
    const headline = t("I look most like %(person)s: %(percent)s similar", {
      person: best.person,
      percent: percent(best.similarity),
    });
    const source = [document.title, creditOf(best)].filter(Boolean).join(" · ");
    const made = await drawCard(best.portrait, withSelfie.checked ? selfie : null, headline, source, note.textContent ?? "");
    if (shown?.best !== best) return; // the visitor took another picture meanwhile
    drawn = made;
    URL.revokeObjectURL(card.src);
    card.src = URL.createObjectURL(made);
    card.alt = t("Card: %(headline)s", { headline });
  }

  function forget() {
    for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    list.replaceChildren();
    URL.revokeObjectURL(card.src);
    card.removeAttribute("src");
    sharing.hidden = last.hidden = true;
    withSelfie.checked = false;
    shown = drawn = null;
  }

  async function share() {
    if (!drawn) return;
    const file = new File([drawn], CARD_NAME, { type: drawn.type });
    try {
      if (navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file] });
      else save(file, CARD_NAME);
    } catch (error) {
      if (!isCancelled(error)) tell(error, share);
    }
  }

  withSelfie.addEventListener("change", () => void draw());
  byId("share").addEventListener("click", share);
  byId("forget-last").addEventListener("click", forgetLast);
  searchWithPicture({ search: searchGallery, show, forget });
  void comeBack();
}

/** The visitor's own picture, which stays in the page. @param {Blob} selfie */
const own = (selfie) => make("img", { src: URL.createObjectURL(selfie), alt: t("You"), className: "own" });

/** @param {Lookalike} found */
function portrait(found) {
  const image = make("img", { alt: "", width: found.width, height: found.height });
  image.addEventListener("error", () => image.remove()); // this person is no longer in the gallery
  image.src = found.portrait;
  const name = make("h2", { textContent: found.person });
  const similarity = make("p", { textContent: t("%(percent)s similar", { percent: percent(found.similarity) }) });
  return make("li", {}, image, name, similarity, ...(found.credit ? [credit(found)] : []));
}

/** @param {Lookalike} found */
function credit(found) {
  const text = creditOf(found);
  const isLink = found.url && /^https?:/.test(found.url);
  return make("p", { className: "quiet" }, isLink ? make("a", { href: found.url, textContent: text }) : text);
}

/** @param {Lookalike} found */
const creditOf = (found) => [found.credit, found.licence].filter(Boolean).join(", ");
