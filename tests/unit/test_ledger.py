"""A day's searches, released hour by hour."""

import itertools

import pytest

from functions.ledger import allowed_by, next_allowed

DAY, HOUR = 86_400, 3_600
MIDNIGHT = 20_000 * DAY
ALL_DAY = [MIDNIGHT + hour * HOUR + 1800 for hour in range(24)]


@pytest.mark.parametrize("ceiling", [0, 1, 7, 24, 100, 1000, 100_000])
def test_the_days_searches_are_all_given_out_and_no_more(ceiling: int) -> None:
    allowed = [allowed_by(ceiling, moment) for moment in ALL_DAY]
    assert allowed == sorted(allowed)
    assert allowed[-1] == ceiling
    assert min(allowed) >= ceiling // 4


@pytest.mark.parametrize("ceiling", [32, 100, 1000])
def test_each_hour_has_searches_of_its_own(ceiling: int) -> None:
    allowed = [allowed_by(ceiling, moment) for moment in ALL_DAY]
    assert all(later > earlier for earlier, later in itertools.pairwise(allowed))
    assert all(next_allowed(ceiling, moment) == moment + 1800 for moment in ALL_DAY)


def test_few_searches_a_day_come_when_they_are_said_to() -> None:
    assert allowed_by(5, ALL_DAY[0]) == 2
    later = next_allowed(5, ALL_DAY[0])
    assert later == MIDNIGHT + 6 * HOUR
    assert allowed_by(5, later) == 3
    assert next_allowed(5, ALL_DAY[20]) == MIDNIGHT + DAY
    assert next_allowed(0, ALL_DAY[0]) is None
