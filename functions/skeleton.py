"""A page with placeholders, which is filled in for each thing that has such a page.

``[[title]]`` stands for a value, ``[[title|json]]`` for the same within quotes in JSON, and ``[[#title]]…[[/title]]``
holds a part that is there only with that value. Values are escaped, and what they hold is never read as a skeleton
again. Names without a value stay as they are: the owner's own texts may look like one.
"""

import html
import json
import re
from collections.abc import Mapping
from functools import lru_cache

_NAME = re.compile(r"(\[\[([#/]?)(\w+)(\|json)?\]\])")
# They would end a script element, or begin a comment in one.
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})


def fill(skeleton: str, values: Mapping[str, str | None]) -> str:
    """The skeleton with these values; parts without a value are left out."""
    start, names = _split(skeleton)
    written = [start]
    # The part that is being left out.
    left_out = None
    for whole, sign, name, as_json, text in names:
        if left_out is None and name not in values:
            written.append(whole)
        elif sign == "#" and left_out is None:
            left_out = None if values[name] else name
        elif sign == "/" and left_out == name:
            left_out = None
        elif not sign and left_out is None:
            value = values[name] or ""
            written.append(_in_json(value) if as_json else html.escape(value))
        if left_out is None:
            written.append(text)
    return "".join(written)


@lru_cache(maxsize=1)
def _split(skeleton: str) -> tuple[str, list[tuple[str, ...]]]:
    """What comes before the first name; then each name, as it is written and in its parts, and the text after it."""
    start, *rest = _NAME.split(skeleton)
    return start, list(zip(*(rest[part::5] for part in range(5)), strict=True))


def _in_json(text: str) -> str:
    """Text for between the quotes of a JSON string in a script element."""
    return json.dumps(text)[1:-1].translate(_IN_SCRIPT)
