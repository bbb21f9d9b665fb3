// What makes a guest of an event the same one at the next visit: a number that nobody else knows, and a first name. Both
// stay in this browser.

const ID = "kinpics.guest";
const NAME = "kinpics.guest-name";
const BYTES = 24;

// Where the browser stores nothing.
/** @type {Record<string, string>} */
const memory = {};

/** Whether nobody has added photos in this browser. */
export const isNewGuest = () => !read(ID);

/** Whoever has this may take the guest's photos back. */
export function guestId() {
  const kept = read(ID);
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  const made = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  write(ID, made);
  return made;
}

export const guestName = () => read(NAME);

/** @param {string} name */
export const keepGuestName = (name) => write(NAME, name);

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key) ?? memory[key] ?? "";
  } catch {
    return memory[key] ?? "";
  }
}

/** @param {string} key @param {string} value */
function write(key, value) {
  memory[key] = value;
  try {
    localStorage.setItem(key, value);
  } catch {
    // it lasts as long as the page
  }
}
