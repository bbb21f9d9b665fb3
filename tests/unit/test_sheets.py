"""Posters and table cards: where things stand, and that a phone reads the code."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pytest
import zxingcpp

from functions.languages import LANGUAGES
from scripts.common.config import ROOT, THEMES, ThemeConfig
from scripts.events.letters import letters
from scripts.events.pdf_sheet import write_pdf
from scripts.events.sheet_marks import QUIET_ZONE, Code, Mark, Rectangle, Ring, Sheet, Words
from scripts.events.sheet_words import sheet_words
from scripts.events.sheets import A4_HEIGHT, A4_WIDTH, CARD_HEIGHT, CARD_WIDTH, MAX_TYPED, Event, poster, table_cards
from scripts.events.svg_sheet import write_svg
from scripts.site.cards import Look, look_of
from scripts.site.colours import contrast
from scripts.site.theme import load_theme
from scripts.site.translations import Translator

ADDRESS = "https://photos.example/event/#AbCdEfGhIjKlMnOpQrStUv"
LONG_ADDRESS = "https://d111111abcdef8.cloudfront.net/event/#AbCdEfGhIjKlMnOpQrStUv"
SVG = "{http://www.w3.org/2000/svg}"
WORDS = sheet_words(Translator("en"), is_at_once=False)
PARTY = Event("Grandma turns ninety", ADDRESS, WORDS)


def look(theme: str = "gallery") -> Look:
    return look_of(load_theme(ThemeConfig(name=theme), ROOT, Path("nowhere")))


def corners(mark: Mark, font: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a mark."""
    match mark:
        case Ring():
            reach = mark.radius + mark.stroke / 2
            return mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach
        case Words():
            width = letters(font).width(mark.text, mark.size)
            left = mark.x - width / 2 if mark.is_centred else mark.x
            return left, mark.baseline - mark.size, left + width, mark.baseline + 0.3 * mark.size
        case Code():
            return mark.left, mark.top, mark.left + mark.side, mark.top + mark.side
        case Rectangle():
            return mark.left, mark.top, mark.left + mark.width, mark.top + mark.height


def said(sheet: Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, Words)]


def read_codes(pdf: bytes) -> list[str]:
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=1.5).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_on_the_paper_and_apart(theme: str, language: str) -> None:
    words = sheet_words(Translator(language), is_at_once=False)
    home = sheet_words(Translator(language), is_at_once=False, is_home=True)
    for title in ("Ball", "Grandma turns ninety", "Donaudampfschifffahrtsgesellschaftsball " * 4, ""):
        for sheet in (
            poster(Event(title, ADDRESS, home), look(theme)),
            table_cards(Event(title, ADDRESS, home), look(theme)),
            poster(Event(title, ADDRESS, words), look(theme)),
            table_cards(Event(title, ADDRESS, words), look(theme)),
        ):
            places = {mark: corners(mark, sheet.font) for mark in sheet.marks}
            for left, top, right, bottom in places.values():
                assert -0.01 <= left < right <= A4_WIDTH + 0.01
                assert -0.01 <= top < bottom <= A4_HEIGHT + 0.01
            codes = [places[mark] for mark in sheet.marks if isinstance(mark, Code)]
            for left, top, right, bottom in (places[mark] for mark in sheet.marks if isinstance(mark, Words)):
                assert all(right <= code[0] or left >= code[2] or bottom <= code[1] or top >= code[3] for code in codes)


def test_words_on_a_poster_stand_clear_of_each_other() -> None:
    sheet = poster(replace(PARTY, title="A very long title of an evening that goes on " * 3), look())
    words = [mark for mark in sheet.marks if isinstance(mark, Words)]
    for one in words:
        for other in words:
            if one is not other and one.baseline < other.baseline:
                left, _, right, _ = corners(one, sheet.font)
                other_left, _, other_right, _ = corners(other, sheet.font)
                beside = right <= other_left or left >= other_right
                assert beside or other.baseline - one.baseline >= 0.75 * other.size


@pytest.mark.parametrize("theme", THEMES)
def test_a_phone_reads_the_code_of_poster_and_cards(theme: str) -> None:
    assert read_codes(write_pdf(poster(PARTY, look(theme)), "en")) == [ADDRESS]
    assert read_codes(write_pdf(table_cards(PARTY, look(theme)), "en")) == [ADDRESS] * 8


def test_a_code_has_its_quiet_zone_on_white() -> None:
    code = next(mark for mark in poster(PARTY, look("cinema")).marks if isinstance(mark, Code))
    bars = list(code.bars())
    module = bars[0][3]
    assert min(left for left, *_ in bars) == pytest.approx(code.left + QUIET_ZONE * module)
    assert max(left + width for left, _, width, _ in bars) == pytest.approx(code.left + code.side - QUIET_ZONE * module)
    assert module >= 1.5, "a phone reads it from two metres away"


