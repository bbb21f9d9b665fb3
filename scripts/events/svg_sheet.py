"""A printed sheet as SVG. Its words are outlines; their text is in the title and the description."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from scripts.events.letters import letters
from scripts.events.sheet_marks import Code, Mark, Rectangle, Ring, Sheet, Words


def write_svg(sheet: Sheet) -> bytes:
    """The sheet as an SVG file, in the size it is printed in."""
    said = "\n".join(mark.text for mark in sheet.marks if isinstance(mark, Words))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width:g}mm" height="{sheet.height:g}mm" '
        f'viewBox="0 0 {sheet.width:g} {sheet.height:g}" role="img">',
        f"<title>{escape(sheet.title)}</title>",
        f"<desc>{escape(said)}</desc>",
        *(shape for mark in sheet.marks for shape in _shapes(mark, sheet.font)),
        "</svg>",
    ]
    return "\n".join(lines).encode()


def _shapes(mark: Mark, font: str) -> Iterator[str]:
    match mark:
        case Rectangle():
            yield (
                f'<rect x="{mark.left:g}" y="{mark.top:g}" width="{mark.width:g}" height="{mark.height:g}" '
                f'rx="{mark.radius:g}" fill={quoteattr(mark.colour)}/>'
            )
        case Ring():
            yield (
                f'<circle cx="{mark.x:g}" cy="{mark.y:g}" r="{mark.radius:g}" fill="none" '
                f'stroke={quoteattr(mark.colour)} stroke-width="{mark.stroke:g}"/>'
            )
        case Words():
            drawn = letters(font)
            left = mark.x - drawn.width(mark.text, mark.size) / 2 if mark.is_centred else mark.x
            data = drawn.outlines(mark.text, left, mark.baseline, mark.size)
            yield f'<path fill={quoteattr(mark.colour)} d="{data}"/>'
        case Code():
            yield from _shapes(Rectangle(mark.left, mark.top, mark.side, mark.side, "#ffffff", mark.radius), font)
            bars = "".join(
                f"M{x:.3f} {y:.3f}h{width:.3f}v{height:.3f}h-{width:.3f}z" for x, y, width, height in mark.bars()
            )
            yield f'<path fill="#000000" d="{bars}"/>'
