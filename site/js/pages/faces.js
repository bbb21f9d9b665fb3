// Photos of whoever has a face: by year, best match first if they are from one year; uncertain matches come last.

import { byId } from "../elements.js";
import { showFace } from "../faces/buttons.js";
import { Grid } from "../grid/grid.js";
import { groupByYear, yearSection } from "../grid/years.js";
import { formatDay, t, tn } from "../language.js";
import { clear, tell } from "../notice.js";
import { searchFace } from "../photos/search.js";
import { faceUrl, keyOf, peopleUrl } from "../photos/urls.js";
import { isReturn, keepPlace, returnToPlace, store, stored } from "../place.js";
import { watchActions } from "../sharing/actions.js";
import { Viewer } from "../viewer/viewer.js";
import { countPhotos } from "../words.js";

/** @typedef {import("../photos/rows.js").Photo} Photo */

/** Start the page. Without a face, its address is that of the page of all people in earlier releases. */
export async function showFaces() {
  const faceId = new URLSearchParams(location.search).get("face") ?? "";
  if (!faceId) return location.replace(peopleUrl);
  const status = byId("count");
  const portrait = byId("portrait");
  const trouble = byId("trouble");
  const download = byId("download", HTMLButtonElement);
  const play = byId("play", HTMLButtonElement);
  const more = byId("more", HTMLButtonElement);
  const grid = new Grid(byId("grid"), (index) => viewer.choose(index), yearSection);
  const viewer = new Viewer(grid, keyOf);
  const memory = `photos-of:${faceId}`;

  /** @type {{photos: Photo[], next?: string, asOf?: string}} */
  let found = { photos: [] };

  async function search() {
    more.disabled = true;
    try {
      const page = await searchFace(faceId, found.next);
      clear(byId("notice"), search);
      found = { ...page, photos: [...found.photos, ...page.photos] };
      store(memory, found);
      show();
    } catch (error) {
      status.textContent = "";
      removePlaces();
      if (found.photos.length) tell(error, search);
      else tell(error, search, t("Try again"), trouble);
    }
  }

  /** Remove the placeholders. */
  function removePlaces() {
    for (const place of grid.element.querySelectorAll("div.tile")) place.remove();
  }

  function show() {
    const { photos, next, asOf } = found;
    const shown = groupByYear(photos);
    const words = next
      ? tn("The best match", "The %(num)s best matches", photos.length)
      : countPhotos(photos.length);
    byId("years").textContent = next || asOf ? "" : span(shown.years);
    status.textContent = asOf
      ? t("%(photos)s, found on %(day)s. This site has reached its limit for new searches.", {
          photos: words,
          day: formatDay(asOf),
        })
      : words;
    const own = photos.find((photo) => photo.face?.FaceId === faceId) ?? photos[0];
    if (own?.face) showFace(portrait, own, own.face, portrait.clientWidth);
    removePlaces();
    grid.show(shown.photos, shown.groups);
    download.disabled = play.disabled = !photos.length;
    more.hidden = !next;
    more.disabled = false;
  }

  /** All of them, even those not shown yet. */
  async function all() {
    while (found.next) {
      const page = await searchFace(faceId, found.next);
      found = { ...page, photos: [...found.photos, ...page.photos] };
    }
    show();
    return found.photos;
  }

  more.addEventListener("click", search);
  play.addEventListener("click", () => viewer.play());
  watchActions({ photos: all, url: () => faceUrl(faceId) });
  keepPlace();
  const kept = isReturn() ? stored(memory) : null;
  if (kept) {
    found = kept;
    show();
    returnToPlace();
  } else {
    await search();
  }
  viewer.followAddress();
}

/** @param {string[]} years  In order, from the first. */
const span = (years) => (years.length > 1 ? `${years[0]}–${years.at(-1)}` : "");
