"""What a service knew about a photo whose file doesn't say it: when it was taken, keywords, and its stars.

It comes with the original as the object's metadata, so it goes wherever the original is copied. What the file itself
says comes first. S3 takes 2 kB of ASCII in all: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote, unquote

from functions.photo_texts import clean_keywords

TAKEN_AT_METADATA, KEYWORDS_METADATA, RATING_METADATA = "taken-at", "keywords", "rating"
MAX_RATING = 5
# There is the digest beside them.
_MAX_KEYWORDS_BYTES = 1500
_SEPARATOR = ","


class ToldFacts(NamedTuple):
    """When a photo was taken (ISO 8601), its keywords, and its stars, 1 to 5; 0 for none."""

    taken_at: str | None = None
    keywords: tuple[str, ...] = ()
    rating: int = 0


def to_metadata(facts: ToldFacts) -> dict[str, str]:
    """The facts as metadata; of the keywords as many as there is room for."""
    metadata = {TAKEN_AT_METADATA: facts.taken_at} if facts.taken_at else {}
    kept = ""
    for keyword in clean_keywords(facts.keywords):
        longer = f"{kept}{_SEPARATOR if kept else ''}{quote(keyword, safe='')}"
        if len(longer) <= _MAX_KEYWORDS_BYTES:
            kept = longer
    metadata |= {RATING_METADATA: str(facts.rating)} if facts.rating else {}
    return metadata | ({KEYWORDS_METADATA: kept} if kept else {})


def from_metadata(metadata: Mapping[str, str]) -> ToldFacts:
    """The facts in an object's metadata, which anybody who writes to the bucket may have made up."""
    words = metadata.get(KEYWORDS_METADATA, "")
    stars = metadata.get(RATING_METADATA, "")
    rating = rating_of(int(stars) if stars.isdecimal() else 0)
    return ToldFacts(moment_of(metadata.get(TAKEN_AT_METADATA)), _keywords(words), rating)


def rating_of(value: object) -> int:
    """Stars, 1 to 5; 0 for what are none."""
    return int(value) if isinstance(value, int | Decimal) and 0 < value <= MAX_RATING else 0


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(clean_keywords(unquote(word, errors="replace") for word in text.split(_SEPARATOR)))


def moment_of(text: object) -> str | None:
    """A moment in ISO 8601, to the second; None for what is none."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).replace(microsecond=0).isoformat()
    except ValueError:
        return None
