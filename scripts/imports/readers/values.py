"""Values as services write them: JSON of any shape, moments, and texts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.imports.containers import Container, ContainerError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Services write 0 for an unknown time, and clocks that have forgotten the date begin there.
_UNKNOWN = timedelta(days=2)
_LATEST_YEAR = 2200


def read_json(container: Container, name: str) -> Any:
    """A JSON file of an export. Raises ``ContainerError``."""
    try:
        return json.loads(container.read(name))
    except (ValueError, RecursionError):
        raise ContainerError("isn't complete JSON: get this export again") from None


def is_known_time(moment: datetime) -> bool:
    """Whether a moment (with its zone) is one, and not what stands for an unknown one."""
    return abs(moment - _EPOCH) > _UNKNOWN and 1800 < moment.year < _LATEST_YEAR


def from_seconds(value: Any) -> str | None:
    """Seconds since 1970, perhaps as text or before 1970, as ISO 8601 in UTC; None for none."""
    try:
        moment = _EPOCH + timedelta(seconds=int(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return moment.isoformat() if is_known_time(moment) else None


def from_text(value: Any) -> str | None:
    """ISO 8601 or EXIF's form of a moment, as ISO 8601 with the zone it has; None for none."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text[4:5] == ":" and text[7:8] == ":":
        text = text[:10].replace(":", "-") + text[10:]
    try:
        moment = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        return None
    return moment.isoformat() if is_known_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC)) else None


def text_of(value: Any) -> str:
    """A text; empty for anything else."""
    return value.strip() if isinstance(value, str) else ""


def dicts_of(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or the object that stands alone."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
