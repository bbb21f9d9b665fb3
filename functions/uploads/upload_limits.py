"""How much may be sent from browsers in a day, counted before a POST is given: nobody can fill the bucket.

A guest, a member, a set and the whole site each have an allowance of files and bytes. An event may change its guests'
and its set's (`EventRow.limits`). What the owner sends isn't counted.
"""

import math
from collections.abc import Mapping
from typing import Any

from functions.access.access_rows import EventRow
from functions.uploads.senders import Sender
from functions.uploads.upload_counts import Allowance

# A whole evening of somebody's photos; and a club's.
GUEST_FILES, GUEST_BYTES = 200, 2_000_000_000
MEMBER_FILES, MEMBER_BYTES = 2_000, 20_000_000_000
SET_FILES, SET_BYTES = 5_000, 25_000_000_000
# Of the site, for each of the files that `DailyUploads` allows.
BYTES_A_FILE = 5_000_000
# The process function can't read more (functions/process/images.py); more than a camera's largest JPEG or HEIC has.
MAX_FILE_BYTES = 200_000_000


def allowances(sender: Sender, daily_files: int) -> list[Allowance]:
    """What counts for a sender, narrowest first; nothing for the owner."""
    if sender.is_owner:
        return []
    own = sender.event.limits if sender.event else None
    is_guest = sender.event is not None
    return [
        Allowance(
            "you can add",
            f"{sender.set_name}/{sender.who}" if is_guest else sender.who,
            _limit(own, "guest_files", GUEST_FILES) if is_guest else MEMBER_FILES,
            _limit(own, "guest_bytes", GUEST_BYTES) if is_guest else MEMBER_BYTES,
        ),
        Allowance(
            "this album takes", sender.set_name, _limit(own, "files", SET_FILES), _limit(own, "bytes", SET_BYTES)
        ),
        Allowance("this site takes", "", daily_files, daily_files * BYTES_A_FILE),
    ]


def guest_limits(event: EventRow) -> dict[str, int]:
    """What each guest of an event may send in a day."""
    return {
        "guest_files": _limit(event.limits, "guest_files", GUEST_FILES),
        "guest_bytes": _limit(event.limits, "guest_bytes", GUEST_BYTES),
    }


def _limit(own: Mapping[str, Any] | None, name: str, usual: int) -> int:
    value = (own or {}).get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return max(0, int(value)) if is_number else usual  # type: ignore[arg-type]
