"""Texts about a photo or a set, as pages show them: clean, and no longer than fits into a page and a row."""

import re
import unicodedata
from collections.abc import Iterable

# In characters. A row of 400 kB has room for all of them beside a hundred faces.
MAX_TITLE = 300
MAX_CAPTION = 5_000
MAX_KEYWORDS = 50
MAX_KEYWORD = 100
# How much cards, search results and screen readers should get.
_MAX_LINE = 200
# Of a text, at most so much is looked at, in characters for each that fits: a file may hold millions, and a letter may
# have accents by the thousand, which take the square of their number to put in order.
_READ = 4

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# They change the direction of whatever follows them on a page; right-to-left text doesn't need them.
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean_title(text: str) -> str:
    """A title: one line without control characters, cut to `MAX_TITLE`; may be empty."""
    return _cut(_one_line(_start(text, MAX_TITLE)), MAX_TITLE)


def clean_caption(text: str) -> str:
    """A caption: its lines without control characters, at most one empty line between two, cut to `MAX_CAPTION`."""
    lines = (_one_line(line) for line in _LINE_ENDS.sub("\n", _start(text, MAX_CAPTION)).split("\n"))
    return _cut(_EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip(), MAX_CAPTION)


def clean_keywords(texts: Iterable[str]) -> list[str]:
    """Keywords, each once whatever its case, in the order given; at most `MAX_KEYWORDS` of `MAX_KEYWORD`."""
    kept: dict[str, str] = {}
    for text in texts:
        keyword = _cut(_one_line(_start(text, MAX_KEYWORD)), MAX_KEYWORD)
        if keyword:
            kept.setdefault(keyword.casefold(), keyword)
        if len(kept) == MAX_KEYWORDS:
            break
    return list(kept.values())


def same_name(name: str) -> str:
    """What two spellings of a person's name have in common: neither case nor space around it makes a difference."""
    return unicodedata.normalize("NFC", name.strip().casefold())


def shorten(text: str | None) -> str:
    """A text in one line, as long as links and search results show; empty for none."""
    line = " ".join((text or "").split())
    return line if len(line) <= _MAX_LINE else line[: _MAX_LINE - 1].rstrip() + "…"


def _start(text: str, most: int) -> str:
    return text.lstrip()[: _READ * most]


def _one_line(text: str) -> str:
    shown = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_shown(char))
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def _is_shown(char: str) -> bool:
    # Control characters, and halves of characters, which no file or row can hold.
    return unicodedata.category(char) not in ("Cc", "Cs") and char not in DIRECTIONS


def _cut(text: str, most: int) -> str:
    return text[:most].rstrip()
