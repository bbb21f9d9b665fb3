"""Rows and sections that pages are rendered with; tests/data/ holds the scripts to the same."""

import json

import pytest

from functions.photo_rows import Photo
from scripts.common.config import ROOT
from scripts.site.days import group_by_day
from scripts.site.rows import divide, measures, row_ends
from scripts.site.sections import PAGE_TILES, first_sections, headings, section_pages

DATA = ROOT / "tests" / "data"


def photos(count: int, *, day: str | None = None, start: int = 0) -> list[Photo]:
    return [
        Photo(primarykey="set", sortkey=f"{start + number:03}.jpg", width=300, height=200, taken_at=day)
        for number in range(count)
    ]


def test_rows_are_those_that_scripts_make() -> None:
    for case in json.loads((DATA / "rows.json").read_text(encoding="utf-8")):
        rows = divide(case["aspects"], case["wanted"], case["only"])
        assert rows.ends == case["ends"]
        assert rows.rest == pytest.approx(case["rest"])


def test_photos_are_grouped_as_scripts_do() -> None:
    for case in json.loads((DATA / "days.json").read_text(encoding="utf-8")):
        taken = [Photo(primarykey="set", sortkey=str(place), taken_at=at) for place, at in enumerate(case["takenAt"])]
        assert [[group.key, group.start, group.end] for group in group_by_day(taken)] == case["groups"]


def test_every_row_ends_somewhere_at_every_measure() -> None:
    aspects = [1.5] * 40
    ends = row_ends(aspects, len(aspects), 1)
    for measure, (wanted, *_) in enumerate(measures()):
        marked = sorted(index + 1 for index, end in ends.items() if measure in end.breaks)
        assert marked == [end for end in divide(aspects, wanted).ends if end < len(aspects)]


def test_few_photos_are_larger_if_they_are_all_of_a_page() -> None:
    widest = len(measures()) - 1
    six = [1.33] * 6
    assert not any(widest in end.breaks for end in row_ends(six, 6, 1).values())
    assert any(widest in end.breaks for end in row_ends(six, 6, 1, alone=True).values())
    under_heading, alone = (row_ends([0.7], 1, 1, alone=alone)[0].rests[widest].share for alone in (False, True))
    assert under_heading == pytest.approx(1 - 0.7 * measures()[widest].only)
    assert alone == pytest.approx(1 - 0.7 * measures()[widest].alone)


def test_a_row_cut_off_by_the_pages_end_leaves_room_for_its_photos() -> None:
    (rest,) = {end.rests[4].share for index, end in row_ends([1.0] * 5, 3, 1).items() if index == 2}
    assert rest == pytest.approx(2 / 5)


def test_a_page_begins_with_its_first_photos_under_their_days() -> None:
    days = photos(20, day="2026-06-13T10:00:00") + photos(20, day="2026-06-14", start=20) + photos(5, start=40)
    first = first_sections(days, 1)
    assert [(section.key, section.count, len(section.tiles)) for section in first] == [
        ("2026-06-13", 20, 20),
        ("2026-06-14", 20, 12),
    ]
    assert [section.key for section in headings(days)] == ["2026-06-13", "2026-06-14", "undated"]
    (everything,) = section_pages(days, 1)
    assert [(section.key, len(section.tiles)) for section in everything] == [
        ("2026-06-13", 20),
        ("2026-06-14", 20),
        ("undated", 5),
    ]


def test_all_photos_of_a_large_set_come_in_pages() -> None:
    days = [photo for day in range(1, 27) for photo in photos(50, day=f"2026-06-{day:02}", start=day * 100)]
    pages = section_pages(days[: 2 * PAGE_TILES + 1], 1)
    assert [sum(len(section.tiles) for section in page) for page in pages] == [PAGE_TILES, PAGE_TILES, 1]
    shown = [tile.photo for page in pages for section in page for tile in section.tiles]
    assert shown == days[: len(shown)]
    for page in pages:
        assert [tile.is_eager for tile in page[0].tiles[:3]] == [True, True, False][: len(page[0].tiles)]
    assert len(section_pages([], 1)) == 1


def test_a_day_that_goes_on_has_its_heading_and_whole_count_on_each_page() -> None:
    days = photos(PAGE_TILES - 10, day="2026-06-13") + photos(30, day="2026-06-14", start=900)
    first, second = section_pages(days, 1)
    assert [(section.key, section.count, len(section.tiles)) for section in (*first[1:], *second)] == [
        ("2026-06-14", 30, 10),
        ("2026-06-14", 30, 20),
    ]


def test_a_phone_waits_with_whole_rows() -> None:
    (section,) = first_sections(photos(40), 1)
    late = [tile.is_late for tile in section.tiles]
    assert late.index(True) >= 16
    assert late == sorted(late)
