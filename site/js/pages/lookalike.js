// Which person of the gallery one resembles most: a similarity, not an identification.

import { searchGallery } from "../photos/photos.js";
import { askForPicture } from "../picture/asking.js";
import { drawCard } from "../sharing/card.js";
import { keepMatch, lastMatch, removeMatch } from "../visitor/matches.js";
import { clear, tell } from "../problems.js";

/** @typedef {import("../photos/photos.js").Lookalike} Lookalike */

const CARD_NAME = "lookalike.jpg";

/** Start the page. */
export function showLookalike() {
  const list = /** @type {HTMLElement} */ (document.getElementById("lookalikes"));
  const sharing = /** @type {HTMLElement} */ (document.getElementById("sharing"));
  const withSelfie = /** @type {HTMLInputElement} */ (document.getElementById("with-selfie"));
  const card = /** @type {HTMLImageElement} */ (document.getElementById("card"));
  const last = /** @type {HTMLElement} */ (document.getElementById("last"));
  const when = /** @type {HTMLElement} */ (document.getElementById("when"));
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
    if (!best) return "The gallery has nobody to show for this picture.";
    list.firstElementChild?.prepend(own(selfie));
    shown = { best, selfie };
    sharing.hidden = false;
    await Promise.all([draw(), keep(found)]);
    return `You look most like ${best.person}.`;
  }

  /** @param {Lookalike[]} found */
  async function keep(found) {
    last.hidden = false;
    try {
      await keepMatch(found);
      when.textContent = "This is kept for your next visit, without your picture.";
    } catch {
      when.textContent = "This could not be kept for your next visit.";
    }
  }

  /** Show what was found at the last visit, unless the visitor has been quicker. */
  async function comeBack() {
    const match = await lastMatch().catch(() => null); // it is only a memory
    const [best] = match?.people ?? [];
    if (!match || !best || shown || list.childElementCount) return;
    list.replaceChildren(...match.people.map(portrait));
    const day = new Date(match.made_at).toLocaleDateString(undefined, { dateStyle: "long" });
    when.textContent = `On ${day} you looked most like ${best.person}.`;
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
    const headline = `I look most like ${best.person}: ${percent(best.similarity)}`;
    const small = [document.title, creditOf(best)].filter(Boolean).join(" · ");
    const made = await drawCard(best.portrait, withSelfie.checked ? selfie : null, headline, small);
    if (shown?.best !== best) return; // another picture was taken meanwhile
    drawn = made;
    URL.revokeObjectURL(card.src);
    card.src = URL.createObjectURL(made);
    card.alt = `A card: I look most like ${best.person}, ${percent(best.similarity)}`;
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
      if (navigator.canShare?.({ files: [file] })) {
        await navigator.share({ files: [file] });
      } else {
        const link = document.createElement("a");
        link.href = card.src;
        link.download = CARD_NAME;
        link.click();
      }
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) tell(error, share); // else the visitor cancelled
    }
  }

  withSelfie.addEventListener("change", () => void draw());
  /** @type {HTMLElement} */ (document.getElementById("share")).addEventListener("click", share);
  /** @type {HTMLElement} */ (document.getElementById("forget-last")).addEventListener("click", forgetLast);
  askForPicture({ search: searchGallery, show, forget });
  void comeBack();
}

/** Never rounded up, as in the grid. @param {number} similarity */
function percent(similarity) {
  return similarity < 1 ? "less than 1 % similar" : `${Math.floor(similarity)} % similar`;
}

/** The visitor's own picture, which stays in the page. @param {Blob} selfie */
function own(selfie) {
  const image = document.createElement("img");
  image.src = URL.createObjectURL(selfie);
  image.alt = "You";
  image.className = "own";
  return image;
}

/** @param {Lookalike} found */
function portrait(found) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.addEventListener("error", () => image.remove()); // of somebody who is no longer in the gallery
  image.src = found.portrait;
  image.alt = "";
  image.width = found.width;
  image.height = found.height;
  const name = document.createElement("h2");
  name.textContent = found.person;
  const similarity = document.createElement("p");
  similarity.textContent = percent(found.similarity);
  item.append(image, name, similarity);
  if (found.credit) item.append(credit(found));
  return item;
}

/** @param {Lookalike} found */
function credit(found) {
  const line = document.createElement("p");
  line.className = "quiet";
  const text = creditOf(found);
  if (found.url && /^https?:/.test(found.url)) {
    const link = document.createElement("a");
    link.href = found.url;
    link.textContent = text;
    line.append(link);
  } else {
    line.textContent = text;
  }
  return line;
}

/** @param {Lookalike} found */
const creditOf = (found) => [found.credit, found.licence].filter(Boolean).join(", ");
