"""Breaks texts into lines of a width that is drawn, not counted."""

from collections.abc import Callable

_ELLIPSIS = "…"
# The width of a text, in whatever unit the caller draws in.
Measure = Callable[[str], float]


def wrap(text: str, measure: Measure, width: float) -> list[str]:
    """The text in lines of this width; a wider word gets its own line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def cut(lines: list[str], most: int, measure: Measure, width: float) -> list[str]:
    """At most this many lines, each cut to fit; what is cut ends with an ellipsis."""
    kept = lines[:most]
    if len(lines) > most:
        kept[-1] += _ELLIPSIS
    return [_cut_line(line, measure, width) for line in kept]


def _cut_line(text: str, measure: Measure, width: float) -> str:
    """The text, or as much of it as fits, with an ellipsis."""
    if measure(text) <= width:
        return text
    text = text.removesuffix(_ELLIPSIS)
    while text and measure(text + _ELLIPSIS) > width:
        text = text[:-1].rstrip()
    return text + _ELLIPSIS
