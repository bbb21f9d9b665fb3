"""What the launcher changes in ministack, where a test through boto3 could only show it by the clock."""

import queue

import pytest


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_an_invocation_hardly_waits_for_the_log_of_a_silent_function(monkeypatch: pytest.MonkeyPatch) -> None:
    from ministack.core import lambda_runtime

    from local.embedded import patches

    clock = Clock()
    monkeypatch.setattr(lambda_runtime, "time", clock)
    monkeypatch.setattr(lambda_runtime.Worker, "_drain_stderr_bounded", lambda_runtime.Worker._drain_stderr_bounded)
    worker = lambda_runtime.Worker.__new__(lambda_runtime.Worker)
    worker._stderr_queue = queue.Queue()
    worker._drain_stderr_bounded()
    assert clock.now >= 0.05, "ministack has mended it: the change is needed no more"
    clock.now = 0.0
    patches.do_not_wait_for_silent_functions()
    worker._drain_stderr_bounded()
    assert clock.now < 0.01
