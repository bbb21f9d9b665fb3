"""What a film is, read from what ``ffmpeg -i`` reports about it.

The package that brings ffmpeg has no ffprobe. Its report is for people, but each line that is read here has kept its
form for more than ten years; a text from the film itself can't pass for one of them, because ffmpeg begins each of its
lines with a name and a colon.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.MULTILINE)
_STREAM = re.compile(r"^  Stream #0:(\d+)(?:\[\w+\])?(?:\([^)\n]*\))?: (Video|Audio): (.*)$", re.MULTILINE)
_SIZE = re.compile(r", (\d{1,6})x(\d{1,6})(?:(?: \[|, )SAR (\d+):(\d+))?")
_RATE = re.compile(r", (\d+(?:\.\d+)?k?) fps\b")
_TURNED = re.compile(r"^ +displaymatrix: rotation of (-?\d+(?:\.\d+)?) degrees", re.MULTILINE)
_TAG = re.compile(r"^    (\S[^:\n]*?) *: (.*)$", re.MULTILINE)
# https://www.itu.int/rec/T-REC-H.273: more light than a plain screen has.
_BRIGHT_TRANSFERS = ("smpte2084", "arib-std-b67")
_LOCAL_TIME, _UTC_TIME = "com.apple.quicktime.creationdate", "creation_time"
_CONTENT_ID = "com.apple.quicktime.content.identifier"
# Cameras without a clock count from 1904 or 1970.
_FIRST_YEAR = 1990


@dataclass(frozen=True)
class FilmFacts:
    """A film as it is shown: upright, ``width`` and ``height`` in pixels, ``seconds`` long (None if it doesn't say).

    ``stream`` is the number of the pictures among its streams, ``rate`` how many there are a second, 0 if it doesn't
    say. ``is_bright`` films have more light than a plain screen can show (HDR). ``content_id`` is Apple's identifier of
    a Live Photo, which its photo has too.
    """

    stream: int
    codec: str
    width: int
    height: int
    seconds: float | None
    rate: float
    has_sound: bool
    is_bright: bool
    taken_at: str | None
    content_id: str | None = None


def read_facts(report: str) -> FilmFacts | None:
    """The facts in a report of ffmpeg's about one file; None if there are no moving pictures in it."""
    streams = [(int(number), kind, text) for number, kind, text in _STREAM.findall(report)]
    pictures = next((item for item in streams if item[1] == "Video" and "(attached pic)" not in item[2]), None)
    size = _SIZE.search(pictures[2]) if pictures else None
    if pictures is None or size is None:
        return None
    width, height = int(size[1]), int(size[2])
    if size[3] and int(size[3]) and int(size[4]):  # pixels that aren't square
        width = max(1, round(width * int(size[3]) / int(size[4])))
    if _is_sideways(report):
        width, height = height, width
    if not width or not height:
        return None
    tags = dict(reversed(_TAG.findall(report)))
    return FilmFacts(
        stream=pictures[0],
        codec=pictures[2].split(" ", 1)[0].rstrip(","),
        width=width,
        height=height,
        seconds=_seconds(report),
        rate=_rate(pictures[2]),
        has_sound=any(kind == "Audio" for _, kind, _ in streams),
        is_bright=any(transfer in pictures[2] for transfer in _BRIGHT_TRANSFERS),
        taken_at=_taken_at(tags),
        content_id=tags.get(_CONTENT_ID, "").strip() or None,
    )


def _is_sideways(report: str) -> bool:
    turned = _TURNED.search(report)
    return turned is not None and round(abs(float(turned[1])) / 90) % 2 == 1


def _seconds(report: str) -> float | None:
    found = _DURATION.search(report)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None


def _rate(text: str) -> float:
    found = _RATE.search(text)
    if not found:
        return 0.0
    return float(found[1].removesuffix("k")) * (1000 if found[1].endswith("k") else 1)


def _taken_at(tags: dict[str, str]) -> str | None:
    """The time of the place if the film has it, else UTC."""
    for name in (_LOCAL_TIME, _UTC_TIME):
        try:
            moment = datetime.fromisoformat(tags.get(name, "").strip())
        except ValueError:
            continue
        if moment.year >= _FIRST_YEAR:
            return moment.replace(microsecond=0).astimezone(moment.tzinfo or UTC).isoformat()
    return None
