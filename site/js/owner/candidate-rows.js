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
 * @param {FaceShown[]} faces
 * @param {boolean[]} isThem  Whether each face is this person.
 * @returns {import("./people-calls.js").Draft[]}
 */
export function rowDrafts(person, faces, isThem) {
  const theirs = faces.filter((_, index) => isThem[index]);
  const others = faces.filter((_, index) => !isThem[index]);
  return [
    ...(theirs.length ? [{ kind: "assign", person, faces: theirs }] : []),
    ...(others.length ? [{ kind: "reject", person, faces: others }] : []),
  ];
}