def test_in_a_home_network_guests_are_told_of_its_password() -> None:
    at_home = replace(PARTY, words=sheet_words(Translator("en"), is_at_once=False, is_home=True))
    assert "ask your host for the password" in " ".join(said(poster(at_home, look())))
    assert said(table_cards(at_home, look())).count("Ask your host for the password.") == 8
    for sheet in (poster(PARTY, look()), table_cards(PARTY, look())):
        assert "password" not in " ".join(said(sheet))


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_their_colour(theme: str) -> None:
    sheet = poster(PARTY, look(theme))
    page = next(mark for mark in sheet.marks if isinstance(mark, Rectangle))
    assert min(contrast(page.colour, mark.colour) for mark in sheet.marks if isinstance(mark, Words)) >= 4.5


def test_a_pdf_holds_its_font_and_its_words_but_no_pixels() -> None:
    pdf = write_pdf(poster(PARTY, look()), "en")
    assert b"/FontFile2" in pdf
    assert b"/Subtype /Image" not in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((A4_WIDTH, A4_HEIGHT), abs=0.1)
    text = document[0].get_textpage().get_text_range()
    assert "Grandma" in text
    assert "Scan to add your photos" in text


def test_an_svg_is_shapes_in_the_size_of_the_paper() -> None:
    svg = ElementTree.fromstring(write_svg(poster(replace(PARTY, title="Ben & <Anna>"), look())))
    assert (svg.get("width"), svg.get("height")) == ("210mm", "297mm")
    assert {element.tag for element in svg} == {SVG + name for name in ("title", "desc", "rect", "circle", "path")}
    assert svg.findtext(SVG + "title") == "Ben & <Anna>"


def test_an_svgs_code_is_the_pdfs() -> None:
    svg = ElementTree.fromstring(write_svg(poster(PARTY, look())))
    drawn = next(
        path for path in svg.iter(SVG + "path") if path.get("fill") == "#000000" and "h" in (path.get("d") or "")
    )
    code = next(mark for mark in poster(PARTY, look()).marks if isinstance(mark, Code))
    starts = re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", drawn.get("d") or "")
    assert [tuple(map(float, start)) for start in starts] == [pytest.approx(bar[:3], abs=0.001) for bar in code.bars()]


def test_cards_are_equal_and_cut_along_marks_outside_them() -> None:
    sheet = table_cards(PARTY, look())
    cards = [mark for mark in sheet.marks if isinstance(mark, Rectangle) and mark.colour != "#000000"]
    cuts = [mark for mark in sheet.marks if isinstance(mark, Rectangle) and mark.colour == "#000000"]
    assert {(card.width, card.height) for card in cards} == {(CARD_WIDTH, CARD_HEIGHT)}
    assert len(cards) == 8
    assert len(cuts) == 2 * (3 + 5)
    left, right = min(card.left for card in cards), max(card.left + card.width for card in cards)
    top, bottom = min(card.top for card in cards), max(card.top + card.height for card in cards)
    for cut in cuts:
        outside = cut.left + cut.width < left or cut.left > right or cut.top + cut.height < top or cut.top > bottom
        assert outside
        middle = (cut.left + cut.width / 2, cut.top + cut.height / 2)
        edges = (
            {card.left for card in cards} | {right}
            if cut.height > cut.width
            else {card.top for card in cards} | {bottom}
        )
        assert any(middle[cut.width > cut.height] == pytest.approx(edge) for edge in edges)


def test_an_address_too_long_to_type_is_left_to_the_code() -> None:
    assert len(LONG_ADDRESS.removeprefix("https://")) > MAX_TYPED
    assert ADDRESS.removeprefix("https://") in said(poster(PARTY, look()))
    long = replace(PARTY, address=LONG_ADDRESS)
    for sheet in (poster(long, look()), table_cards(long, look())):
        assert not any("cloudfront" in text for text in said(sheet))
        assert set(read_codes(write_pdf(sheet, "en"))) == {LONG_ADDRESS}


def test_a_title_that_the_font_lacks_is_left_out() -> None:
    sheet = poster(replace(PARTY, title="誕生日"), look())
    assert said(sheet)[0] == WORDS.call
    assert read_codes(write_pdf(sheet, "en")) == [ADDRESS]


def test_guests_read_whether_their_photos_wait() -> None:
    at_once = sheet_words(Translator("en"), is_at_once=True)
    assert "Your host sees them first." in said(poster(PARTY, look()))
    assert "Everybody sees them at once." in said(poster(replace(PARTY, words=at_once), look()))
