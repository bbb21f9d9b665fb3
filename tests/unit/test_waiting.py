"""Waiting for photos reads about as many rows as have ended, however many are waited for."""

import random
from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from functions.keys import ImagePath
from scripts.photos import waiting

# How many photos end while a command pauses, as Rekognition's rate has it.
RATE = 4


class Album:
    """Photos that are processed while the one who waits sleeps; counts the rows that are read."""

    def __init__(self, paths: list[ImagePath]):
        self.order = paths
        self.done: dict[ImagePath, str] = {}
        self.read = 0
        self.photos = SimpleNamespace(get_etags=self.get_etags)
        self.sqs = SimpleNamespace(receive_message=lambda **_: {})
        self.outputs = SimpleNamespace(dead_letter_queue="letters")

    def get_etags(self, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
        paths = list(paths)
        self.read += len(paths)
        return {path: self.done[path] for path in paths if path in self.done}

    def sleep(self, _: float) -> None:
        for path in self.order[len(self.done) :][:RATE]:
            self.done[path] = "etag"


def wait_for(count: int, monkeypatch: pytest.MonkeyPatch, *, shuffled: bool = False, unheard: int = 0) -> Album:
    """Wait for so many photos, of which some ``unheard`` ones never end."""
    paths = [ImagePath("set", f"{number:06}.jpg") for number in range(count)]
    order = random.Random(7).sample(paths, count) if shuffled else paths[unheard:]  # noqa: S311 - a fixed order
    album, steps = Album(order), []
    monkeypatch.setattr(waiting.time, "sleep", album.sleep)
    stalled = 0.01 if unheard else 60
    outcome = waiting.wait(album, dict.fromkeys(paths, "etag"), set(), steps.append, stalled)  # type: ignore[arg-type]
    assert outcome.done == set(order)
    assert len(outcome.unheard) == unheard
    assert sum(steps) == count - unheard
    return album


@pytest.mark.parametrize("shuffled", [False, True])
def test_waiting_reads_as_many_rows_a_photo_for_any_number(monkeypatch: pytest.MonkeyPatch, shuffled: bool) -> None:
    few, many = (wait_for(count, monkeypatch, shuffled=shuffled).read / count for count in (1_000, 8_000))
    assert many <= few * 1.3


def test_photos_that_never_end_do_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for(1_000, monkeypatch, unheard=150)
