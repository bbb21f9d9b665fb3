"""What the edge has to know to let the right people in: the entries of CloudFront's key-value store.

edge/gate.js reads them. On AWS they are written by the edge store function, whenever table ``access`` changes; the
laptop's site server makes them from the table itself. A value has at most 1 kB:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-function-restrictions.html
"""

import json
from collections.abc import Iterable, Mapping

from functions.access.access_rows import AudienceRow, KeyRow, LinkRow, MemberRow
from functions.access.access_table import access_of
from functions.access.audiences import Access
from functions.table_rows import Row

MAX_VALUE_BYTES = 1024
MAX_KEY_BYTES = 512
_SET = "set:"


def entries(rows: Iterable[Row]) -> dict[str, str]:
    """The store's entries for the rows of table ``access``; an empty table is a public album."""
    rows = list(rows)
    access = access_of(row for row in rows if isinstance(row, AudienceRow))
    keys = [row for row in rows if isinstance(row, KeyRow)]
    newest = max(keys, key=lambda row: row.made_at or "", default=None)
    album = {
        "audience": access.album,
        "key": newest.id if newest else None,
        # Whether a set has an audience of its own, be it the same: its link is another one.
        "differs": bool(access.sets),
    }
    found = {"album": _json(album)}
    found |= {f"{_SET}{name}": audience for name, audience in access.sets.items()}
    found |= {f"key:{row.id}": row.key.hex() for row in keys}
    found |= {f"link:{row.id}": row.opens for row in rows if isinstance(row, LinkRow)}
    found |= {
        f"member:{row.id}": _json({"since": row.since, "sets": None if row.is_owner else row.sets})
        for row in rows
        if isinstance(row, MemberRow)
    }
    return found


def narrowest_of(known: Mapping[str, str]) -> str:
    """The narrowest audience that the store's entries know of: `Access.narrowest`."""
    sets = {key: audience for key, audience in known.items() if key.startswith(_SET)}
    return Access(json.loads(known["album"])["audience"], sets).narrowest


def fits(member: MemberRow) -> bool:
    """Whether the edge can keep what a member may see: some twenty sets, or all."""
    return len(_json({"since": member.since, "sets": member.sets}).encode()) <= MAX_VALUE_BYTES


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
