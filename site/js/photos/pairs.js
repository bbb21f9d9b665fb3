// A phone's photo with its film beside it, of the same name (IMG_1.HEIC and IMG_1.MOV), is one tile. scripts/site/pairs.py
// does the same.

/** @typedef {import("./rows.js").Photo} Photo */

// Phones film three seconds; what is longer is a film of its own.
const MAX_SECONDS = 6;
const FILM = /\.mov$/i;
const STILL = /\.(?:heic|heif|jpe?g)$/i;

/** Other sets' photos, which a set may show too, have names of their own. @param {Photo} photo */
const stem = ({ setName, file }) => `${setName}/${file.slice(0, file.lastIndexOf(".")).toLowerCase()}`;

/**
 * Photos without the films that belong to one of them, which gets the film.
 * @param {Photo[]} photos  Of a set.
 * @returns {Photo[]}
 */
export function paired(photos) {
  const stills = new Set(photos.filter(({ file, film }) => !film && STILL.test(file)).map(stem));
  const films = new Map(
    photos
      .filter((photo) => photo.film && photo.film <= MAX_SECONDS && FILM.test(photo.file) && stills.has(stem(photo)))
      .map((photo) => [stem(photo), photo]),
  );
  if (!films.size) return photos;
  const taken = new Set(films.values());
  return photos
    .filter((photo) => !taken.has(photo))
    .map((photo) => {
      const own = !photo.film && STILL.test(photo.file) ? films.get(stem(photo)) : undefined;
      return own ? { ...photo, film: own.film, filmFile: own.file } : photo;
    });
}
