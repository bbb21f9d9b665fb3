"""A printed sheet as PDF, with its font inside, so that its words can be found and read aloud."""

from fpdf import FPDF
from fpdf.enums import PathPaintRule

from scripts.events.letters import letters
from scripts.events.sheet_marks import Code, Mark, Rectangle, Ring, Sheet, Words

_POINTS_PER_MM = 72 / 25.4


def write_pdf(sheet: Sheet, language: str) -> bytes:
    """The sheet as a PDF file of one page; ``language`` is that of its words."""
    pdf = FPDF(unit="mm", format=(sheet.width, sheet.height))
    pdf.set_title(sheet.title)
    pdf.set_lang(language)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_page()
    pdf.add_font(sheet.font, fname=letters(sheet.font).path)
    for mark in sheet.marks:
        _draw(pdf, mark, sheet.font)
    return bytes(pdf.output())


def _draw(pdf: FPDF, mark: Mark, font: str) -> None:
    match mark:
        case Rectangle():
            pdf.set_fill_color(mark.colour)
            place = (mark.left, mark.top, mark.width, mark.height)
            pdf.rect(*place, style="F", round_corners=bool(mark.radius), corner_radius=mark.radius)
        case Ring():
            pdf.set_draw_color(mark.colour)
            pdf.set_line_width(mark.stroke)
            pdf.circle(mark.x, mark.y, mark.radius)
        case Words():
            pdf.set_text_color(mark.colour)
            pdf.set_font(font, size=mark.size * _POINTS_PER_MM)
            left = mark.x - letters(font).width(mark.text, mark.size) / 2 if mark.is_centred else mark.x
            pdf.text(left, mark.baseline, mark.text)
        case Code():
            _draw(pdf, Rectangle(mark.left, mark.top, mark.side, mark.side, "#ffffff", mark.radius), font)
            # One shape: of many that touch, screens show the seams.
            with pdf.new_path() as path:
                path.style.fill_color = "#000000"
                path.style.stroke_color = None
                path.style.paint_rule = PathPaintRule.FILL_NONZERO
                for bar in mark.bars():
                    path.rectangle(*bar)
