// Reads what the grid doesn't know about photos, when one is opened or faces are shown; of those in private sets at the door.

import { dynamodb } from "../aws/calls.js";
import { patiently } from "../aws/patience.js";
import { plain } from "../aws/values.js";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { detailsFrom, facesFrom } from "./detail-rows.js";
import { filmFrom, inFilm } from "./films.js";
import { door, getItem } from "./read.js";
import { keyOf } from "./urls.js";

/**
 * @typedef {import("./rows.js").Details} Details
 * @typedef {import("./rows.js").Photo} Photo
 */

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
const MAX_KEYS = 100;

// Some of the names are reserved words in DynamoDB.
const DETAILS = "#d.FaceRecords, title, caption, keywords, #l, taken_at, exif, #s, content_type, film";
const DETAIL_NAMES = { "#d": "data", "#l": "labels", "#s": "size" };

/**
 * What the grid doesn't know about a photo. Nobody is in a photo that is gone.
 * @param {Photo} photo
 * @returns {Promise<Details>}
 */
export async function readDetails(photo) {
  const reader = await door();
  const isBehind = reader?.isBehind(photo.setName);
  const item = isBehind ? null : await getItem(photo.setName, photo.file, DETAILS, DETAIL_NAMES);
  const row = item ?? (await reader?.wholeRows([keyOf(photo)]))?.[0] ?? null;
  const details = detailsFrom(row);
  return { ...details, faces: inFilm(details.faces, row?.film), film: filmFrom(row?.film) };
}

/**
 * The photos with their faces, without photos that are gone.
 * @param {Photo[]} photos
 * @returns {Promise<Photo[]>}
 */
export async function addFaces(photos) {
  const byKey = new Map(photos.map((photo) => [keyOf(photo), photo]));
  const keys = [...byKey.values()].map(({ setName, file }) => ({ primarykey: { S: setName }, sortkey: { S: file } }));
  /** @type {Photo[]} */
  const found = [];
  /** @param {any} item */
  const add = (item) => {
    const key = keyOf({ setName: item.primarykey, file: item.sortkey });
    const photo = byKey.get(key);
    if (photo) found.push({ ...photo, faces: inFilm(facesFrom(item.data), item.film) });
    byKey.delete(key);
  };
  for (let start = 0; start < keys.length; start += MAX_KEYS) {
    /** @type {any} */
    let wanted = {
      [config.picsTable]: {
        Keys: keys.slice(start, start + MAX_KEYS),
        ProjectionExpression: "primarykey, sortkey, #d.FaceRecords, film",
        ExpressionAttributeNames: { "#d": "data" },
      },
    };
    await patiently(async () => {
      const answer = await dynamodb("BatchGetItem", { RequestItems: wanted });
      for (const raw of answer.Responses[config.picsTable] ?? []) add(plain({ M: raw }));
      wanted = answer.UnprocessedKeys;
      if (wanted?.[config.picsTable]) throw new CodedError("ThrottlingException", "keys were left out");
    });
  }
  const reader = byKey.size ? await door() : null;
  for (const item of (await reader?.wholeRows([...byKey.keys()])) ?? []) add(item);
  return found;
}
