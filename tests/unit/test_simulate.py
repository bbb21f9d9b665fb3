"""Filling a site loses nothing on an AWS that throttles, fails, repeats itself and ends functions."""

import importlib
import logging
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    """The package; the functions' logs of what goes wrong are left out."""
    sys.path.insert(0, str(ROOT))
    logging.disable(logging.CRITICAL)
    yield importlib.import_module("bench.simulate")
    logging.disable(logging.NOTSET)
    sys.path.remove(str(ROOT))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulation sets is taken back."""
    for name in ("QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "MAX_RECEIVE_COUNT"):
        monkeypatch.setenv(name, "")


def fill(bench: Any, **plan: Any) -> Any:
    return bench.Site(bench.replace(bench.SLOW, **plan)).fill()


def test_nothing_is_lost_or_doubled_on_a_bad_day(bench: Any) -> None:
    faults = bench.Faults(
        throttled=0.02, failed=0.01, unanswered=0.001, crashed=0.004, reported_twice=0.04, given_out_twice=0.02
    )
    found = fill(bench, photos=150, faults=faults, replaced=0.06, deleted=0.06, broken=0.04)
    assert found.wrong == []
    assert found.crashes > 5
    assert found.photos > 125
    assert (set(found.named), found.unnamed) == ({"NotAnImage"}, 0)


def test_photos_take_the_time_rekognition_takes(bench: Any) -> None:
    found = fill(bench, photos=500)
    assert found.wrong == []
    # The first photo waits for a cold start, and the last one is processed to its end.
    assert 500 / 5 < found.seconds < 500 / 5 * 1.05 + 10
    # Visitors' reads count against the same maximum.
    assert found.tally.tables["PicsTable reads"] / 500 < 2.5


def test_too_many_at_once_lose_nothing(bench: Any) -> None:
    found = fill(bench, photos=100, concurrency=50)
    assert (found.wrong, found.named, found.unnamed) == ([], {}, 0)
    assert found.tally.refused["index_faces"] > 100


def test_photos_of_one_set_at_once_are_not_paid_for_twice(bench: Any) -> None:
    found = bench.Site(bench.replace(bench.FAST, photos=250, photos_a_set=250, sets_at_once=1)).fill()
    assert found.wrong == []
    assert found.conflicts > 150
    assert found.tally.units["rekognition_calls"] < 250 * 1.02


def test_a_crash_costs_the_same_in_a_large_collection(bench: Any) -> None:
    found = fill(bench, photos=100, faults=bench.Faults(crashed=0.002), faces_before=20_000)
    assert found.wrong == []
    assert found.crashes > 3
    assert found.tally.calls["list_faces"] == 0
    assert found.seconds < 100 / 5 + 2 * 125, "a photo comes again when its function's two minutes are over"


def test_other_threads_keep_their_own_time(bench: Any) -> None:
    world = importlib.import_module("bench.simulated.world").World()
    with world.clock(), ThreadPoolExecutor(1) as pool:
        there = pool.submit(lambda: time.sleep(0.001) or time.time()).result()
    assert world.now == importlib.import_module("bench.simulated.world").START
    assert abs(there - time.time()) < 60


def test_photos_beyond_the_ceiling_say_so(bench: Any) -> None:
    found = fill(bench, photos=120, daily_indexing=100)
    assert (found.wrong, found.photos, found.named) == ([], 100, {"CeilingReached": 20})


def test_the_page_on_scale_has_the_limits_that_are_simulated(bench: Any) -> None:
    quotas = importlib.import_module("bench.simulated.quotas")
    assert quotas.table() in (ROOT / "docs" / "scale.md").read_text(), "write what quotas.table() gives into it"
