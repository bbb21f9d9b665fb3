// Where the photos of a person are among all photos. Their file is fetched when their name is first typed beside
// something else.

import { readPerson } from "../people/files.js";
import { keyOf } from "../photos/urls.js";

/**
 * @typedef {import("./contents.js").Contents} Contents
 * @typedef {import("../people/files.js").Person} Person
 */

export class PersonPlaces {
  /** @param {Contents} contents */
  constructor({ photos }) {
    /** Several, of a photo that several sets show. @type {Map<string, number[]>} */
    this.places = new Map();
    for (const [place, photo] of photos.entries()) this.places.set(keyOf(photo), [...(this.places.get(keyOf(photo)) ?? []), place]);
    /** By their part of the address. @type {Map<string, Promise<number[]>>} */
    this.known = new Map();
  }

  /**
   * The indices of the photos of each. Throws a `CodedError`.
   * @param {Person[]} people
   * @returns {Promise<Map<Person, number[]>>}
   */
  async of(people) {
    return new Map(await Promise.all(people.map(async (person) => /** @type {const} */ ([person, await this.#find(person.slug)]))));
  }

  /** @param {string} slug */
  #find(slug) {
    const found = this.known.get(slug) ?? this.#read(slug);
    this.known.set(slug, found);
    found.catch(() => this.known.delete(slug)); // the next search asks again
    return found;
  }

  /** @param {string} slug */
  async #read(slug) {
    const { person } = await readPerson(slug);
    return (person?.photos ?? []).flatMap((photo) => this.places.get(keyOf(photo)) ?? []);
  }
}
