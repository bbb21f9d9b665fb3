// Where a film's files are: beside its thumbnail.

import { thumbnailUrl } from "./urls.js";

/** Whether a file of this name is a film; functions/media_types.py says the same. @param {string} file */
export const isFilm = (file) => /\.(?:mp4|m4v|mov|webm)$/i.test(file);

/**
 * What plays of a film, or with `film-faces` the strip of portraits in it.
 * @param {{setName: string, file: string}} photo
 */
export const filmUrl = (photo, folder = "film") =>
  thumbnailUrl(photo).replace("/photos/", `/${folder}/photos/`);
