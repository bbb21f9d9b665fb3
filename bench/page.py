"""A set's page on a phone, against its targets and against sigal and thumbsup; and the page of a set of 5,000."""

import time
from dataclasses import dataclass

from bench import edge, filling, first_screen, lighthouse, peers, scrolling, workplace

COUNT = 300
LONG = 5000


@dataclass(frozen=True)
class Figure:
    """Something measured, how it is written, and what it should be: at most ``limit``, or at least where ``least``."""

    name: str
    limit: float | None
    unit: str = ""
    digits: int = 0
    least: bool = False

    def write(self, value: float) -> str:
        return f"{value:,.{self.digits}f}{self.unit}"

    def target(self) -> str:
        return "" if self.limit is None else f"{'≥' if self.least else '≤'} {self.write(self.limit)}"

    def verdict(self, value: float) -> str:
        """Judges what is printed, so that 0.0004 is the 0.000 it says."""
        if self.limit is None:
            return ""
        shown = round(value, self.digits)
        return "ok" if (shown >= self.limit if self.least else shown <= self.limit) else "MISSED"


_PAGE = (
    Figure("performance", 100, least=True),
    Figure("accessibility", 100, least=True),
    Figure("best-practices", 100, least=True),
    Figure("seo", 100, least=True),
    Figure("CLS", 0, digits=3),
    Figure("TBT", 50, " ms"),
    Figure("LCP", None, " ms"),
    Figure("FCP", None, " ms"),
    Figure("first photo", 1000, " ms"),
    Figure("requests", 40),
    Figure("fetched", 600, " kB"),
    Figure("of it pictures", None, " kB"),
    Figure("of it fonts", None, " kB"),
    Figure("scripts, gzip", 18, " kB", 1),
    Figure("styles, gzip", 12, " kB", 1),
)
_LONG_SET = (
    Figure("frames a second, scrolling", 60, least=True),
    Figure("tiles in the document", 300),
    Figure("jump, median", 300, " ms"),
    Figure("jump, longest", None, " ms"),
)


def run() -> list[str]:
    """Lines of the report."""
    start = time.perf_counter()
    photos = workplace.photos(COUNT, workplace.SIZE_2_MP)
    with workplace.stack("page-stack") as stack:
        filling.fill(stack, photos, {"album": COUNT, "long": LONG})
        ours = f"{stack.site_url}/sets/album/"
        found = {"kinpics": _measure(ours)}
        complaints = found["kinpics"].complaints
        early = first_screen.shows_photos_without_aws(ours, stack.api_url)
        scrolled = scrolling.scroll(f"{stack.site_url}/sets/long/")
    notes = []
    for name in peers.PEERS:
        try:
            with peers.site(name, photos) as url:
                found[name] = _measure(url)
        except peers.MissingPeerError as error:
            notes.append(f"  without {name}: {error}")
    long_values = (scrolled.frames_per_second, scrolled.most_tiles, scrolled.jump, scrolled.longest_jump)
    return [
        f"set page of {COUNT} photos on a phone, median of {lighthouse.RUNS} Lighthouse runs:",
        *_table(found),
        *notes,
        *(f"  Lighthouse: {line}" for line in complaints),
        f"  first thumbnails visible before any AWS call returns: {'yes' if early else 'NO'}",
        f"set page of {LONG:,} photos (the renditions of {COUNT} under {LONG:,} names):",
        *(
            f"  {figure.name:28}{figure.write(value):>12}{figure.target():>12}  {figure.verdict(value)}"
            for figure, value in zip(_LONG_SET, long_values, strict=True)
        ),
        f"  all of this took {time.perf_counter() - start:.0f} s",
    ]


@dataclass(frozen=True)
class _Measured:
    values: dict[str, float]
    complaints: list[str]


def _measure(url: str) -> _Measured:
    with edge.running() as flags:
        screen = first_screen.fetch(url, flags)
        scores = lighthouse.score(url, flags)
        first_photo = first_screen.first_photo(url, flags)
    values = scores.values | {
        "first photo": first_photo,
        "requests": screen.requests,
        "fetched": screen.bytes / 1000,
        "of it pictures": screen.pictures / 1000,
        "of it fonts": screen.fonts / 1000,
        "scripts, gzip": screen.scripts_gzip / 1000,
        "styles, gzip": screen.styles_gzip / 1000,
    }
    return _Measured(values, scores.complaints)


def _table(found: dict[str, _Measured]) -> list[str]:
    """A line for each figure: ours, its target and whether it holds, and the peers' with their ratio to ours."""
    ours, *others = found
    lines = [f"  {'':16}{ours:>12}{'target':>12}{'':8}" + "".join(f"{name:>20}" for name in others)]
    for figure in _PAGE:
        value = found[ours].values[figure.name]
        line = f"  {figure.name:16}{figure.write(value):>12}{figure.target():>12}  {figure.verdict(value):6}"
        for name in others:
            other = found[name].values[figure.name]
            ratio = f" ({other / value:.1f}x)" if value and not figure.least else ""
            line += f"{figure.write(other) + ratio:>20}"
        lines.append(line.rstrip())
    return lines
