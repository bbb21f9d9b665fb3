// Films in the grid: how long each is, and a look at the one that is pointed at. Loaded where there is a film.

import { make } from "../elements.js";
import { t } from "../language.js";
import { filmUrl, isFilm } from "../photos/film-urls.js";
import { isMetered } from "../viewer/connection.js";
import { filmLength } from "../viewer/film-words.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 * @typedef {import("./grid.js").Grid} Grid
 */

// The grid is still for so long, and so is the pointer, before a film plays in its tile.
const STILL_MS = 350;
/** @type {WeakSet<Grid>} */
const dressed = new WeakSet();

/** Mark the films in a grid, now and as tiles come into the document. @param {Grid} grid */
export function showFilms(grid) {
  if (!dressed.has(grid)) {
    dressed.add(grid);
    grid.watchers.add({ changed: () => {}, dress: (tile) => mark(grid, tile) });
    playOnHover(grid);
  }
  for (const tile of grid.tiles.values()) mark(grid, tile);
}

/** @param {Grid} grid @param {HTMLElement} tile */
function mark(grid, tile) {
  const photo = filmOf(grid, tile);
  if (!photo) return;
  const { file } = photo;
  const length = filmLength(photo.film ?? 0);
  const badge = tile.querySelector(".length") ?? tile.appendChild(make("span", { className: "length num" }));
  badge.textContent = length;
  const image = tile.querySelector("img");
  if (image && isFilm(file)) image.alt = t("Film %(file)s, %(length)s", { file, length });
}

/** @param {Grid} grid @param {Element | null} tile @returns {Photo | undefined} */
function filmOf(grid, tile) {
  const photo = tile instanceof HTMLElement ? grid.photos[grid.indexOf(tile.dataset.key ?? "")] : undefined;
  return photo?.film ? photo : undefined;
}

/** Play the film that a mouse rests on, without sound, until it goes on. @param {Grid} grid */
function playOnHover(grid) {
  const { element } = grid;
  let timer = 0;
  /** @type {HTMLVideoElement | null} */
  let video = null;
  const stop = () => {
    clearTimeout(timer);
    video?.remove();
    video = null;
  };
  const wait = (/** @type {Element | null} */ tile) => {
    stop();
    const photo = filmOf(grid, tile);
    if (!photo || !tile || isMetered() || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    timer = setTimeout(() => {
      const playing = (video = make("video", { src: filmUrl(photo), muted: true, loop: true, playsInline: true, disableRemotePlayback: true }));
      playing.setAttribute("aria-hidden", "true");
      playing.onerror = () => playing === video && stop();
      tile.querySelector("img")?.after(playing);
      playing.play().catch(() => {}); // the picture stays
    }, STILL_MS);
  };
  element.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") wait(event.target instanceof Element ? event.target.closest("a.tile") : null);
  });
  element.addEventListener("pointerleave", stop);
  element.addEventListener("click", stop);
  // What moves isn't pointed at; and the mouse may have been there before this script.
  const look = () => wait(element.querySelector("a.tile:hover"));
  addEventListener("scroll", look, { passive: true });
  look();
}
