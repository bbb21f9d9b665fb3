"""A photo's own page: filled in from a skeleton, whatever its owner wrote."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.exposure_words import camera_words, exposure_words, lens_words
from functions.keys import ImagePath
from functions.photo_page import page_key, page_url, read_page_key, render_photo_page
from functions.photo_rows import Photo
from functions.skeleton import fill
from functions.thumbnail_sizes import LARGE_SIDE
from scripts.common.config import ROOT

SKELETON = """<title>[[name]]</title><h1>[[name]]</h1>
<img src="[[large]]"[[#width]] width="[[width]]" height="[[height]]"[[/width]]>
<script type="application/ld+json">
{[[#caption]]"caption": "[[caption|json]]", [[/caption]]"name": "[[name|json]]"}</script>
[[#taken]]<time datetime="[[taken]]">
[[#month_5]][[day]] May [[year]][[/month_5]][[#month_6]][[day]] June [[year]][[/month_6]]</time>
[[/taken]][[#camera]]<i>[[camera]]</i>[[/camera]][[#exposure]]<b>[[exposure]]</b>[[/exposure]]
[[#before]]<a href="[[before]]">before</a>[[/before]][[#after]]<a href="[[after]]">after</a>[[/after]]"""
HOSTILE = "</script><script>alert(\"1\")</script> <!-- & 'quoted' [[set_title]] [[#taken]] 🎉 שלום\u2028"


def photo(file: str = "a.jpg", **known: Any) -> Photo:
    return Photo(primarykey="set", sortkey=file, **known)


def page(shown: Photo, **others: Photo) -> str:
    return render_photo_page(SKELETON, shown, "Our set", **others).decode()


class Text(HTMLParser):
    """The elements of a page, and the text in each kind."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text[self.tags[-1]] = self.text.get(self.tags[-1], "") + data


def test_a_list_of_values_repeats_its_part() -> None:
    skeleton = "<[[#all]][[#one]][[name]]/[[set]] [[#more]]![[/more]][[/one]]end[[/all]]>"
    people = [{"name": "Ann", "more": "yes"}, {"name": "<b>[[set]]"}]
    values = {"all": "yes", "one": people, "set": "fair", "more": None}
    assert fill(skeleton, values) == "<Ann/fair !&lt;b&gt;[[set]]/fair end>"
    assert fill(skeleton, values | {"one": []}) == "<end>"
    assert fill(skeleton, values | {"all": None}) == "<>"


@pytest.mark.parametrize("name", ["a.jpg", "a b.jpg", "ü+?#%.jpg", "no-suffix", "index.html", "photos"])
def test_a_page_is_found_by_the_address_of_its_photo(name: str) -> None:
    path = ImagePath(name, name)
    assert read_page_key(page_key(path)) == path
    assert page_url(path).endswith("/")
    assert page_url(ImagePath("a b", "c d.jpg")) == "/sets/a%20b/photos/c%20d.jpg/"


@pytest.mark.parametrize(
    "key", ["index.html", "sets/x/index.html", "sets/x/all/index.html", "sets/x/photos/index.html", "sets/photos/a"]
)
def test_other_pages_are_not_photos(key: str) -> None:
    assert read_page_key(key) is None


def test_whatever_is_written_stays_text() -> None:
    shown = page(photo(title=HOSTILE, caption=HOSTILE))
    read = Text(shown)
    assert read.tags == ["title", "h1", "img", "script"], "no element comes from a text"
    assert read.text["h1"].strip() == HOSTILE.strip()
    data = json.loads(read.text["script"])
    assert data == {"caption": HOSTILE, "name": HOSTILE}


def test_a_name_in_brackets_that_is_no_value_stays() -> None:
    assert fill("[[nothing]] [[#nothing]]x[[/nothing]] [[title]]", {"title": "[[title]]"}) == (
        "[[nothing]] [[#nothing]]x[[/nothing]] [[title]]"
    )


@pytest.mark.parametrize("taken_at", [None, "~", "2026-99-14T10:00:00", "yesterday"])
def test_a_photo_without_title_size_or_date_has_a_page(taken_at: str | None) -> None:
    shown = page(photo(taken_at=taken_at))
    assert "<h1>a.jpg</h1>" in shown
    assert not re.search("width|<time|<i>|<b>|<a |\\[\\[", shown)


def test_a_page_says_when_and_how_a_photo_was_taken() -> None:
    exif = {"make": "Canon", "model": "Canon EOS R6", "f_number": 2.8, "exposure_time": 0.004, "iso": 400}
    shown = page(photo(taken_at="2026-06-14T15:30:00+02:00", exif=exif))
    assert '<time datetime="2026-06-14T15:30:00+02:00">\n14 June 2026</time>' in shown
    assert "<i>Canon EOS R6</i><b>1\u2044250 s · f/2.8 · ISO 400</b>" in shown


@pytest.mark.parametrize("case", json.loads((ROOT / "tests" / "data" / "exposures.json").read_text(encoding="utf-8")))
def test_cameras_lenses_and_exposures_read_as_on_the_albums_page(case: dict[str, Any]) -> None:
    words = [say(case["exif"]) for say in (camera_words, lens_words, exposure_words)]
    assert words == [case["camera"], case["lens"], case["exposure"]]


@pytest.mark.parametrize(("size", "shown"), [((4000, 2000), (LARGE_SIDE, 800)), ((300, 400), (300, 400))])
def test_the_picture_has_the_size_of_the_large_rendition(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert f'width="{shown[0]}" height="{shown[1]}"' in page(photo(width=size[0], height=size[1]))


def test_a_page_leads_to_the_photos_next_to_it() -> None:
    assert "before" not in page(photo(), after=photo("c.jpg"))
    assert '<a href="/sets/set/photos/c.jpg/">after</a>' in page(photo(), after=photo("c.jpg"))
    assert '<a href="/sets/set/photos/0.jpg/">before</a>' in page(photo(), before=photo("0.jpg"))


def test_a_photo_that_has_no_card_yet_is_shown_whole() -> None:
    skeleton = "[[shared]] [[shared_width]]x[[shared_height]]"
    known = photo(width=400, height=300)
    assert render_photo_page(skeleton, known, "Our set") == b"/thumbnails/1600/photos/set/a.jpg 400x300"
    with_card = photo(width=400, height=300, card_at="2026-01-01T00:00:00Z")
    assert render_photo_page(skeleton, with_card, "Our set") == b"/thumbnails/card/photos/set/a.jpg 1200x630"
