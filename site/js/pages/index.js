// The front page: a card for each set, rendered into the page, then kept up to date.

import { byId } from "../elements.js";
import { onFirstMove } from "../move.js";
import { clear, tell } from "../notice.js";
import { readSets } from "../photos/read.js";
import { newestFirst } from "../photos/rows.js";
import { setCard, versionOf } from "../photos/set-card.js";
import { keepPlace, returnToPlace } from "../place.js";
import { whileVisible } from "../refresh.js";

/** @typedef {import("../photos/rows.js").PhotoSet} PhotoSet */

/** Start the page. */
export function showIndex() {
  keepPlace();
  returnToPlace();
  whileVisible(refresh);
  onFirstMove(() => void import("../people/shown.js").then(({ keepPeopleShown }) => keepPeopleShown()));
}

async function refresh() {
  try {
    const sets = await readSets();
    clear(byId("notice"), refresh);
    render(sets);
  } catch (error) {
    tell(error, refresh);
  }
}

/** @param {PhotoSet[]} sets */
function render(sets) {
  const list = byId("sets");
  const cards = new Map([...list.children].map((card) => [/** @type {HTMLElement} */ (card).dataset.set, card]));
  const wanted = newestFirst(sets).map((set) => {
    const kept = cards.get(set.name);
    if (kept instanceof HTMLElement && kept.dataset.version === versionOf(set)) return kept;
    return setCard(set);
  });
  if (wanted.length !== list.children.length || wanted.some((item, index) => list.children[index] !== item)) {
    list.replaceChildren(...wanted);
  }
  byId("albums").hidden = !sets.length;
  byId("empty").hidden = sets.length > 0;
}
