"""Rows of table ``ledger``: what is counted by the day, and kept answers to searches."""

from dataclasses import dataclass

from functions.table_rows import Row, described

# How long they are kept; counts are for the owner to look at (`kinpics doctor`).
KEEP_COUNTS_DAYS = 40
KEEP_VISITORS_DAYS = 2
KEEP_ANSWERS_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class DailyCount(Row):
    """What was counted on a day: each paid call before it is made, each removal request before it is written."""

    entry: str = described(
        "`calls/index/<day>`, `calls/search/<day>` and `calls/people/<day>`: paid Rekognition calls of a day (UTC). "
        "`calls/removal/<day>` and `calls/posted/<day>`: removal requests and private addresses. "
        "`visitor/<day>/<identity id>`, `calls/removal/<day>/<identity id>` and `calls/posted/<day>/<identity id>`: "
        "one visitor's paid searches, removal requests and private addresses, by Cognito identity. "
        "`calls/upload/<day>`, and the same with `/` and who or which set: photos that browsers sent."
    )
    calls: int | None = described("How many there were.", default=None)
    bytes: int | None = described("Of photos that browsers sent: how large they were together.", default=None)
    expires_at: int | None = described(
        f"When it expires (seconds since 1970): after {KEEP_COUNTS_DAYS} days, a visitor's after {KEEP_VISITORS_DAYS}.",
        default=None,
    )


@dataclass(frozen=True, kw_only=True)
class CollectionVersion(Row):
    """Which version of a collection's faces is current: answers found in another version are out of date."""

    entry: str = described("`collection/album`, `collection/celebrities`, or `collection/celebrities/<gallery>`.")
    version: int | None = described("Goes up with each change to the collection's faces.", default=None)
    changed_at: int | None = described("When it last went up (seconds since 1970).", default=None)


@dataclass(frozen=True, kw_only=True)
class KeptAnswer(Row):
    """What Rekognition has found for a face, kept so that the same search costs nothing."""

    entry: str = described(
        "`search/album/<face id>/<similarity>/2`: all matches of that similarity or more; 2 is the format of `found`."
    )
    found: bytes | None = described(
        "zlib of JSON: `[[face id, photo, similarity], ...]`, best first; a photo is `<image id>/<external image id>`.",
        default=None,
    )
    version: int | None = described("The version of the collection it was found in.", default=None)
    moment: int | None = described("When it was found (seconds since 1970).", default=None)
    expires_at: int | None = described(
        f"When it expires (seconds since 1970): after {KEEP_ANSWERS_DAYS} days.", default=None
    )
