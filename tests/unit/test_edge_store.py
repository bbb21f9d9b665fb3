"""The edge's key-value store is made equal to table `access`, and nobody is let in on the way."""

import random

import pytest
from botocore.exceptions import ClientError
from fake_key_value_store import Store

from functions.edge_store.entry_store import fitting, plan_changes

ALBUM = {"album": '{"audience":"public"}'}


def test_what_is_missing_is_written_and_the_rest_deleted_at_once() -> None:
    store = Store({"album": "old", "link:gone": "/", "set:same": "link"})
    wanted = {**ALBUM, "set:same": "link", "link:new": "/"}
    assert store.opened().make_equal(wanted) == 3
    assert store.entries == wanted
    assert len(store.updates) == 1


def test_nothing_is_written_where_all_is_there() -> None:
    store = Store(ALBUM)
    assert store.opened().make_equal(ALBUM) == 0
    assert store.updates == []


def test_many_changes_go_in_calls_of_fifty() -> None:
    store = Store({f"link:{number}": "/" for number in range(120)})
    wanted = {**ALBUM, **{f"member:{number}": "{}" for number in range(120)}}
    store.opened().make_equal(wanted)
    assert store.entries == wanted
    assert len(store.updates) == 5


def test_an_update_between_others_begins_again() -> None:
    store = Store(ALBUM, disturbed=(1, 2))
    store.opened().make_equal({**ALBUM, "link:mine": "/"})
    assert store.entries == {**ALBUM, "link:mine": "/"}


def test_who_is_always_disturbed_fails_and_is_tried_again_by_lambda() -> None:
    store = Store(ALBUM, disturbed=tuple(range(1, 20)))
    with pytest.raises(ClientError):
        store.opened().make_equal({**ALBUM, "link:mine": "/"})


def test_other_failures_are_raised_at_once() -> None:
    class Denied(Store):
        def update_keys(self, given: dict) -> dict:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateKeys")

    with pytest.raises(ClientError, match="AccessDenied"):
        Denied().opened().make_equal(ALBUM)


def test_closing_goes_before_opening() -> None:
    there = {"album": '{"audience":"public"}', "link:old": "/", "set:was": "public", "set:stays": "public"}
    wanted = {"album": '{"audience":"members"}', "link:new": "/", "set:stays": "link", "key:1": "a"}
    order = [change.key for change in plan_changes(there, wanted)]
    assert order == ["link:old", "set:stays", "album", "key:1", "link:new", "set:was"]


def test_an_album_that_opens_never_shows_the_sets_that_stay_closed() -> None:
    """Its entry is written after theirs, whichever call they are in."""
    sets = {f"set:{number:03}": "members" for number in range(130)}
    store = Store({"album": '{"audience":"members"}'})
    store.opened().make_equal({**ALBUM, **sets})
    assert all(sets.items() <= seen.items() for seen in store.seen if seen["album"] == ALBUM["album"])
    assert len(store.seen) == 3


def test_any_store_becomes_any_other() -> None:
    draw = random.Random(16)  # noqa: S311 - any stores will do
    keys = [f"{kind}:{number}" for kind in ("set", "link", "member", "key") for number in range(60)]
    for _ in range(20):
        there, wanted = ({key: draw.choice("abc") for key in draw.sample(keys, draw.randrange(200))} for _ in "ab")
        store = Store(there)
        store.opened().make_equal(wanted)
        assert store.entries == wanted


def test_an_entry_that_does_not_fit_holds_up_no_other() -> None:
    assert fitting({"member:a": "x" * 1025, "member:b": "ü" * 512, "link:c": "/", f"set:{'x' * 509}": "link"}) == {
        "member:b": "ü" * 512,
        "link:c": "/",
    }
