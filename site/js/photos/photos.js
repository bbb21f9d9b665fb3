// What the album holds, in plain values: rows without DynamoDB's types, answers of the search function.

import { AwsError, dynamodb, invoke } from "../aws/calls.js";
import { config } from "../config.js";
import { patiently } from "../aws/patience.js";
import { faceFrom, facesFrom, isUncounted, photoFrom, setFrom } from "./rows.js";
import { portraitUrl } from "./urls.js";
import { plain } from "../aws/values.js";

/**
 * @typedef {object} Box  Fractions of the picture's size.
 * @property {number} Left
 * @property {number} Top
 * @property {number} Width
 * @property {number} Height
 *
 * @typedef {object} Face
 * @property {string} FaceId
 * @property {Box} BoundingBox
 *
 * @typedef {object} Photo
 * @property {string} setName
 * @property {string} file
 * @property {number} width
 * @property {number} height
 * @property {string} placeholder
 * @property {number} [faceCount]
 * @property {string} [takenAt]
 * @property {number} [similarity]
 * @property {Face} [face]   The face a search found.
 * @property {Face[]} [faces]
 *
 * @typedef {object} PhotoSet
 * @property {string} name
 * @property {string} title
 * @property {string} cover  The photo to show it by; empty where there is none.
 * @property {number | null} photoCount  Null where nobody has counted.
 * @property {number} faceCount
 * @property {string} updatedAt
 */

// What one answer holds at most: a picture is not sent again for more.
export const MAX_PHOTOS = 500;
const MAX_LOOKALIKES = 20;
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
const MAX_KEYS = 100;

/** @returns {Promise<PhotoSet[]>} */
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
 * The faces of a photo from left to right; none for a photo that is gone.
 * @param {Photo} photo
 * @returns {Promise<Face[]>}
 */
export async function readFaces(photo) {
  const item = await getItem(photo.setName, photo.file, "#d.FaceRecords", { "#d": "data" });
  return facesFrom(item?.data);
}

/**
 * The photos with their faces; those that are gone are left out.
 * @param {Photo[]} photos
 * @returns {Promise<Photo[]>}
 */
export async function readAllFaces(photos) {
  const byKey = new Map(photos.map((photo) => [`${photo.setName}/${photo.file}`, photo]));
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
        const photo = byKey.get(`${item.primarykey}/${item.sortkey}`);
        if (photo) found.push({ ...photo, faces: facesFrom(item.data) });
      }
      wanted = answer.UnprocessedKeys;
      if (wanted?.[config.picsTable]) throw new AwsError("ThrottlingException", "keys were left out");
    });
  }
  return found;
}

/**
 * Photos of the person a face belongs to, best match first.
 * @param {string} faceId
 * @param {string} [next]
 * @returns {Promise<{photos: Photo[], next?: string, asOf?: string}>}  `asOf`: when an older answer was given.
 */
export async function searchFace(faceId, next) {
  const answer = await search({ faceid: faceId, ...(next ? { next } : {}) });
  return { photos: answer.output.map(photoFromSearch), next: answer.next, asOf: answer.as_of };
}

/**
 * Photos of the person in a picture, best match first. The picture is in this one call and nowhere else.
 * @param {string} image  A JPEG in base64.
 * @param {number} threshold  Least similarity in percent.
 * @returns {Promise<Photo[]>}
 */
export async function searchPicture(image, threshold) {
  return (await search({ image, threshold, limit: MAX_PHOTOS })).output.map(photoFromSearch);
}

/**
 * @typedef {object} Lookalike
 * @property {string} person
 * @property {number} similarity  In percent.
 * @property {string} portrait  URL of the portrait.
 * @property {number} width
 * @property {number} height
 * @property {string} [credit]
 * @property {string} [licence]
 * @property {string} [url]  Where the portrait comes from.
 */

/**
 * The people in the gallery most like a picture, however little.
 * @param {string} image  A JPEG in base64.
 * @returns {Promise<Lookalike[]>}
 */
export async function searchGallery(image) {
  const answer = await search({ image, collection: "celebrities", threshold: 0, limit: MAX_LOOKALIKES });
  return answer.output.map((/** @type {any} */ { person, similarity, width, height, credit, licence, url, image_path }) => {
    return { person, similarity, width, height, credit, licence, url, portrait: portraitUrl(image_path) };
  });
}

/** @param {object} request */
const search = (request) =>
  patiently(() => invoke(config.searchFunction, { threshold: config.faceMatchThreshold, ...request }));

/** @param {any} found */
function photoFromSearch(found) {
  const slash = found.image_path.indexOf("/");
  return {
    ...photoFrom(found, found.image_path.slice(0, slash), found.image_path.slice(slash + 1)),
    similarity: found.similarity,
    face: faceFrom(found.face) ?? undefined,
    faces: facesFrom(found.data),
  };
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
