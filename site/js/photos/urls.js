// Addresses of pages and pictures; every one can be shared and reloaded.

import pages from "../../pages.json" with { type: "json" };

// With or without the slash that the path ends in.
const SET_PATH = new RegExp(`^${pages.set.path.replace("{set}", "([^/]+)")}?$`);

/**
 * A name as every address has it; functions/addresses.py says why, and does the same.
 *
 * @param {string} name
 */
const written = (name) =>
  encodeURIComponent(name).replaceAll("~", "%7E").replace(/%(?:24|26|2C|3A|3B|3D|40)/g, decodeURIComponent);

/** @param {string[]} parts */
const path = (...parts) => parts.map(written).join("/");

/** @param {string} picset */
export const setUrl = (picset) => pages.set.path.replace("{set}", path(picset));

/** @param {string} faceId */
export const personUrl = (faceId) => `${pages.person.path}?face=${faceId}`;

/** @param {{picset: string, file: string}} pic */
export const thumbnailUrl = (pic) => `/thumbnails/photos/${path(pic.picset, pic.file)}`;

/** @param {{picset: string, file: string}} pic */
export const viewUrl = (pic) => `/thumbnails/1600/photos/${path(pic.picset, pic.file)}`;

/** What the owner lets visitors download of a photo. @param {{picset: string, file: string}} pic */
export const downloadUrl = (pic) => `/photos/${path(pic.picset, pic.file)}`;

/** @param {string} imagePath  Of a portrait: `celebrities/<person>/<file>`. */
export const portraitUrl = (imagePath) => `/thumbnails/${path(...imagePath.split("/"))}`;

/** The set a page `/sets/<picset>/` shows, or null for another page. */
export function picsetOfPage() {
  const match = SET_PATH.exec(location.pathname);
  try {
    return match?.[1] ? decodeURIComponent(match[1]) : null;
  } catch {
    return null;
  }
}
