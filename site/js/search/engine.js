// What finds, with the library that it uses: one chunk, loaded when the visitor first searches.

export { Finder } from "./finder.js";
export { Named } from "./named.js";
