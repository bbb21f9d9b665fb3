// What a set's page gets with the visitor's first move: one chunk to import.

import { byId } from "../elements.js";
import { keepChipsShown } from "../people/shown.js";
import { lookOut } from "../private/lookout.js";
import { keepInView } from "./bar.js";
import { offerDates } from "./dates.js";

/**
 * @param {import("./grid.js").Grid} grid
 * @param {string} setName
 */
export function settle(grid, setName) {
  keepInView(byId("head"));
  offerDates(grid);
  void keepChipsShown(setName);
  lookOut();
}
