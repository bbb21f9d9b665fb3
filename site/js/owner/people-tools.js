// What the owner finds on the page of all people: the way to the questions, and people that visitors don't see there.

import { byId, make } from "../elements.js";
import { t } from "../language.js";
import { loadOwnerStyles } from "./owner-styles.js";
import { readEverybody } from "./people-calls.js";

/**
 * Add them. Throws a `CodedError` if the album can't be asked.
 * @param {string} questions  The address of the page that asks.
 * @param {(person: {slug: string, name: string, portrait: import("../people/files.js").Portrait | null, photos: number}) => HTMLElement} card
 */
export async function offerPeopleTools(questions, card) {
  loadOwnerStyles();
  byId("found").before(make("p", { className: "to-naming" }, make("a", { className: "button", href: questions, textContent: t("Say who is who") })));
  const everybody = await readEverybody();
  /** @param {string} title @param {string} words @param {import("./people-calls.js").KnownPerson[]} people */
  const section = (title, words, people) =>
    people.length && byId("unnamed").before(
      make("section", { className: "section" }, make("div", { className: "section-head" }, make("h2", { textContent: title })), make("p", { className: "quiet", textContent: words }), make("ul", { className: "crowd named" }, ...people.map(card))),
    );
  section(t("Hidden from visitors"), t("Only you see this. To show somebody again, open their page and choose Edit."), everybody.filter(({ hidden }) => hidden));
  section(t("In no photo"), t("Only you see this. Their names come back with their photos."), everybody.filter(({ hidden, photos }) => !hidden && !photos));
}
