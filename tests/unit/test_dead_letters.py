"""Which dead letters `kinpics dead-letters redrive` means by a name."""

import pytest

from scripts.photos.dead_letter_queue import DeadLetter, keys_of
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


def test_a_name_that_is_no_dead_letter_is_told() -> None:
    with pytest.raises(PhotoNotFoundError, match=r"a/y\.jpg is not among the dead letters"):
        keys_of(["a/x.jpg", "a/y.jpg"], LETTERS)
