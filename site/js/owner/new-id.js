// Ids of people, made here so that the next answers can already mean somebody who is still being saved.

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_LETTERS = 10;
const RANDOM_LETTERS = 16;

/** A ULID (https://github.com/ulid/spec). @param {number} now  In milliseconds since 1970. */
export function newId(now = Date.now()) {
  let time = "";
  for (let rest = now, left = TIME_LETTERS; left > 0; left -= 1, rest = Math.floor(rest / LETTERS.length)) {
    time = LETTERS.charAt(rest % LETTERS.length) + time;
  }
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_LETTERS));
  return time + [...random].map((byte) => LETTERS.charAt(byte % LETTERS.length)).join("");
}
