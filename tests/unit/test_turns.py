"""Calls beyond a function's reserved concurrency wait for a turn; nobody is forgotten, and nobody jumps the queue."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.embedded import turns
from local.embedded.turns import Slot, Turns


class Function:
    """A function of which so many may run at once, as ministack counts them."""

    def __init__(self, reserved: int):
        self.reserved, self.running, self.most = reserved, 0, 0
        self.order: list[int] = []
        self.turns = Turns(self._acquire, self._release)

    def _acquire(self, function: dict, config: dict) -> Slot:
        if self.running >= self.reserved:
            return None, "function"
        self.running += 1
        self.most = max(self.most, self.running)
        return "f", None

    def _release(self, key: str | None) -> None:
        self.running -= 1

    def call(self, number: int = 0, seconds: float = 0.0) -> bool:
        slot, _ = self.turns.acquire("f", {}, {})
        if slot is None:
            return False
        self.order.append(number)
        time.sleep(seconds)
        self.turns.release(slot)
        return True

    @property
    def waiting(self) -> int:
        return len(self.turns._waiting["f"])


def test_everyone_is_served_and_no_more_at_once_than_reserved() -> None:
    function = Function(4)
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda number: function.call(number, 0.002), range(200)))
    assert all(answers)
    assert (function.most, function.running, function.waiting) == (4, 0, 0)


def test_first_come_first_served() -> None:
    function = Function(1)
    slot, _ = function.turns.acquire("f", {}, {})
    threads = []
    for number in range(10):
        threads.append(threading.Thread(target=function.call, args=(number,)))
        threads[-1].start()
        while function.waiting <= number:
            time.sleep(0.001)
    function.turns.release(slot)
    for thread in threads:
        thread.join()
    assert function.order == list(range(10))


def test_a_call_that_waits_too_long_is_refused_and_takes_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_SECONDS", 0.01)
    function = Function(1)
    slot, _ = function.turns.acquire("f", {}, {})
    assert not function.call()
    function.turns.release(slot)
    assert (function.running, function.waiting) == (0, 0)
    assert function.call()


def test_a_full_queue_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING", 0)
    function = Function(1)
    function.turns.acquire("f", {}, {})
    assert function.turns.acquire("f", {}, {}) == (None, "function")
