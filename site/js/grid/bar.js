// A small header that stays at the top once the large one has scrolled away.

import { byId, make } from "../elements.js";

/**
 * @param {HTMLElement} large  Has a heading, and buttons that work wherever they are.
 */
export function keepInView(large) {
  const title = make("a", { className: "display", href: "#main", dir: "auto" });
  const buttons = large.querySelector(".actions")?.cloneNode(true);
  const bar = make("div", { className: "small-head", inert: true }, title, ...(buttons ? [buttons] : []));
  for (const label of bar.querySelectorAll("[id]")) label.removeAttribute("id");
  byId("main").append(bar);
  new IntersectionObserver(([entry]) => {
    const isAway = entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top < 0;
    title.textContent = large.querySelector("h1")?.textContent ?? "";
    bar.inert = !isAway;
    bar.classList.toggle("away", isAway);
  }).observe(large);
}
