"""Rows of photos in rendered pages: which tile ends a row, at each of the widths in ``site/rows.json``.

site/js/grid/layout.js makes the same rows, so nothing moves when the script takes over; tests/data/rows.json checks
that they agree. Aspects are width / height.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from scripts.common.config import ROOT

# What a last row that doesn't fill the width costs (a row half as high again as it should be costs 0.25), and how much
# more if nothing is in it.
_OPEN, _OPEN_EMPTY = 0.3, 0.5
# No row gets so many photos that it is lower than this share of the wanted height.
_LOWEST = 0.4
# The only row of a grid fills the width if that makes it no more than this much higher.
_FULL = 1.35
# Where all photos of a page would go into one row, rows are this much higher, so that it may take two.
_FEW = 1.5


@dataclass(frozen=True)
class Rows:
    """The index after the last photo of each row, and the share of its width that the last row leaves free."""

    ends: list[int]
    rest: float


@dataclass(frozen=True)
class Rest:
    """What a row leaves free after its last tile: ``share`` of the width without ``gaps`` gaps, and ``more`` gaps."""

    share: float
    gaps: int
    more: int


@dataclass
class RowEnd:
    """What follows a tile: at these measures a new row begins; at those, the row leaves something free."""

    breaks: list[int]
    rests: dict[int, Rest]


class Measure(NamedTuple):
    """How high rows should be, how high the only row of a grid may be, and that of a page, over their width."""

    height: float
    only: float
    alone: float


@cache
def measures() -> list[Measure]:
    """From the narrowest to the widest."""
    found = json.loads((ROOT / "site" / "rows.json").read_text(encoding="utf-8"))
    return [Measure(measure["height"], measure["only"], measure["alone"]) for measure in found]


def divide(aspects: Sequence[float], wanted: float, only: float | None = None) -> Rows:
    """Divide photos into rows whose heights are as close as possible to ``wanted``, in widths.

    ``only`` is how high the only row is, if it doesn't fill the width.
    """
    costs, starts = [0.0], [0]
    is_open = False
    for end in range(1, len(aspects) + 1):
        is_last = end == len(aspects)
        total, best, origin = 0.0, float("inf"), end - 1
        for start in range(end - 1, -1, -1):
            total += aspects[start]
            filled = total * wanted
            if start < end - 1 and filled > 1 / _LOWEST:
                break
            off = filled - 1 if filled > 1 else 1 / filled - 1
            if (cost := costs[start] + off * off) < best:
                best, origin = cost, start
                is_open = False
            free = 1 - filled
            if is_last and free > 0 and (cost := costs[start] + _OPEN + _OPEN_EMPTY * free * free) < best:
                best, origin = cost, start
                is_open = True
        costs.append(best)
        starts.append(origin)
    ends = []
    end = len(aspects)
    while end > 0:
        ends.append(end)
        end = starts[end]
    ends.reverse()
    above, last = [0, 0, 0, *ends][-3:-1]
    filled = sum(aspects[last:])
    if last == 0:
        is_open = filled * wanted * _FULL < 1
        height = only or wanted
    else:  # no higher than the row above it
        height = min(wanted, 1 / sum(aspects[above:last]))
    return Rows(ends, max(0.0, 1 - filled * height) if is_open else 0.0)


def row_ends(aspects: Sequence[float], shown: int, scale: float, *, alone: bool = False) -> dict[int, RowEnd]:
    """What follows each of the first ``shown`` tiles that ends a row at some measure, by the tile's index.

    ``scale`` is how high rows should be, relative to the usual height. ``alone`` says whether the page has no other
    grid: few photos are shown larger then.
    """
    found: dict[int, RowEnd] = {}

    def at(index: int) -> RowEnd:
        return found.setdefault(index, RowEnd([], {}))

    for number, measure in enumerate(measures()):
        rows = _rows_at(aspects, measure, scale, alone=alone)
        start = 0
        for end in rows.ends:
            if end >= shown:
                rest = _rest(aspects[start:end], shown - start, rows.rest if end == len(aspects) else 0)
                if rest.share or rest.more:
                    at(shown - 1).rests[number] = rest
                break
            at(end - 1).breaks.append(number)
            start = end
    return found


def _rows_at(aspects: Sequence[float], measure: Measure, scale: float, *, alone: bool) -> Rows:
    if not alone:
        return divide(aspects, measure.height * scale, measure.only * scale)
    rows = divide(aspects, measure.height * scale)
    return rows if len(rows.ends) > 1 else divide(aspects, measure.height * scale * _FEW, measure.alone * scale)


def _rest(row: Sequence[float], shown: int, free: float) -> Rest:
    """What stays free in a row with ``shown`` tiles in the page."""
    share = 1 - (1 - free) * sum(row[:shown]) / sum(row)
    return Rest(max(0.0, share), len(row) - 1, len(row) - shown)


def whole_rows(aspects: Sequence[float], least: int, measure: int, scale: float) -> int:
    """How many photos the rows have that show at least ``least`` of them."""
    rows = divide(aspects, measures()[measure].height * scale)
    return next((end for end in rows.ends if end >= least), len(aspects))
