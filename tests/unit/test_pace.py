"""No flood of calls makes one environment of the search function work faster than Lambda lets a visitor's calls."""

import pytest

from functions.pace import Pace


class Clock:
    """Time that passes where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_ten_calls_at_once_pass_and_no_more_a_second() -> None:
    clock = Clock()
    pace = Pace(lambda: clock.now, clock.sleep)
    for _ in range(10):
        pace.wait()
    assert clock.now == pytest.approx(1000.0)
    for _ in range(300):
        pace.wait()
    assert 1029.9 <= clock.now <= 1030.1


def test_a_search_now_and_then_never_waits() -> None:
    clock = Clock()
    pace = Pace(lambda: clock.now, clock.sleep)
    for number in range(100):
        clock.now = 1000.0 + number
        pace.wait()
        assert clock.now == pytest.approx(1000.0 + number, abs=1e-6)
