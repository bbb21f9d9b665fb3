// Where a visitor wanted to go before this site asked them to come in: in the address, as `?to=`.

import pages from "../../pages.json" with { type: "json" };

/** The path to go back to: only one of this site's own, and none of those that lead here. Empty if there is none. */
export function wayBack() {
  const to = new URLSearchParams(location.search).get("to") ?? "";
  const url = URL.canParse(to, location.origin) ? new URL(to, location.origin) : null;
  const isOwn = url?.origin === location.origin && /^\/(?![/\\])/.test(to);
  const leadsHere = [pages.enter.path, pages.account.path].some((path) => url?.pathname.startsWith(path.slice(0, -1)));
  return url && isOwn && !leadsHere ? url.pathname + url.search + url.hash : "";
}

/** A page's address that remembers where to go back to. @param {string} page  Its path. @param {string} [to] */
export const withWayBack = (page, to = wayBack()) => (to ? `${page}?${new URLSearchParams({ to })}` : page);
