"""Names of people, and their addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_cases import person

from functions.people.person_names import PersonNameError, person_name, slugs_of
from functions.photo_texts import same_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Ann \n Smith ", "Ann Smith"),
        ("Jose\u0301", "José"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("👩‍👧", "👩‍👧"),
        ("\u200fעדה\u200f", "\u200fעדה\u200f"),
    ],
)
def test_a_name_is_kept_as_it_is_written(text: str, name: str) -> None:
    assert person_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a name can't be empty"),
        (" \t\n", "a name can't be empty"),
        ("\u200b\u200e", "a name can't be empty"),
        ("\u0301", "a name can't be empty"),
        ("x" * 81, "is too long for a name: at most 80 characters fit"),
        ("a" + "\u0301" * 500, "is too long for a name"),
        ("Ann\x07", "has a character that can't be seen"),
        ("\u202eAnn", "has a character that can't be seen"),
        ("\ud800", "has a character that can't be seen"),
        (None, "a name has to be a text"),
    ],
)
def test_what_nobody_can_be_called_is_refused(text: object, reason: str) -> None:
    with pytest.raises(PersonNameError, match=re.escape(reason)):
        person_name(text)


def test_case_makes_no_other_name() -> None:
    assert same_name("ANN STRAßE") == same_name("Ann Strasse")
    assert same_name("Ann") != same_name("Anne")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ann Smith", "ann-smith"),
        ("Zoë O'Neil-Müller", "zoe-o-neil-muller"),
        ("Đặng Thị", "đang-thi"),
        ("Сергей", "сергей"),
        ("עדה", "עדה"),
        ("हिन्दी", "हिन्दी"),
        ("김민준", "김민준"),
        ("../../etc", "etc"),
        ("a/b?c#d%2e", "a-b-c-d-2e"),
        ("\N{BLACK-LETTER CAPITAL H}edwig", "hedwig"),
        ("👩‍👧", "person"),
        ("…", "person"),
    ],
)
def test_a_name_reads_in_an_address(name: str, slug: str) -> None:
    assert slugs_of([(person(1), name)]) == {person(1): slug}


def test_those_of_one_name_are_numbered_in_the_order_of_their_ids() -> None:
    people = [(person(3), "ann"), (person(1), "Ann"), (person(2), "Ann 2"), (person(4), "Änn")]
    assert slugs_of(people) == {person(1): "ann", person(2): "ann-2", person(3): "ann-3", person(4): "ann-4"}
    assert slugs_of(reversed(people)) == slugs_of(people)


@given(st.lists(st.text(max_size=90), max_size=8))
def test_every_address_is_one_folder_and_nobody_elses(names: list[str]) -> None:
    slugs = slugs_of((person(number), name) for number, name in enumerate(names))
    assert len(set(slugs.values())) == len(names)
    for slug in slugs.values():
        assert re.fullmatch(r"[^/\\?#%.\s\x00-\x1f]+", slug)
        assert len(slug.encode()) <= 255
