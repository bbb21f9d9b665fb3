"""A message's tries, over kills of the stack: on ministack's own queue and our journal, without a stack."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.embedded import tries, watching
from local.embedded.cells import Kept
from local.embedded.loading import load_messages
from local.embedded.saving import find_message_changes
from local.journal import Journal, encode_key

URL = "http://queue"
PLACE = ("0", "us-east-1", URL)
# As in the template.
MAX_RECEIVES = 8


class Lambda:
    """Runs a batch; ``work`` is what the function does with it."""

    work: Callable[[list[dict]], None]

    def _run_sqs_batch(
        self, esm: dict, func_rec: dict, event: dict, batch: list[dict], queue_url: str, queue_name: str
    ) -> None:
        self.work(batch)


class Stack:
    """One life of a stack, from a start to its kill."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch):
        from ministack.services import sqs

        self.queue: dict = {"is_fifo": False, "messages": [], "attributes": {"VisibilityTimeout": "900"}}
        self.sqs, self.functions = sqs, Lambda()
        self.is_stopping = False
        monkeypatch.setattr(sqs, "_get_q", lambda url: self.queue)
        monkeypatch.setattr(sqs._queues, "_data", {PLACE: self.queue})
        monkeypatch.setattr(sqs, "_receive_messages_for_esm", sqs._receive_messages_for_esm)
        monkeypatch.setattr(sqs, "_delete_messages_for_esm", sqs._delete_messages_for_esm)
        self.journal = Journal(data / "state.sqlite")
        self.kept = Kept({"sqs": sqs})
        list(load_messages(self.kept, self.journal))
        watching.watch_queues(sqs, self.functions, self.keep, lambda: self.is_stopping)

    def keep(self) -> None:
        self.journal.write(find_message_changes(self.kept))

    def send(self) -> None:
        message = {"id": "m", "sent_at": time.time(), "visible_at": 0, "receive_count": 0, "receipt_handle": None}
        self.queue["messages"].append(message)
        self.keep()

    def receive(self) -> list[dict]:
        return self.sqs._receive_messages_for_esm(URL, 1)

    def run(self, batch: list[dict], work: Callable[[list[dict]], None] = lambda batch: None) -> None:
        self.functions.work = work
        self.functions._run_sqs_batch({}, {}, {}, batch, URL, "queue")

    @property
    def count(self) -> int:
        return self.queue["messages"][0]["receive_count"]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Stack]:
    return lambda: Stack(tmp_path, monkeypatch)


def test_a_kill_does_not_count_as_a_try(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()
    for _ in range(tries.MAX_KILLS):
        assert len(stack.receive()) == 1, "at once, not when its visibility timeout has ended"
        stack = start()
        assert stack.count == 0
    stack.run(stack.receive())
    assert start().count == 1


def test_a_crash_counts_as_a_try(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()
    for number in range(3):
        stack.run(stack.receive())
        stack = start()
        assert stack.count == number + 1


def test_a_message_that_kills_the_stack_is_given_up(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()
    lives = 0
    while stack.count < MAX_RECEIVES:
        stack.receive()
        stack, lives = start(), lives + 1
    assert lives == tries.MAX_KILLS + MAX_RECEIVES


def test_kills_are_counted_again_after_a_function_ends(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()
    for _ in range(3):
        for _ in range(tries.MAX_KILLS):
            stack.receive()
            stack = start()
        stack.run(stack.receive())
        stack = start()
    assert stack.count == 3


def test_a_clean_stop_does_not_count_as_a_try(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()

    def stop(batch: list[dict]) -> None:
        stack.is_stopping = True

    stack.run(stack.receive(), stop)
    stack.keep()
    assert start().count == 0


def test_a_message_given_out_again_is_with_the_second_function(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()

    def come_again(batch: list[dict]) -> None:
        batch[0]["visible_at"] = 0
        assert len(stack.receive()) == 1

    stack.run(stack.receive(), come_again)
    assert json.loads(dict(stack.journal.read("message"))[encode_key(*PLACE, "m")])["receive_count"] == 2
    assert start().count == 1


def test_a_finished_message_is_gone(start: Callable[[], Stack]) -> None:
    stack = start()
    stack.send()
    stack.run(stack.receive(), lambda batch: stack.sqs._delete_messages_for_esm(URL, {batch[0]["receipt_handle"]}))
    assert start().queue["messages"] == []
