// Who do I look like? The people in the gallery who are most similar to the visitor.

import { byId, make } from "../elements.js";
import { isCancelled } from "../errors.js";
import { coverPosition } from "../faces/boxes.js";
import { formatDay, t } from "../language.js";
import { clear, tell } from "../notice.js";
import { searchGallery } from "../photos/search.js";
import { searchWithPicture } from "../picture/picture.js";
import { drawCard, SHAPES } from "../sharing/card.js";
import { save } from "../sharing/save.js";
import { keepMatch, lastMatch, removeMatch } from "../visitor/matches.js";
import { rankInWords, RUNNERS_UP } from "../visitor/ranks.js";
import { chosenGallery, titleOf } from "../visitor/galleries.js";

/**
 * @typedef {import("../photos/search.js").Lookalike} Lookalike
 * @typedef {import("../visitor/galleries.js").Gallery} Gallery
 */

const CARD_NAME = "lookalike.jpg";
// How many characters fit in the largest type.
const LONG_NAME = 18;

/** Start the page. */
export function showLookalike() {
  const list = byId("lookalikes");
  const own = byId("own", HTMLImageElement);
  const portrait = byId("best", HTMLImageElement);
  const name = byId("name");
  const sharing = byId("sharing");
  const shareButton = byId("share", HTMLButtonElement);
  const withSelfie = byId("with-selfie", HTMLInputElement);
  const shapes = /** @type {HTMLInputElement[]} */ ([...sharing.querySelectorAll("[name=shape]")]);
  const card = byId("card", HTMLImageElement);
  const last = byId("last-result");
  const lastPeople = byId("last-people");
  const lastStatus = byId("last-status");
  /** @type {{best: Lookalike, selfie: Blob, title: string} | null} */
  let shown = null;
  /** @type {Blob | null} */
  let drawn = null;
  let drawing = {};

  /**
   * @param {{people: Lookalike[], total: number, gallery: Gallery}} found
   * @param {Blob} selfie
   */
  function show({ people, total, gallery }, selfie) {
    const [best] = people;
    own.src = URL.createObjectURL(selfie);
    for (const part of [portrait, shareButton, sharing]) part.hidden = !best;
    name.textContent = best ? best.person : t("Nobody yet");
    name.classList.toggle("long", name.textContent.length > LONG_NAME);
    const from = document.getElementById("gallery"); // only if there are several
    if (from) from.textContent = gallery.title;
    byId("rank").textContent = best ? rankInWords(people, total) : t("There's nobody in the gallery to compare you with.");
    byId("credit").replaceChildren(...(best ? credit(best) : []));
    if (!best) return t("There's nobody in the gallery to compare you with.");
    showPortrait(portrait, best);
    list.replaceChildren(
      ...RUNNERS_UP.flatMap((rank, index) => {
        const person = people[index + 1];
        return person ? [runnerUp(person, rank)] : [];
      }),
    );
    shown = { best, selfie, title: gallery.title };
    void draw();
    void keep(people, gallery);
    return t("You look most like %(person)s.", { person: inGallery(best, gallery.title) });
  }

  /**
   * @param {Lookalike[]} people
   * @param {Gallery} gallery
   */
  async function keep(people, gallery) {
    lastPeople.replaceChildren();
    try {
      await keepMatch(people, gallery.name);
      lastStatus.textContent = t("Your result is saved for your next visit. Your picture isn't.");
    } catch {
      lastStatus.textContent = t("Your result couldn't be saved for your next visit.");
    }
    last.hidden = false;
  }

  /** Show the result of the last visit, unless the visitor was faster. */
  async function comeBack() {
    const match = await lastMatch().catch(() => null); // the page works without it
    const [best] = match?.people ?? [];
    if (!match || !best || shown) return;
    lastPeople.replaceChildren(...match.people.map(small));
    lastStatus.textContent = t("On %(day)s you looked most like %(person)s.", {
      day: formatDay(match.made_at),
      person: inGallery(best, titleOf(match.gallery)),
    });
    last.hidden = false;
  }

  async function forgetLast() {
    try {
      clear();
      await removeMatch();
      lastPeople.replaceChildren();
      last.hidden = true;
    } catch (error) {
      tell(error, forgetLast);
    }
  }

  async function draw() {
    if (!shown) return;
    const { best, selfie, title } = shown;
    const run = (drawing = {}); // what the visitor has changed since makes an older card too late
    take(null);
    const shape = shapes.find(({ checked }) => checked)?.value === "tall" ? "tall" : "wide";
    const { width, height } = SHAPES[shape];
    Object.assign(card, { width, height }); // at once, so that what is below moves with the tap
    try {
      const made = await drawCard(shape, best, withSelfie.checked ? selfie : null, creditOf(best), title);
      if (drawing !== run) return;
      take(made);
      URL.revokeObjectURL(card.src);
      card.src = URL.createObjectURL(made);
      card.alt = t("Card: I look like %(person)s", { person: best.person });
    } catch (error) {
      if (drawing === run) tell(error, draw);
    }
  }

  /** @param {Blob | null} file  The card to share; null until it is drawn. */
  function take(file) {
    drawn = file;
    shareButton.disabled = !file;
  }

  function forget() {
    for (const image of [own, card]) {
      URL.revokeObjectURL(image.src);
      image.removeAttribute("src");
    }
    list.replaceChildren();
    withSelfie.checked = false;
    shown = null;
    drawing = {};
    take(null);
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

  for (const choice of [withSelfie, ...shapes]) choice.addEventListener("change", () => void draw());
  shareButton.addEventListener("click", share);
  byId("forget-last").addEventListener("click", forgetLast);
  searchWithPicture({
    searching: t("Comparing you with the people in the gallery…"),
    search: async (image) => {
      const gallery = chosenGallery(); // as it is now: it may be another when the answer comes
      return { ...(await searchGallery(image, gallery)), gallery };
    },
    show,
    forget,
  });
  void comeBack();
}

/**
 * Who it is, and in which gallery if there are several.
 * @param {Lookalike} person
 * @param {string} title  Empty if there is only one.
 */
const inGallery = ({ person }, title) => (title ? `${person} (${title})` : person);

/**
 * @param {HTMLImageElement} image
 * @param {Lookalike} person
 */
function showPortrait(image, { portrait, face, width, height }) {
  if (face) image.style.objectPosition = coverPosition(face, width, height);
  image.src = portrait;
}

/** A small portrait, unless this person is no longer in the gallery. @param {Lookalike} person */
function small(person) {
  const image = make("img", { className: "head", alt: person.person, width: 44, height: 44 });
  image.addEventListener("error", () => image.remove());
  showPortrait(image, person);
  return make("li", {}, image);
}

/**
 * @param {Lookalike} person
 * @param {string} rank
 */
function runnerUp(person, rank) {
  const image = make("img", { className: "head", alt: "", width: 116, height: 116 });
  showPortrait(image, person);
  const name = make("span", { textContent: person.person, dir: "auto" });
  const place = make("span", { className: "quiet", textContent: rank });
  const owed = make("p", { className: "credit" }, ...credit(person));
  return make("li", { className: "person-link" }, image, name, place, owed);
}

/** Who made the portrait, and under which licence. @param {Lookalike} person */
function credit(person) {
  const text = creditOf(person);
  if (!text) return [];
  const isLink = person.url && /^https?:/.test(person.url);
  return [isLink ? make("a", { href: person.url, textContent: text }) : text];
}

/** @param {Lookalike} person */
const creditOf = (person) => [person.credit, person.licence].filter(Boolean).join(", ");
