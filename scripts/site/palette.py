"""A theme's colours, read from its style sheets, for whatever is drawn when the site is rendered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# A rule outside any condition.
_RULE = re.compile(r"^([^\s@}][^{}]*?)\s*\{([^{}]*)\}", re.MULTILINE)
# One colour, or two: for light pages and dark ones.
_COLOUR = re.compile(r"--([\w-]+): (?:light-dark\()?(#\w{6})(?:, (#\w{6}))?")


@dataclass(frozen=True)
class Palette:
    """Colours as ``#rrggbb``: those of light pages, and what dark ones stand on."""

    page: str
    dark_page: str
    ink: str
    quiet: str
    accent: str


def read_palette(theme: str, style_sheets: Iterable[str]) -> Palette:
    """The colours of a theme; a later style sheet overrides an earlier one."""
    blocks = [block for text in style_sheets for block in _blocks(text, theme)]
    found = [match for block in blocks for match in _COLOUR.findall(block)]
    light = {name: one for name, one, _ in found}
    dark = {name: other or one for name, one, other in found}
    return Palette(light["page"], dark["page"], light["ink"], light["quiet"], light["accent"])


def _blocks(text: str, theme: str) -> Iterator[str]:
    """What a style sheet sets for every theme, and for this one."""
    wanted = {":root", "[data-theme]", f'[data-theme="{theme}"]'}
    for selectors, block in _RULE.findall(_COMMENT.sub("", text)):
        if wanted & set(re.split(r",\s*", selectors)):
            yield block
