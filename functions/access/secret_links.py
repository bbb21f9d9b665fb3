"""Secret links: whoever has one may see what it opens, without an account."""

from functions.access.access_rows import LinkRow
from functions.access.access_table import AccessTable
from functions.access.audiences import ALBUM, LINK, Access
from functions.dates import timestamp
from functions.errors import KinpicsError

# Where the gate looks a link's secret up (edge/gate.js).
LINK_PATH = "/l/"


class LinkError(KinpicsError):
    """There is no such link, or there can't be one; the message says what to do."""


def link_to(table: AccessTable, opens: str) -> str:
    """The secret of the newest link to a set, or to the site (``ALBUM``); the first one is made here.

    Raises ``LinkError`` if no link may open it.
    """
    _check(table.read_access(), opens)
    secrets = [row.secret for row in _links(table, opens) if row.secret]
    return secrets[-1] if secrets else table.add_link(opens, timestamp())


def renew_link(table: AccessTable, opens: str) -> str:
    """The secret of a new link; all others that open the same are dead. Raises ``LinkError``."""
    _check(table.read_access(), opens)
    earlier = _links(table, opens)
    secret = table.add_link(opens, timestamp())
    _remove(table, earlier)
    return secret


def revoke_links(table: AccessTable, opens: str) -> int:
    """Make all links to a set, or to the site, lead nowhere; returns how many there were."""
    return _remove(table, _links(table, opens))


def drop_useless_links(table: AccessTable) -> None:
    """Remove the links to what no link opens any more: they must not work again once it has a link again."""
    access = table.read_access()
    _remove(table, [row for row in table.list_links() if not has_link(access, row.opens)])


def has_link(access: Access, opens: str) -> bool:
    """Whether a link of its own opens a set, or the album (``ALBUM``)."""
    return (access.album if opens == ALBUM else access.sets.get(opens)) == LINK


def _check(access: Access, opens: str) -> None:
    if has_link(access, opens):
        return
    if opens == ALBUM:
        raise LinkError(
            f"the site is for {describe(access.album)}, so no link opens it: change that with `kinpics audience --site "
            "link`"
        )
    if opens not in access.sets and access.album == LINK:
        raise LinkError(f"{opens} is seen by whoever has the site's link: `kinpics link` shows it", code="LinkOfSite")
    audience = access.audience_of(opens)
    raise LinkError(
        f"{opens} is for {describe(audience)}, so no link opens it: change that with `kinpics audience {opens} link`"
    )


def describe(audience: str) -> str:
    """An audience in words that follow "for"."""
    return {"public": "everybody", "link": "whoever has its link", "members": "members"}[audience]


def _links(table: AccessTable, opens: str) -> list[LinkRow]:
    return sorted((row for row in table.list_links() if row.opens == opens), key=lambda row: row.made_at or "")


def _remove(table: AccessTable, links: list[LinkRow]) -> int:
    for row in links:
        table.remove_link(row.id)
    return len(links)
