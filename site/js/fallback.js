// CloudFront has only one page for addresses where it finds nothing, in English. If the visitor prefers another of the
// site's languages, the page in that language replaces it before any other script runs.

export {};

const page = document.documentElement;
const offered = page.dataset.others?.split(" ") ?? [];
const wanted = offered.length ? preferred([page.lang, ...offered]) : page.lang;

if (wanted !== page.lang) {
  const found = await pageAt(`/404.${wanted}.html`);
  if (found) document.replaceChild(document.adoptNode(found), page);
}

/** @param {string[]} languages  The site's; the first is for visitors who want none of them. */
function preferred(languages) {
  const tags = navigator.languages.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "");
  return tags.find((tag) => languages.includes(tag)) ?? languages[0];
}

/**
 * A page of this site, without its scripts; null if it can't be loaded. Unlike `fetch` and a parser, this doesn't turn
 * text into markup, which the pages' Trusted Types forbid.
 * @param {string} url
 * @returns {Promise<HTMLElement | null>}
 */
function pageAt(url) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? (request.responseXML?.documentElement ?? null) : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}
