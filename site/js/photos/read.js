// Reads sets and their photos from DynamoDB; those of private sets at the door.

import { dynamodb } from "../aws/calls.js";
import { session } from "../aws/session.js";
import { plain } from "../aws/values.js";
import { config, PASS_COOKIE } from "../config.js";
import { isUncounted, photoFrom, setFrom } from "./rows.js";

/**
 * @typedef {import("./rows.js").Photo} Photo
 * @typedef {import("./rows.js").PhotoSet} PhotoSet
 */

/** What reads private sets, if there is a pass or who is signed in may get one; else nothing is asked, and this is null. */
export const door = async () =>
  document.cookie.includes(PASS_COOKIE) || (config.hasPrivate && session()) ? import("../private/door.js") : null;

/** @returns {Promise<PhotoSet[]>}  Those with photos. */
export async function readSets() {
  const sets = [];
  for await (const item of query({ KeyConditionExpression: "primarykey = :p" }, "/")) {
    const set = setFrom(item);
    if (set.photoCount || isUncounted(set)) sets.push(set);
  }
  return (await door())?.addSets(sets) ?? sets;
}

/**
 * @param {string} name
 * @returns {Promise<PhotoSet | null>}
 */
export async function readSet(name) {
  const reader = await door();
  const item = reader?.isBehind(name) ? null : await getItem("/", name);
  return item ? setFrom(item) : (reader?.readSet(name, () => getItem("/", name)) ?? null);
}

/**
 * The photos of a set in the grid's order.
 * @param {PhotoSet} set
 * @returns {Promise<Photo[]>}
 */
export async function readPhotos(set) {
  return set.isPrivate ? ((await (await door())?.readPhotos(set)) ?? []) : readPublic(set);
}

/** @param {PhotoSet} set */
async function readPublic(set) {
  const photos = [];
  const request = isUncounted(set)
    ? { ProjectionExpression: "sortkey, width, height, placeholder, face_count, taken_at", FilterExpression: "attribute_not_exists(still)" }
    : { IndexName: "grid" };
  for await (const item of query({ ...request, KeyConditionExpression: "primarykey = :p" }, set.name)) {
    photos.push(photoFrom(item, set.name, item.sortkey));
  }
  return photos;
}

/**
 * @param {string} primarykey
 * @param {string} sortkey
 * @param {string} [projection]
 * @param {Record<string, string>} [names]
 */
export async function getItem(primarykey, sortkey, projection, names) {
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
