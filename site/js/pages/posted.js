// A private address: the photos of whoever made it, the latest first, from a file of the site, without any search.

import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { Grid } from "../grid/grid.js";
import { sectionOf } from "../grid/sections.js";
import { yearSection } from "../grid/years.js";
import { formatNumber } from "../language.js";
import { clear, tell } from "../notice.js";
import { photoFrom } from "../photos/rows.js";
import { keyOf } from "../photos/urls.js";
import { isReturn, keepPlace, returnToPlace } from "../place.js";
import { feedUrl, idOf, pageUrl, photosUrl, renew, secretIn, stop } from "../posted/address.js";
import { NEW, newestFirst } from "../posted/newest.js";
import { dropFound, forgetVisits, foundBefore, noteRenewed, renewedAt, visit } from "../posted/seen.js";
import { whileVisible } from "../refresh.js";
import { watchActions } from "../sharing/actions.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

const VERSION = 1;
// An address that is visited stays; it is renewed this often, so that most visits call nothing.
const RENEW_MS = 30 * 86_400_000;

/** Start the page. */
export async function showPosted() {
  const secret = secretIn(location.hash);
  // Another address, pasted or chosen from the history.
  addEventListener("hashchange", () => location.reload());
  if (!secret) return only("incomplete");
  const id = await idOf(secret);
  const place = byId("grid");
  const grid = new Grid(place, (index) => viewer.choose(index), (group) =>
    group.key === NEW ? sectionOf(group, () => place.dataset.new ?? "") : yearSection(group),
  );
  const viewer = new Viewer(grid, keyOf);
  /** @type {Photo[]} */
  let photos = [];
  let isKnown = false;

  async function load() {
    try {
      const posted = await read(id);
      clear(byId("notice"), load);
      isKnown = posted?.known ?? false;
      if (isKnown) dropFound(id);
      // While the site doesn't know yet whose face it is, it knows of fewer photos than the search has found.
      const found = isKnown ? posted?.photos : (foundBefore(id) ?? posted?.photos);
      if (!found) return only("closed");
      show(found);
    } catch (error) {
      tell(error, load);
    }
  }

  /** @param {Photo[]} found */
  function show(found) {
    const isNews = photos.map(keyOf).join() !== found.map(keyOf).join();
    byId("waiting").hidden = isKnown;
    if (!isNews) return;
    photos = found.map((photo) => ({ ...photo, similarity: undefined }));
    const fresh = visit(id, photos);
    const shown = newestFirst(photos, fresh);
    byId("count").textContent = countPhotos(photos.length);
    byId("new-count").textContent = formatNumber(fresh.size);
    byId("news").hidden = !fresh.size;
    place.className = "years";
    grid.show(shown.photos, shown.groups);
    byId("download", HTMLButtonElement).disabled = byId("play", HTMLButtonElement).disabled = false;
  }

  async function end() {
    const button = byId("stop", HTMLButtonElement);
    button.disabled = true;
    try {
      await stop(secret);
      forgetVisits(id);
      only("stopped");
      history.replaceState(null, "", location.pathname);
    } catch (error) {
      tell(error, end);
    }
    button.disabled = false;
  }

  byId("feed", HTMLAnchorElement).href = feedUrl(id);
  byId("play").addEventListener("click", () => viewer.play(grid.photos));
  byId("stop").addEventListener("click", end);
  watchActions({
    photos: () => photos,
    url: () => pageUrl(secret),
    note: byId("secret").textContent ?? "",
    isPrivate: true,
  });
  keepPlace();
  await load();
  if (isReturn()) returnToPlace();
  viewer.followAddress();
  if (!isKnown && photos.length) whileVisible(async () => void (isKnown || (await load())));
  if (photos.length && Date.now() - renewedAt(id) > RENEW_MS) void renew(secret).then(() => noteRenewed(id), () => {});
}

/**
 * What an address shows.
 * @param {string} id
 * @returns {Promise<{known: boolean, photos: Photo[]} | null>}  Null if there is nothing, or another release wrote it.
 */
async function read(id) {
  const answer = await fetch(photosUrl(id)).catch((error) => {
    throw new CodedError("Offline", String(error));
  });
  if (!answer.ok) {
    if (answer.status === 404 || answer.status === 403) return null;
    throw new CodedError("Offline", `${answer.status}`);
  }
  const content = await answer.json();
  if (content.v !== VERSION) return null;
  const photos = content.photos.map((/** @type {any} */ entry) => {
    const slash = entry.path.indexOf("/");
    return photoFrom(entry, entry.path.slice(0, slash), entry.path.slice(slash + 1));
  });
  return { known: content.known, photos };
}

/** Show nothing but one of the page's sentences. @param {"incomplete" | "closed" | "stopped"} name */
function only(name) {
  byId("posted").hidden = true;
  byId(name).hidden = false;
  scrollTo(0, 0); // "Stop" is at the end of the page
  byId(name).querySelector("h1")?.focus();
}
