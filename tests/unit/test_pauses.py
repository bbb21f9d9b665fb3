from itertools import islice

from scripts.common.pauses import growing_pauses


def test_pauses_double_up_to_the_longest() -> None:
    assert list(islice(growing_pauses(0.5), 6)) == [0.05, 0.1, 0.2, 0.4, 0.5, 0.5]
