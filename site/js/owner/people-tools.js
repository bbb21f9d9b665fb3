// What the owner finds on the page of all people: the way to the questions, and those who are hidden from visitors.

import { byId, make } from "../elements.js";
import { t } from "../language.js";
import { headOf } from "../people/heads.js";
import { personUrl } from "../photos/urls.js";
import { countPhotos } from "../words.js";
import pages from "../../pages.json" with { type: "json" };
import { loadOwnerStyles } from "./owner-styles.js";
import { readEverybody } from "./people-calls.js";

const SIDE_PX = 132;

/** Add them. Throws a `CodedError` if the album can't be asked. */
export async function offerPeopleTools() {
  loadOwnerStyles();
  byId("found").before(make("p", { className: "to-naming" }, make("a", { className: "button", href: pages.naming.path, textContent: t("Say who is who") })));
  const hidden = (await readEverybody()).filter((person) => person.hidden);
  if (!hidden.length) return;
  const cards = hidden.map(({ slug, name, photos, portrait }) =>
    make("li", {}, make("a", { className: "person-link", href: personUrl(slug) }, ...(portrait ? [headOf(portrait, SIDE_PX)] : []), make("bdi", { className: "called", textContent: name }), make("span", { className: "quiet num", textContent: countPhotos(photos) }))));
  byId("unnamed").before(
    make("section", { className: "section" }, make("div", { className: "section-head" }, make("h2", { textContent: t("Hidden from visitors") })), make("p", { className: "quiet", textContent: t("Only you see this. To show somebody again, open their page and choose Edit.") }), make("ul", { className: "crowd named" }, ...cards)),
  );
}
