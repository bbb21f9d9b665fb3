// What the owner finds on the page of all people: the way to the questions, and those who are hidden from visitors.

import { byId, make } from "../elements.js";
import { t } from "../language.js";
import { loadOwnerStyles } from "./owner-styles.js";
import { readEverybody } from "./people-calls.js";

/**
 * Add them. Throws a `CodedError` if the album can't be asked.
 * @param {string} questions  The address of the page that asks.
 * @param {(person: {slug: string, name: string, portrait: import("../people/files.js").Portrait, photos: number}) => HTMLElement} card
 */
export async function offerPeopleTools(questions, card) {
  loadOwnerStyles();
  byId("found").before(make("p", { className: "to-naming" }, make("a", { className: "button", href: questions, textContent: t("Say who is who") })));
  const hidden = (await readEverybody()).filter((person) => person.hidden);
  if (!hidden.length) return;
  const cards = hidden.flatMap(({ portrait, ...one }) => (portrait ? card({ ...one, portrait }) : []));
  byId("unnamed").before(
    make("section", { className: "section" }, make("div", { className: "section-head" }, make("h2", { textContent: t("Hidden from visitors") })), make("p", { className: "quiet", textContent: t("Only you see this. To show somebody again, open their page and choose Edit.") }), make("ul", { className: "crowd named" }, ...cards)),
  );
}
