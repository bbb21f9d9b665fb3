// What floats over a set's photos after the visitor's first move: one chunk to import.

export { keepInView } from "./bar.js";
export { offerDates } from "./dates.js";
