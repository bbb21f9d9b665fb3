"""Ids that sort by time."""

from hypothesis import given
from hypothesis import strategies as st

from functions.people.ulid import is_beyond_time, is_ulid, new_ulid, ulid_of

SECONDS = st.floats(0, 2**47 / 1000)


def test_the_time_is_written_as_the_specification_says() -> None:
    assert new_ulid(now=1469918176.385)[:10] == "01ARYZ6S41"


@given(SECONDS, SECONDS)
def test_ids_sort_by_time(one: float, other: float) -> None:
    first, second = new_ulid(now=one), new_ulid(now=other)
    assert is_ulid(first)
    assert (first[:10] < second[:10]) == (int(one * 1000) < int(other * 1000))


@given(SECONDS, SECONDS)
def test_an_id_sorts_after_those_its_author_has_seen(seen: float, now: float) -> None:
    latest = new_ulid(now=seen)
    assert latest < (following := new_ulid(latest, now)) < new_ulid(following, now)


@given(st.text())
def test_an_id_made_from_a_text_is_always_the_same_and_before_all_times(text: str) -> None:
    assert is_ulid(ulid_of(text))
    assert ulid_of(text) == ulid_of(text) < new_ulid(now=1)


def test_two_owners_who_saw_the_same_make_different_ids() -> None:
    later = new_ulid(now=2**40)
    assert len({new_ulid(later) for _ in range(100)}) == 100


def test_ids_after_the_year_9999_are_recognised() -> None:
    last = 253402300799.999
    assert not is_beyond_time(new_ulid(now=last))
    assert is_beyond_time(new_ulid(now=last + 0.002))
    assert is_beyond_time("7" + "Z" * 25)


def test_what_would_not_sort_is_no_id() -> None:
    for text in ("", "01ARYZ6S41TSV4RRFFQ69G5FA", "01aryz6s41tsv4rrffq69g5fav", "81ARYZ6S41TSV4RRFFQ69G5FAV", "O" * 26):
        assert not is_ulid(text)
