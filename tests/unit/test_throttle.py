from local.rekognition.throttle import Throttle


def test_calls_beyond_the_rate_are_refused() -> None:
    now = 0.0
    throttle = Throttle(5, clock=lambda: now)
    assert [throttle.take() for _ in range(7)] == [True] * 5 + [False] * 2
    now = 0.2
    assert [throttle.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [throttle.take() for _ in range(6)] == [True] * 5 + [False], "what was not used is not saved up"


def test_a_rate_below_one_per_second() -> None:
    now = 0.0
    throttle = Throttle(0.5, clock=lambda: now)
    assert [throttle.take(), throttle.take()] == [True, False]
    now = 1.9
    assert not throttle.take()
    now = 2.0
    assert throttle.take()
