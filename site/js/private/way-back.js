// Where a visitor wanted to go before this site asked them to come in: in the address, as `?to=`, or in that of the page to
// come in, for a visitor who went on from there before its script had run.

import pages from "../../pages.json" with { type: "json" };

const [SETS = ""] = pages.set.path.split("{");

/** The path to go back to: only one of this site's own, and none of those that lead here. Empty if there is none. */
export function wayBack() {
  const to = wantedBy(location.href) || wantedBy(document.referrer);
  const url = URL.canParse(to, location.origin) ? new URL(to, location.origin) : null;
  // Not only as it is written: `/.//photos.example/` is a path of this site, but what a URL makes of it is none.
  const isOwn = url?.origin === location.origin && [to, url.pathname].every((path) => /^\/(?![/\\])/.test(path));
  const leadsHere = [pages.enter.path, pages.account.path].some((path) => url?.pathname.startsWith(path.slice(0, -1)));
  return url && isOwn && !leadsHere ? url.pathname + url.search + url.hash : "";
}

/** @param {string} address  Of a page: one that asks to come in, or that of an album, from where somebody went to sign in. */
function wantedBy(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.origin !== location.origin) return "";
  if (url.pathname.startsWith(SETS)) return url.pathname + url.search;
  return ([pages.enter.path, pages.account.path].includes(url.pathname) && url.searchParams.get("to")) || "";
}

/**
 * A page's address that remembers where to go back to. What stood behind the `#` there may be an event's secret: browsers take
 * it along to the page that asks them to come in, and it stays behind a `#`, since they send that to no server.
 * @param {string} page  Its path.
 * @param {string} [to]
 */
export const withWayBack = (page, to = wayBack()) => (to ? `${page}?${new URLSearchParams({ to })}${location.hash}` : page);

/** Where to go back to, with what stood behind the `#`; empty if there is nowhere. */
export const wholeWayBack = (to = wayBack()) => (to.includes("#") ? to : to && to + location.hash);
