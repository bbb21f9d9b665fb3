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

/** @param {string} setName */
export const setUrl = (setName) => pages.set.path.replace("{set}", path(setName));

/** @param {string} faceId */
export const personUrl = (faceId) => `${pages.person.path}?face=${faceId}`;

/** @param {{setName: string, file: string}} photo */
export const thumbnailUrl = (photo) => `/thumbnails/photos/${path(photo.setName, photo.file)}`;

/** @param {{setName: string, file: string}} photo */
export const viewUrl = (photo) => `/thumbnails/1600/photos/${path(photo.setName, photo.file)}`;

/** What the owner lets visitors download of a photo. @param {{setName: string, file: string}} photo */
export const downloadUrl = (photo) => `/photos/${path(photo.setName, photo.file)}`;

/** @param {string} imagePath  Of a portrait: `celebrities/<person>/<file>`. */
export const portraitUrl = (imagePath) => `/thumbnails/${path(...imagePath.split("/"))}`;

/** The set a page `/sets/<setName>/` shows, or null for another page. */
export function setNameOfPage() {
  const match = SET_PATH.exec(location.pathname);
  try {
    return match?.[1] ? decodeURIComponent(match[1]) : null;
  } catch {
    return null;
  }
}
