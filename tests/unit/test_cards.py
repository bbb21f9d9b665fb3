"""Cards for links: the picture in view and the words in place, whatever the title."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from functions.crops import Area
from functions.thumbnail_sizes import CARD_HEIGHT, CARD_WIDTH
from scripts.site.cards import Look, compose, drawable, look_of
from scripts.site.theme import Theme

THEMES = ["gallery", "journal", "cinema"]
BLUE = (10, 40, 220)
TITLES = ["Weekend", "word " * 60, "W" * 300, "حفلة زفاف", "Party 🎉", "", "東京", "a\u0301o\u0308"]


def look_in(theme: str) -> Look:
    return look_of(Theme(theme, "any.woff2"))


def card(theme: str, title: str, line: str = "3 photos", picture: Image.Image | None = None) -> Image.Image:
    image = Image.open(io.BytesIO(compose(look_in(theme), title, line, picture)))
    assert (image.size, image.format) == ((CARD_WIDTH, CARD_HEIGHT), "JPEG")
    return image.convert("RGB")


def test_cards_have_the_colours_of_their_theme() -> None:
    assert {theme: (look_in(theme).page, look_in(theme).accent) for theme in THEMES} == {
        "gallery": ("#ffffff", "#ffc61a"),
        "journal": ("#f6f1e7", "#8a2f26"),
        "cinema": ("#08090b", "#ff8a5c"),
    }


def test_cards_have_the_owners_colours(tmp_path: Path) -> None:
    sheet = tmp_path / "tokens.css"
    sheet.write_text(
        '/* mine */\n[data-theme="journal"] {\n  --page: #123456;\n}\n'
        ":root { --ink: light-dark(#abcdef, #000000); }\n@media print {\n  :root { --page: #000000; }\n}\n"
    )
    theme = Theme("journal", "any.woff2", ":root, [data-theme] { --accent: light-dark(#fedcba, #ffffff); }\n", (sheet,))
    look = look_of(theme)
    assert (look.page, look.ink, look.accent) == ("#123456", "#abcdef", "#fedcba")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("title", TITLES)
def test_no_words_lie_on_the_photo(theme: str, title: str) -> None:
    shown = card(theme, title, picture=Image.new("RGB", (1600, 900), BLUE))
    look = look_in(theme)
    left, top, right, bottom = look.photo if drawable(title, look.font) else (0, 0, CARD_WIDTH, CARD_HEIGHT)
    # A JPEG's blocks mix colours at the edges.
    photo = shown.crop((left + 16, top + 16, right - 16, bottom - 16))
    for extremes, wanted in zip(photo.getextrema(), BLUE, strict=True):
        assert all(abs(value - wanted) < 12 for value in extremes)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("title", ["Weekend", "word " * 60, "W" * 300])
def test_words_stay_in_their_place(theme: str, title: str) -> None:
    look = look_in(theme)
    page = Image.new("RGB", (CARD_WIDTH, CARD_HEIGHT), look.page)
    changed = ImageChops.difference(card(theme, title), page).convert("L").point(lambda value: 255 * (value > 40))
    box = changed.getbbox()
    assert box is not None
    assert box[0] >= look.words[0] - 8
    assert box[1] >= look.words[1] - 8
    assert box[2] <= look.words[2] + 8
    assert box[3] <= look.words[3] + 8


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("Party 🎉 2026", "Party 2026"),
        ("Ünïcödé  “quoted”", "Ünïcödé “quoted”"),
        ("o\u0308", "ö"),
        ("東京 2026", ""),
        ("\n", ""),
    ],
)
def test_a_title_the_font_lacks_is_left_to_the_link(title: str, drawn: str) -> None:
    assert drawable(title, "bricolage") == drawn


def test_a_card_without_a_picture_has_its_words() -> None:
    assert len(set(card("gallery", "Weekend").getcolors(CARD_WIDTH * CARD_HEIGHT) or [])) > 2


def test_faces_stay_in_view() -> None:
    wide = Image.new("RGB", (3000, 600), "white")
    wide.paste(BLUE, (2700, 0, 2900, 600))
    look = look_in("gallery")
    shown = Image.open(io.BytesIO(compose(look, "Weekend", "", wide, [Area(0.9, 0.3, 0.06, 0.4)]))).convert("RGB")
    blue = ImageChops.difference(shown.crop(look.photo), Image.new("RGB", (744, CARD_HEIGHT), "white")).getbbox()
    assert blue is not None, "the middle of the picture is white"
