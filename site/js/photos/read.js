// Reads sets, photos and faces from DynamoDB.

import { dynamodb } from "../aws/calls.js";
import { patiently } from "../aws/patience.js";
import { plain } from "../aws/values.js";
import { config } from "../config.js";
import { CodedError } from "../errors.js";
import { detailsFrom, facesFrom, isUncounted, photoFrom, setFrom } from "./rows.js";
import { keyOf } from "./urls.js";

/**
 * @typedef {import("./rows.js").Details} Details
 * @typedef {import("./rows.js").Photo} Photo
 * @typedef {import("./rows.js").PhotoSet} PhotoSet
 */

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
const MAX_KEYS = 100;

// Some of the names are reserved words in DynamoDB.
const DETAILS = "#d.FaceRecords, title, caption, keywords, #l, taken_at, exif, #s, content_type";
const DETAIL_NAMES = { "#d": "data", "#l": "labels", "#s": "size" };

/** @returns {Promise<PhotoSet[]>}  Those with photos. */
export async function readSets() {
  const sets = [];
  for await (const item of query({ KeyConditionExpression: "primarykey = :p" }, "/")) {
    const set = setFrom(item);
    if (set.photoCount || isUncounted(set)) sets.push(set);
  }
  return sets;
}

/**
 * @param {string} name
 * @returns {Promise<PhotoSet | null>}
 */
export async function readSet(name) {
  const item = await getItem("/", name);
  return item ? setFrom(item) : null;
}

/**
 * The photos of a set in the grid's order.
 * @param {PhotoSet} set
 * @returns {Promise<Photo[]>}
 */
export async function readPhotos(set) {
  const photos = [];
  const request = isUncounted(set)
    ? { ProjectionExpression: "sortkey, width, height, placeholder, face_count, taken_at" }
    : { IndexName: "grid" };
  for await (const item of query({ ...request, KeyConditionExpression: "primarykey = :p" }, set.name)) {
    photos.push(photoFrom(item, set.name, item.sortkey));
  }
  return photos;
}

/**
 * What the grid doesn't know about a photo. Nobody is in a photo that is gone.
 * @param {Photo} photo
 * @returns {Promise<Details>}
 */
export async function readDetails(photo) {
  return detailsFrom(await getItem(photo.setName, photo.file, DETAILS, DETAIL_NAMES));
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
  for (let start = 0; start < keys.length; start += MAX_KEYS) {
    /** @type {any} */
    let wanted = {
      [config.picsTable]: {
        Keys: keys.slice(start, start + MAX_KEYS),
        ProjectionExpression: "primarykey, sortkey, #d.FaceRecords",
        ExpressionAttributeNames: { "#d": "data" },
      },
    };
    await patiently(async () => {
      const answer = await dynamodb("BatchGetItem", { RequestItems: wanted });
      for (const raw of answer.Responses[config.picsTable] ?? []) {
        const item = plain({ M: raw });
        const photo = byKey.get(keyOf({ setName: item.primarykey, file: item.sortkey }));
        if (photo) found.push({ ...photo, faces: facesFrom(item.data) });
      }
      wanted = answer.UnprocessedKeys;
      if (wanted?.[config.picsTable]) throw new CodedError("ThrottlingException", "keys were left out");
    });
  }
  return found;
}

/**
 * @param {string} primarykey
 * @param {string} sortkey
 * @param {string} [projection]
 * @param {Record<string, string>} [names]
 */
async function getItem(primarykey, sortkey, projection, names) {
  const answer = await dynamodb("GetItem", {
    TableName: config.picsTable,
    Key: { primarykey: { S: primarykey }, sortkey: { S: sortkey } },
    ...(projection ? { ProjectionExpression: projection, ExpressionAttributeNames: names } : {}),
  });
  return answer.Item ? plain({ M: answer.Item }) : null;
}

/**
 * @param {object} request
 * @param {string} partition
 */
async function* query(request, partition) {
  let ExclusiveStartKey;
  do {
    const page = await dynamodb("Query", {
      TableName: config.picsTable,
      ExpressionAttributeValues: { ":p": { S: partition } },
      ...request,
      ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
    });
    for (const item of page.Items) yield plain({ M: item });
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
