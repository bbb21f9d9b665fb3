"""The chart of docs/scale.md: hours that filling takes, by photos; readable on light and dark pages."""

import math
from collections.abc import Mapping
from html import escape
from pathlib import Path

_WIDTH, _HEIGHT = 780, 430
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 220, 20, 50
_PHOTOS, _HOURS = (1_000, 1_000_000), (0.005, 1_000)
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.grid { stroke: #d0d7de; stroke-width: 1 }
.line { fill: none; stroke-width: 2 }
.a { stroke: #9a6700 } .b { stroke: #0969da } .c { stroke: #1a7f37 } .d { stroke: #8250df; stroke-dasharray: 6 4 }
.dot { fill: #ffffff; stroke: #cf222e; stroke-width: 2 } .bad { fill: #cf222e }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.grid { stroke: #3d444d }
.a { stroke: #d29922 } .b { stroke: #58a6ff } .c { stroke: #3fb950 } .d { stroke: #bc8cff }
.dot { fill: #0d1117; stroke: #ff7b72 } .bad { fill: #ff7b72 }
}
"""
# Photos a second, and what allows them.
_LINES = (
    ("a", 2.0, "5 photos at once (default)"),
    ("b", 5.0, "5 IndexFaces calls a second"),
    ("c", 50.0, "50 IndexFaces calls a second"),
    ("d", 1.25, "sending 4 MB each, 40 Mbit/s"),
)
_TICKS = {0.01: "36 s", 0.1: "6 min", 1: "1 hour", 10: "10 hours", 100: "4 days", 1000: "6 weeks"}


# The runs in which much goes wrong: their points are filled.
BAD_DAY = "bad day"


def draw(path: Path, measured: Mapping[str, list[tuple[int, float]]]) -> None:
    """Write the chart; ``measured`` are photos and seconds, by the name of the run."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="How long filling a site takes, by the number of photos">',
        f"<style>{_STYLE}</style>",
    ]
    for hours, text in _TICKS.items():
        y = _y(hours)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.0f}" y2="{y:.0f}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{text}</text>')
    for power in range(3, 7):
        x, photos = _x(10**power), f"{10**power:,}"
        parts.append(f'<text x="{x:.0f}" y="{_HEIGHT - _BOTTOM + 22}" text-anchor="middle">{photos}</text>')
    parts.append(f'<text x="{_x(31_600):.0f}" y="{_HEIGHT - 6}" text-anchor="middle">photos</text>')
    labels = _spread([(_y(_PHOTOS[1] / rate / 3600), kind, text) for kind, rate, text in _LINES])
    for kind, rate, _ in _LINES:
        ends = " ".join(f"{_x(photos):.0f},{_y(photos / rate / 3600):.0f}" for photos in _PHOTOS)
        parts.append(f'<polyline class="line {kind}" points="{ends}"/>')
    parts += [f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 4:.0f}">{escape(text)}</text>' for y, _, text in labels]
    for name, points in measured.items():
        kind = "dot bad" if name == BAD_DAY else "dot"
        for photos, seconds in points:
            parts.append(f'<circle class="{kind}" cx="{_x(photos):.0f}" cy="{_y(seconds / 3600):.0f}" r="5"/>')
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _spread(labels: list[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Labels by height, moved down where they would touch."""
    placed: list[tuple[float, str, str]] = []
    for y, kind, text in sorted(labels):
        placed.append((max(y, placed[-1][0] + 17) if placed else y, kind, text))
    return placed


def _x(photos: float) -> float:
    return _LEFT + _share(photos, *_PHOTOS) * (_WIDTH - _LEFT - _RIGHT)


def _y(hours: float) -> float:
    return _HEIGHT - _BOTTOM - _share(hours, *_HOURS) * (_HEIGHT - _TOP - _BOTTOM)


def _share(value: float, low: float, high: float) -> float:
    """Where a value is between two others, by their logarithms."""
    return math.log(value / low) / math.log(high / low)
