// Photos that were chosen and aren't sent yet, kept in this browser, so that a page that was closed or reloaded can go on.
// Where nothing can be kept, photos are chosen again; what has arrived is known to the site either way.

const STORE = "files";
// Phones have little room for copies, and browsers give a page little of it.
const MOST_BYTES = 500_000_000;

/**
 * @typedef {object} Kept
 * @property {string} set
 * @property {File} file
 */

export class KeptFiles {
  /** @param {string} database  Guests' photos and members' are kept apart: one page knows nothing of the other's. */
  constructor(database) {
    this.database = database;
  }

  /**
   * Keep photos for a set, if there is room.
   * @param {string} set
   * @param {File[]} files
   */
  async keep(set, files) {
    if (files.reduce((total, { size }) => total + size, 0) > MOST_BYTES) return;
    await this.#within("readwrite", (store) => {
      for (const file of files) store.put({ set, file }, `${set}/${keyOf(file)}`);
    }).catch(() => {});
  }

  /** @returns {Promise<Kept[]>} */
  async all() {
    return (await this.#within("readonly", (store) => store.getAll()).catch(() => [])) ?? [];
  }

  /** @param {string} set @param {File} file */
  async drop(set, file) {
    await this.#within("readwrite", (store) => {
      store.delete(`${set}/${keyOf(file)}`);
    }).catch(() => {});
  }

  /** Forget all of them. */
  async dropAll() {
    await this.#within("readwrite", (store) => {
      store.clear();
    }).catch(() => {});
  }

  /**
   * @template Found
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<Found> | void} work
   * @returns {Promise<Found | undefined>}
   */
  async #within(mode, work) {
    const database = await open(this.database);
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
}

/** @param {string} name @returns {Promise<IDBDatabase>} */
function open(name) {
  return new Promise((done, failed) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/** @param {File} file */
const keyOf = (file) => `${file.name}/${file.size}/${file.lastModified}`;
