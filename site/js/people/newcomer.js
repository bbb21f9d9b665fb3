// Shows a person who has no page on the site yet, as the page of several people would.

import pages from "../../pages.json" with { type: "json" };
import { byId } from "../elements.js";
import { CodedError } from "../errors.js";
import { peopleOfPage } from "../photos/urls.js";

/**
 * If this page's address is a person's, put that page in place of this one, and start its script. Throws a `CodedError`
 * if it can't be had.
 */
export async function showNewcomer() {
  if (!peopleOfPage()) return;
  const page = await readPage(pages.together.path);
  byId("main").replaceChildren(.../** @type {HTMLElement} */ (page.getElementById("main")).childNodes);
  document.body.className = page.body.className;
  document.title = page.title;
  const { person } = await import("../later.js");
  void person();
}

/**
 * A page of the site. Not with `fetch`: our security policy lets no script turn text into a document.
 * @param {string} path
 * @returns {Promise<Document>}
 */
const readPage = (path) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(new CodedError("Offline", `${path}: ${request.status}`)));
    request.onerror = () => reject(new CodedError("Offline", path));
    request.send();
  });
