// Photos that were chosen and aren't sent yet, kept in this browser, so that a page that was closed or reloaded can go on.
// Where nothing can be kept, photos are chosen again; what has arrived is known to the site either way.

const DATABASE = "kinpics-uploads";
const STORE = "files";
// Phones have little room for copies, and browsers give a page little of it.
const MOST_BYTES = 500_000_000;

/**
 * @typedef {object} Kept
 * @property {string} set
 * @property {File} file
 */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/**
 * @template Found
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Found> | void} work
 * @returns {Promise<Found | undefined>}
 */
async function within(mode, work) {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request ? request.result : undefined);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @param {File} file */
const keyOf = (file) => `${file.name}/${file.size}/${file.lastModified}`;

/**
 * Keep photos for a set, if there is room.
 * @param {string} set
 * @param {File[]} files
 */
export async function keep(set, files) {
  if (files.reduce((total, { size }) => total + size, 0) > MOST_BYTES) return;
  await within("readwrite", (store) => {
    for (const file of files) store.put({ set, file }, `${set}/${keyOf(file)}`);
  }).catch(() => {});
}

/** @returns {Promise<Kept[]>} */
export const kept = async () => (await within("readonly", (store) => store.getAll()).catch(() => [])) ?? [];

/** @param {string} set @param {File} file */
export const drop = (set, file) =>
  within("readwrite", (store) => {
    store.delete(`${set}/${keyOf(file)}`);
  }).catch(() => {});

/** Forget all of them. */
export const dropAll = () =>
  within("readwrite", (store) => {
    store.clear();
  }).catch(() => {});
