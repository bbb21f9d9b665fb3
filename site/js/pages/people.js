// The page of all people: those with a name, those without one, and faces at random.

import pages from "../../pages.json" with { type: "json" };
import { config } from "../config.js";
import { byId, make } from "../elements.js";
import { CodedError } from "../errors.js";
import { offerFaces } from "../faces/random.js";
import { learn, t, tn } from "../language.js";
import { clear, tell } from "../notice.js";
import { readPeople } from "../people/files.js";
import { personCard } from "../people/heads.js";
import { faceUrl, personUrl } from "../photos/urls.js";
import { isOwner } from "../visitor/owner.js";

// From this many people on, a field finds a name among them; site/templates/pages/people.html has it too.
const MANY = 25;
// So many cards are drawn together; site/templates/pages/people.html has it too, and site/css/person.css says why.
const BLOCK = 24;

/** Start the page. Links of earlier releases to somebody's photos came here. */
export async function showPeople() {
  const face = new URLSearchParams(location.search).get("face");
  if (face) return location.replace(faceUrl(face));
  if (isOwner()) void offerTools();
  const more = offerFaces();
  byId("find", HTMLInputElement).addEventListener("input", find);
  await refresh();
  // A site where nobody is known yet has only faces to show.
  if (byId("people").hidden && byId("unnamed").hidden) await more();
}

/** What the owner finds here besides. */
async function offerTools() {
  try {
    await learn(config.ownerTexts);
    await (await import("../owner/people-tools.js")).offerPeopleTools(pages.naming.path, named);
  } catch (error) {
    tell(new CodedError("Offline", String(error)), () => location.reload());
  }
}

/** Show those who have come since the page was made, or who have another name now. */
async function refresh() {
  try {
    const { people, unknown, etag } = await readPeople();
    clear(byId("notice"), refresh);
    const list = byId("people");
    if (etag === list.dataset.etag) return;
    list.dataset.etag = etag;
    fill(list, people.map(named));
    fill(byId("unknown"), unknown.map((one) => personCard(faceUrl(one.face), one.portrait, make("span", { textContent: t("Who is this?") }), one.photos)));
    byId("number").textContent = tn("%(num)s person", "%(num)s people", people.length);
    list.hidden = byId("number").hidden = !people.length;
    byId("unnamed").hidden = !unknown.length;
    byId("finder").hidden = people.length < MANY;
    find();
  } catch (error) {
    tell(error, refresh);
  }
}

/** Somebody with a name. @param {{slug: string, name: string, portrait: import("../people/files.js").Portrait | null, photos: number}} one */
const named = (one) => personCard(personUrl(one.slug), one.portrait, make("bdi", { textContent: one.name }), one.photos);

/** @param {HTMLElement} list @param {HTMLElement[]} cards */
function fill(list, cards) {
  const blocks = Array.from({ length: Math.ceil(cards.length / BLOCK) }, (_, at) => cards.slice(at * BLOCK, (at + 1) * BLOCK));
  list.replaceChildren(...blocks.map((block) => make("ul", { className: "crowd named" }, ...block)));
}

/** Show only those whose name has what the visitor types. */
function find() {
  const wanted = plain(byId("find", HTMLInputElement).value);
  let found = 0;
  byId("people").classList.toggle("finding", Boolean(wanted));
  for (const item of byId("people").querySelectorAll("li")) {
    const isFound = plain(item.querySelector(".called")?.textContent ?? "").includes(wanted);
    item.hidden = !isFound;
    if (isFound) found += 1;
  }
  byId("found").textContent = wanted ? tn("%(num)s person found.", "%(num)s people found.", found) : "";
  byId("unnamed").hidden = Boolean(wanted) || !byId("unknown").childElementCount;
  byId("random").hidden = Boolean(wanted);
}

/** What two spellings have in common: accents and capitals don't matter. @param {string} text */
const plain = (text) => text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
