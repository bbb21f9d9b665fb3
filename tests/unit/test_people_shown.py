"""What pages show of people, and that scripts show the same."""

import json
from typing import Any

import pytest

from functions.keys import parse_image_path
from functions.people.boxes import Box
from functions.photo_rows import Photo
from scripts.common.config import ROOT
from scripts.site.days import group_by_year
from scripts.site.heads import head
from scripts.site.people_shown import People, Portrait, ShownPerson, fingerprint_of_person


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / "tests" / "data" / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", cases("years.json"))
def test_photos_are_grouped_by_year_as_scripts_do(case: dict[str, Any]) -> None:
    photos = [
        Photo(primarykey="set", sortkey=str(number), taken_at=moment) for number, moment in enumerate(case["takenAt"])
    ]
    ordered, groups = group_by_year(photos)
    assert [int(photo.sortkey) for photo in ordered] == case["order"]
    assert [[group.key, group.start, group.end] for group in groups] == case["groups"]


@pytest.mark.parametrize("case", cases("heads.json"))
def test_a_face_is_cut_out_as_scripts_do(case: dict[str, Any]) -> None:
    entry = case["portrait"]
    portrait = Portrait(
        parse_image_path(entry["path"]), Box(*entry["box"]), entry["width"], entry["height"], entry.get("picture")
    )
    assert list(head(portrait, case["side"])) == case["head"]


def person(name: str, portrait: str = "set/a.jpg") -> ShownPerson:
    return ShownPerson(
        name, name.lower(), 3, None, Portrait(parse_image_path(portrait), Box(0.1, 0.1, 0.2, 0.2), 40, 30)
    )


def test_a_page_is_rendered_again_when_anyone_on_it_looks_different() -> None:
    people = People([person("Ann"), person("Bob"), person("Carl")])
    before = fingerprint_of_person(people, "ann", ["bob"], "1")
    assert fingerprint_of_person(people, "ann", ["bob"], "1") == before
    assert fingerprint_of_person(people, "ann", ["bob"], "2") != before
    others = People([person("Ann"), person("Bob", "set/b.jpg"), person("Carl")])
    assert fingerprint_of_person(others, "ann", ["bob"], "1") != before
    assert fingerprint_of_person(People([person("Ann"), person("Bob")]), "ann", ["bob"], "1") == before
    assert fingerprint_of_person(People([person("Ann")]), "ann", ["bob"], "1") != before
