"""What the soak says of memory and open files that it has measured."""

import random

from bench.soak import Sample, verdicts


def samples(growth: float) -> list[Sample]:
    """An hour's, a sample a minute, with noise; memory of the stack's own process grows by so many MB."""
    draw = random.Random(1)  # noqa: S311
    return [
        Sample(minute, 300 + growth * minute / 60 + draw.gauss(0, 5), 500 + draw.gauss(0, 20), 40, 80, 20)
        for minute in range(60)
    ]


def test_noise_is_flat() -> None:
    assert all("flat" in line for line in verdicts(samples(0)))


def test_what_grows_is_told() -> None:
    own, everything, *files = verdicts(samples(60))
    assert "GROWS" in own
    assert "flat" in everything
    assert all("flat" in line for line in files)
