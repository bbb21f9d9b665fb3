// Takes people off a page who have been hidden since it was published. Loaded with the visitor's first move.

import { lookOut } from "../private/lookout.js";
import { peopleUrl, personUrl } from "../photos/urls.js";
import { readPeople } from "./files.js";
import { peopleOnPage } from "./names.js";

/** On the front page: the row of people, and the name on the cover. Also looks out for the site being closed meanwhile. */
export async function keepPeopleShown() {
  lookOut();
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(`main a:is(.person-link, .face)[href^="${peopleUrl}"]`);
  if (!links.length) return;
  const answer = await readPeople().catch(() => null);
  if (!answer) return;
  const shown = new Set(answer.people.map(({ slug }) => personUrl(slug)));
  for (const link of links) if (!shown.has(link.getAttribute("href") ?? "")) (link.closest("li") ?? link).remove();
}

/** Among the people of an album. @param {string} setName */
export async function keepChipsShown(setName) {
  /** @type {NodeListOf<HTMLElement>} */
  const chips = document.querySelectorAll("[data-person]");
  if (!chips.length) return;
  const lists = [...(await peopleOnPage(setName)).values()];
  if (lists.includes(null)) return;
  const shown = new Set(lists.flatMap((known) => known?.people.map(({ slug }) => slug) ?? []));
  for (const chip of chips) if (!shown.has(chip.dataset.person ?? "")) chip.remove();
}
