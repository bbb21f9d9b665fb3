"""Sizes in messages."""

import pytest

from scripts.common.words import size_in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (949_000, "949 kB"),
        (950_000, "950 kB"),
        (950_001, "1.0 MB"),
        (1_640_000, "1.6 MB"),
        (999_960_000, "1.0 GB"),
        (4_812_000_000_000, "4,812.0 GB"),
    ],
)
def test_a_size_has_the_unit_that_fits(number: int, words: str) -> None:
    assert size_in_words(number) == words
