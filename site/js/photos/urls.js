// Addresses of pages and photos. Every one can be shared and reloaded.

import pages from "../../pages.json" with { type: "json" };
import { config } from "../config.js";

// With or without the slash that the path ends in.
const SET_PATH = new RegExp(`^${pages.set.path.replace("{set}", "([^/]+)")}?$`);
const PERSON_PATH = new RegExp(`^${pages.person.path.replace("{person}", "([^/]+)")}?$`);

/**
 * A name as addresses have it. functions/addresses.py does the same and says why.
 * @param {string} name
 */
const written = (name) =>
  encodeURIComponent(name).replaceAll("~", "%7E").replace(/%(?:24|26|2C|3A|3B|3D|40)/g, decodeURIComponent);

/** What tells a photo from all others. @param {{setName: string, file: string}} photo */
export const keyOf = ({ setName, file }) => `${setName}/${file}`;

/** @param {string[]} parts */
const path = (...parts) => parts.map(written).join("/");

/** @param {string} setName */
export const setUrl = (setName) => pages.set.path.replace("{set}", path(setName));

/** A photo's own page; functions/photo_page.py says the same. @param {{setName: string, file: string}} photo */
export const photoUrl = ({ setName, file }) => `${setUrl(setName)}photos/${path(file)}/`;

/** @param {string} words */
export const searchUrl = (words) => `${pages.search.path}?${new URLSearchParams({ q: words })}`;

/** Where a search finds the photos of whoever has this face. @param {string} faceId */
export const faceUrl = (faceId) => `${pages.faces.path}?face=${faceId}`;

/** The page of a person, or of people who are on photos together. @param {string[]} slugs */
export const personUrl = (...slugs) => pages.person.path.replace("{person}", () => slugs.map(written).join("+"));

/** The page of all people. */
export const peopleUrl = pages.people.path;

/** The page that is shown without a connection. */
export const offlineUrl = pages.offline.path;

/** What visitors may know about people (functions/people/public_files.py). */
export const peopleFile = `${pages.people.path}people.json`;

/** A person's photos. @param {string} slug */
export const photosFile = (slug) => `${personUrl(slug)}photos.json`;

/** Who is on a set's photos. @param {string} setName */
export const setPeopleFile = (setName) => `${setUrl(setName)}people.json`;

/** The path of its pictures. A set's cover may be another set's photo, named by that one's path. @param {{setName: string, file: string}} photo */
const picture = ({ setName, file }) => path(...`${setName}/${file}`.split("/").slice(-2));

/** @param {{setName: string, file: string}} photo */
export const thumbnailUrl = (photo) => config.thumbnailFolder + picture(photo);

/** @param {{setName: string, file: string}} photo */
export const largeUrl = (photo) => config.largeFolder + picture(photo);

/** The name to save a large rendition under. @param {{file: string}} photo */
export const largeName = ({ file }) => file.replace(/\.\w+$/, "") + ".jpg";

/** A photo in the form that the owner lets visitors download. @param {{setName: string, file: string}} photo */
export const downloadUrl = (photo) => config.downloadFolder + path(photo.setName, photo.file);

/** @param {string} imagePath  Of a portrait: `celebrities/<person>/<file>`, or `celebrities/<gallery>/…`. */
export const portraitUrl = (imagePath) => config.portraitFolder + path(...imagePath.split("/"));

/** The name of the set that this page shows; null on any other page. */
export const setNameOfPage = () => nameIn(SET_PATH);

/** The people this page shows, by their parts of the address; null on any other page. */
export const peopleOfPage = () => nameIn(PERSON_PATH)?.split("+") ?? null;

/** @param {RegExp} path */
function nameIn(path) {
  const match = path.exec(location.pathname);
  try {
    return match?.[1] ? decodeURIComponent(match[1]) : null;
  } catch {
    return null;
  }
}
