"""A queue in memory, with visibility timeout and dead letters, and Lambda's mapping that feeds a function from it."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.simulated.client import Tally
from bench.simulated.latency import COLD_START_SECONDS, Latency
from bench.simulated.quotas import QUOTAS
from bench.simulated.world import KilledError, World


@dataclass(eq=False, slots=True)
class Message:
    """A message; ``visible_at`` changes while it is out, and ``is_done`` once it is deleted or dead."""

    message_id: str
    body: str
    sent_at: float
    receives: int = 0
    visible_at: float = 0.0
    is_done: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


class Queue:
    """The process queue and its dead letters."""

    refusal_seconds = 0.01

    def __init__(
        self, world: World, tally: Tally, latency: Latency, visibility: float, max_receives: int, retention: float
    ):
        self.dead: list[Message] = []
        self.expired = 0
        self.tally = tally
        # Told whenever a message may have become visible.
        self.notice: Callable[[], None] = lambda: None
        self.in_flight = self.most_in_flight = 0
        self._world, self._latency = world, latency
        self._visibility, self._max_receives, self._retention = visibility, max_receives, retention
        self._ready: deque[Message] = deque()
        self._hidden: list[tuple[float, int, Message]] = []
        self._order = itertools.count()
        self._out: dict[str, Message] = {}

    def seconds(self, name: str) -> float:
        return self._latency.of(name)

    def put(self, message_id: str, body: str) -> None:
        """A message that S3 or the owner sends."""
        self.tally.units["sqs_requests"] += 1
        self._ready.append(Message(message_id, body, self._world.now))
        self.notice()

    def give_out_again(self, record: dict[str, Any]) -> None:
        """Give a message out once more although it is out, as a standard queue may."""
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        self._ready.appendleft(Message(record["messageId"], record["body"], self._world.now, receives))
        self.notice()

    def receive(self) -> tuple[str, Message] | None:
        """A visible message and its receipt; one that was received too often is dead, one that is too old is gone."""
        now = self._world.now
        while self._hidden and self._hidden[0][0] <= now:
            moment, _, message = heapq.heappop(self._hidden)
            # It may have been given another moment since.
            if not message.is_done and message.visible_at == moment:
                message.visible_at = 0.0
                self.in_flight -= 1
                self._ready.append(message)
        while self._ready:
            message = self._ready.popleft()
            if now - message.sent_at > self._retention:
                self.expired += 1
            elif message.receives >= self._max_receives:
                message.is_done = True
                self.dead.append(message)
            else:
                return self._give_out(message)
        return None

    def _give_out(self, message: Message) -> tuple[str, Message]:
        self.tally.units["sqs_requests"] += 1
        message.receives += 1
        receipt = f"{message.message_id}#{next(self._order)}"
        self._out[receipt] = message
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self._hide(message, self._visibility)
        return receipt, message

    def _hide(self, message: Message, seconds: float) -> None:
        message.visible_at = self._world.now + seconds
        heapq.heappush(self._hidden, (message.visible_at, next(self._order), message))
        self._world.at(message.visible_at, lambda: message.is_done or self.notice())

    def forget(self, receipt: str) -> None:
        """The receipt is of no more use; its message is visible again when its time comes."""
        self._out.pop(receipt, None)

    def delete(self, receipt: str) -> None:
        """Lambda has done with a message."""
        self.tally.units["sqs_requests"] += 1
        message = self._out.pop(receipt)
        self.in_flight -= not message.is_done
        message.is_done = True

    @property
    def is_empty(self) -> bool:
        return not self._ready and all(message.is_done for _, _, message in self._hidden)

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> dict[str, Any]:
        self.tally.units["sqs_requests"] += 1
        self._hide(self._out[ReceiptHandle], VisibilityTimeout)
        return {}

    def send_message(
        self, *, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """What the function gives up; what it tells the people function, only counts."""
        self.tally.units["sqs_requests"] += 1
        if MessageAttributes is None:
            return {}
        attributes = {name: value["StringValue"] for name, value in MessageAttributes.items()}
        self.dead.append(Message("", MessageBody, self._world.now, is_done=True, attributes=attributes))
        return {}


class Mapping:
    """Lambda's pollers: they invoke the function for each message, so many at once; five at first, then more.

    ``make`` makes an environment, a function of a message's record and the moment it is stopped; its answer says
    whether the message is done.
    """

    def __init__(
        self,
        world: World,
        queue: Queue,
        make: Callable[[], Callable[[dict[str, Any], float], bool]],
        concurrency: int,
        timeout: float,
        memory_gb: float,
    ):
        self.crashes = 0
        self.seconds = 0.0
        self.invocations = 0
        self._world, self._queue, self._make = world, queue, make
        self._concurrency, self._timeout, self._memory_gb = concurrency, timeout, memory_gb
        self._began: float | None = None
        self._running = 0
        self._idle: list[Callable[[dict[str, Any], float], bool]] = []
        queue.notice = self.poll

    def poll(self) -> None:
        """Give out what is there, to as many environments as may run."""
        if self._began is None:
            self._began = self._world.now
            # More pollers come as time goes by, whether or not anything else happens.
            for second in range(1, 240):
                self._world.at(self._began + second, self.poll)
        grown = 5 + (self._world.now - self._began) / 60 * QUOTAS["lambda_scaling"].value
        while self._running < min(self._concurrency, grown) and (given := self._queue.receive()):
            self._running += 1
            self._world.start(lambda given=given: self._invoke(*given))

    def _invoke(self, receipt: str, message: Message) -> None:
        self.invocations += 1
        environment = self._idle.pop() if self._idle else None
        began = self._world.now
        try:
            if environment is None:
                self._world.sleep(COLD_START_SECONDS)
                environment = self._make()
            record = {
                "messageId": message.message_id,
                "receiptHandle": receipt,
                "body": message.body,
                "attributes": {"ApproximateReceiveCount": str(message.receives)},
            }
            began = self._world.now
            self._world.limit(began + self._timeout)
            if environment(record, began + self._timeout):
                self._queue.delete(receipt)
            else:
                self._queue.forget(receipt)
            self._idle.append(environment)
        except KilledError:
            # The environment is gone; the message comes again when its visibility timeout has passed.
            self.crashes += 1
            self._queue.forget(receipt)
        finally:
            self._running -= 1
            self.seconds += self._world.now - began
            tally = self._queue.tally
            tally.units["lambda_requests"] += 1
            tally.units["lambda_gb_seconds"] += (self._world.now - began) * self._memory_gb
        self.poll()
