// What rows say of films, whoever wrote them.

/**
 * @typedef {import("./rows.js").Face} Face
 * @typedef {import("./rows.js").Film} Film
 */

/** @param {any} film  As a row has it. @returns {Film | undefined} */
export function filmFrom(film) {
  if (!film) return undefined;
  const { seconds, poster, motion, unplayable } = film;
  return { seconds: number(seconds), poster: number(poster), motion: motion === true, unplayable: typeof unplayable === "string" ? unplayable : undefined };
}

/**
 * Faces with what is known of each in the film, in the order in which they come there.
 * @template {Face | null} F
 * @param {F[]} faces
 * @param {any} film  As a row has it; undefined for a photo.
 * @returns {F[]}
 */
export function inFilm(faces, film) {
  const places = film?.faces ?? {};
  const of = Object.keys(places).length;
  const found = faces.map((face) => {
    const known = face && places[face.FaceId];
    return known ? { ...face, film: { at: number(known.at), place: number(known.place), of } } : face;
  });
  return of ? found.sort((one, other) => (one?.film?.at ?? 0) - (other?.film?.at ?? 0)) : found;
}

/** @param {unknown} value */
const number = (value) => (typeof value === "number" && value >= 0 ? value : 0);
