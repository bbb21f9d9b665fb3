// A short message that disappears by itself: what a button has done.

import { make } from "./elements.js";

const SHOWN_MS = 4000;

const place = make("p", { className: "toast" });
place.setAttribute("role", "status");
let timer = 0;

/** @param {string} text */
export function toast(text) {
  if (!place.isConnected) document.body.append(place);
  place.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    place.textContent = "";
  }, SHOWN_MS);
}
