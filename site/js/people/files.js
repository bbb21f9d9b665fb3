// Reads what visitors may know about people: files of the site, which the people function writes.

import { CodedError } from "../errors.js";
import { photoFrom } from "../photos/rows.js";
import { peopleFile, peopleUrl, photosFile, setPeopleFile } from "../photos/urls.js";

/**
 * @typedef {import("../photos/rows.js").Photo} Photo
 *
 * @typedef {object} Portrait
 * @property {string} path  Set and file.
 * @property {[number, number, number, number]} box  Left, top, width, height, in fractions of the photo.
 * @property {number} width  Of the photo.
 * @property {number} height
 * @property {string} [picture]  The portrait cut for it; missing if there is none yet.
 *
 * @typedef {object} Person
 * @property {string} id
 * @property {string} name
 * @property {string} slug  Their part of an address.
 * @property {number} photos
 * @property {Portrait} portrait
 *
 * @typedef {object} Unknown
 * @property {string} face  Its id.
 * @property {number} photos
 * @property {Portrait} portrait
 *
 * @typedef {{slug: string, name: string}} Named
 *
 * @typedef {Named & {hasPage: boolean}} InSet  Who is only in sets that few may see has no page.
 *
 * @typedef {object} PersonFile
 * @property {string} name
 * @property {(Photo & {with: number[]})[]} photos  By time; `with` are places in the list of the others.
 * @property {(Named & {photos: number})[]} others  Who is on these photos too, most often first.
 */

const VERSION = 1;

/** @returns {Promise<{people: Person[], unknown: Unknown[], etag: string}>} */
export async function readPeople() {
  const { content, etag } = await read(peopleFile);
  return { people: content?.people ?? [], unknown: content?.unknown ?? [], etag };
}

/**
 * @param {string} slug
 * @returns {Promise<{person: PersonFile | null, etag: string}>}  Null if the site shows nobody by that name.
 */
export async function readPerson(slug) {
  const { content, etag } = await read(photosFile(slug));
  if (!content) return { person: null, etag };
  const photos = content.photos.map((/** @type {any} */ entry) => {
    const slash = entry.path.indexOf("/");
    return { ...photoFrom(entry, entry.path.slice(0, slash), entry.path.slice(slash + 1)), with: entry.with };
  });
  return { person: { name: content.name, photos, others: content.with }, etag };
}

/**
 * Who is on the photos of a set, and where.
 * @param {string} setName
 * @returns {Promise<{people: InSet[], photos: Record<string, [Portrait["box"], number, string | null][]>}>}
 */
export async function readSetPeople(setName) {
  const { content } = await read(setPeopleFile(setName));
  const people = (content?.people ?? []).map((/** @type {[string, string, boolean?]} */ [slug, name, hasPage = true]) => ({ slug, name, hasPage }));
  return { people, photos: content?.photos ?? {} };
}

/** Titles of albums by the names of their sets: those that their owner gave. @returns {Promise<Record<string, string>>} */
export async function readTitles() {
  return (await read(`${peopleUrl}albums.json`)).content?.titles ?? {};
}

/**
 * @param {string} url
 * @returns {Promise<{content: any, etag: string}>}  Nothing, if there is no such file or another release wrote it.
 */
async function read(url) {
  const answer = await fetch(url).catch((error) => {
    throw new CodedError("Offline", String(error));
  });
  if (!answer.ok) {
    if (answer.status === 404) return { content: null, etag: "" };
    throw new CodedError("Offline", `${url}: ${answer.status}`);
  }
  const content = await answer.json();
  // A file that was compressed on its way has the same tag, but a weak one.
  const etag = (answer.headers.get("etag") ?? "").replace(/^W\//, "").replaceAll('"', "");
  return { content: content.v === VERSION ? content : null, etag };
}
