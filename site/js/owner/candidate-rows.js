// Faces that may be somebody's, in rows that one look can take in.

/** @typedef {import("./people-calls.js").FaceShown} FaceShown */

const IN_A_ROW = 12;

/** @param {FaceShown[]} faces */
export function inRows(faces) {
  const rows = [];
  for (let at = 0; at < faces.length; at += IN_A_ROW) rows.push(faces.slice(at, at + IN_A_ROW));
  return rows;
}

/**
 * What a row's answer means.
 * @param {string} person
 * @param {FaceShown[]} theirs  This person's.
 * @param {FaceShown[]} others
 * @returns {import("./people-calls.js").Draft[]}
 */
export function rowDrafts(person, theirs, others) {
  return [
    ...(theirs.length ? [{ kind: "assign", person, faces: theirs }] : []),
    ...(others.length ? [{ kind: "reject", person, faces: others }] : []),
  ];
}
