// What floats over a set's photos once the visitor moves. It is one chunk to import.

export { keepInView } from "./bar.js";
export { Dates } from "./dates.js";
