"""Contrast between colours, so that the owner's accent stays readable. Colours are ``#rrggbb``."""

_BLACK = "#000000"
_WHITE = "#ffffff"


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2 defines it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def on_colour(colour: str) -> str:
    """Black or white, whichever reads better on a colour: at least 4.5, since one of the two always is."""
    return max(_BLACK, _WHITE, key=lambda text: contrast(text, colour))


def mixed_with_white_to(least: float, colour: str, page: str) -> str:
    """The colour with just enough white to have at least this contrast with a dark page."""
    for percent in range(101):
        mixed = _mix(colour, _WHITE, percent / 100)
        if contrast(mixed, page) >= least:
            return mixed
    return _WHITE


def _mix(one: str, other: str, part: float) -> str:
    mixed = (round(a + (b - a) * part) for a, b in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    linear = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in _channels(colour))
    )
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
