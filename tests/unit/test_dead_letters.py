"""Which dead letters `kinpics dead-letters redrive` means by a name; photos with several letters count once."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from functions.unprocessed_photos import DeadLetter
from scripts.commands.dead_letters import dead_letters_list
from scripts.health.photo_checks import check_dead_letters
from scripts.photos import dead_letter_queue
from scripts.photos.dead_letter_queue import keys_of
from scripts.photos.originals import PhotoNotFoundError

LETTERS = [DeadLetter("1", key, "Other", "", "", "") for key in ("photos/a/x.jpg", "photos/photos/x.jpg", "odd")]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a/x.jpg", "photos/a/x.jpg"),
        ("photos/a/x.jpg", "photos/a/x.jpg"),
        ("photos/x.jpg", "photos/photos/x.jpg"),
        ("odd", "odd"),
    ],
)
def test_a_dead_letter_is_named_as_set_and_photo_or_as_listed(name: str, key: str) -> None:
    assert keys_of([name], LETTERS) == {key}


def test_a_name_without_a_dead_letter_is_refused() -> None:
    with pytest.raises(PhotoNotFoundError, match=r"a/y\.jpg is not among the dead letters"):
        keys_of(["a/x.jpg", "a/y.jpg"], LETTERS)


def test_a_photo_that_was_tried_twice_is_listed_and_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = LETTERS[0]
    stack: Any = None
    monkeypatch.setattr(dead_letter_queue, "read", lambda _stack: [letter, replace(letter, message_id="2")])
    assert check_dead_letters(stack).text.startswith("1 photo ")
    listed = CliRunner().invoke(dead_letters_list, obj=SimpleNamespace(stack=stack))
    assert listed.stdout.splitlines() == ["photos/a/x.jpg\tOther\t"]
