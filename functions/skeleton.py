"""A page with placeholders, which is filled in for each thing that has such a page.

``[[title]]`` stands for a value, ``[[title|json]]`` for the same within quotes in JSON, and ``[[#title]]…[[/title]]``
holds a part that is there only with that value. A value that is a list of values repeats its part, once for each.
Values are escaped, and what they hold is never read as a skeleton again. Names without a value stay as they are: the
owner's own texts may look like one.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

_NAME = re.compile(r"(\[\[([#/]?)(\w+)(\|json)?\]\])")
# They would end a script element, or begin a comment in one.
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})


Part = Mapping[str, str]
Value = str | Sequence[Part] | None
_Names = Sequence[tuple[str, ...]]


def fill(skeleton: str, values: Mapping[str, Value]) -> str:
    """The skeleton with these values; parts without a value are left out."""
    start, names = _split(skeleton)
    return start + "".join(_filled(names, values))


def _filled(names: _Names, values: Mapping[str, Value]) -> Iterator[str]:
    at = 0
    while at < len(names):
        whole, sign, name, as_json, text = names[at]
        value = values.get(name)
        if name not in values:
            yield whole
        elif sign == "#" and not (value and isinstance(value, str)):
            end = _end_of_part(names, at)
            for one in value or ():
                yield text
                yield from _filled(names[at + 1 : end], {**values, **one})
            at, text = end, names[end][-1] if end < len(names) else ""
        elif not sign and isinstance(value, str):
            yield _in_json(value) if as_json else html.escape(value)
        yield text
        at += 1


def _end_of_part(names: _Names, start: int) -> int:
    """Where the part that begins at ``start`` ends; behind the last name if nothing ends it."""
    ends = (at for at in range(start + 1, len(names)) if names[at][1:3] == ("/", names[start][2]))
    return next(ends, len(names))


@lru_cache(maxsize=1)
def _split(skeleton: str) -> tuple[str, list[tuple[str, ...]]]:
    """What comes before the first name; then each name, as it is written and in its parts, and the text after it."""
    start, *rest = _NAME.split(skeleton)
    return start, list(zip(*(rest[part::5] for part in range(5)), strict=True))


def _in_json(text: str) -> str:
    """Text for between the quotes of a JSON string in a script element."""
    return json.dumps(text)[1:-1].translate(_IN_SCRIPT)
