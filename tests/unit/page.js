// A page for scripts to run in under Node: it has the configuration that every page has, and nothing else.

const config = {
  region: "us-east-1",
  endpoint: null,
  identityPoolId: "us-east-1:pool",
  userPoolId: "us-east-1_pool",
  userPoolClientId: "client",
  picsTable: "pics",
  matchesTable: "matches",
  searchFunction: "search",
  removalFunction: "removal",
  doorFunction: "door",
  hasPrivate: false,
  faceMatchThreshold: 90,
  thumbnailFolder: "/thumbnails/photos/",
  largeFolder: "/thumbnails/1600/photos/",
  downloadFolder: "/photos/",
  portraitFolder: "/thumbnails/",
  thumbnailSide: 400,
  largeSide: 1600,
  unknownWidth: 1500,
  unknownHeight: 1000,
  maxRemovalFaces: 100,
  maxPhotosFound: 500,
  keepMatchDays: 365,
  downloads: true,
  originals: true,
};

globalThis.HTMLElement = class {
  textContent = JSON.stringify(config);
};
globalThis.document = { getElementById: () => new HTMLElement(), documentElement: { lang: "en", dataset: {} } };

/**
 * A repeatable stream of numbers from 0 to 1.
 * @param {number} seed
 */
export function* numbers(seed) {
  let state = seed;
  for (;;) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}
