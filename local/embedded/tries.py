"""A message that was with a function when the stack was killed has not been tried: its receive count is put back.

SQS counts how often a message is given out, and after a few tries gives up on it. A laptop's stack may be killed again
and again while its functions work on the same good photos. A message that makes a function or a worker of the face
engine crash still counts, because the stack outlives those. A message that was with a function at ten kills in a row
may be what kills the stack: from then on its receives count as well.
"""

from collections.abc import Iterable
from typing import Any

# A message of SQS as ministack records it.
Message = dict[str, Any]

MAX_KILLS = 10
# Fields of ministack's records of messages: the receive count with which a message is with a function now, and the
# number of kills in a row that found it there.
_GIVEN, _KILLS = "kinpics_given", "kinpics_kills"


def give(messages: Iterable[Message]) -> None:
    """Note that messages are given to a function."""
    for message in messages:
        message[_GIVEN] = message["receive_count"]


def is_given(message: Message) -> bool:
    """Whether a message is with a function."""
    return _GIVEN in message


def counts(messages: Iterable[Message]) -> dict[str, int]:
    """The receive counts of messages, by message id."""
    return {message["id"]: message["receive_count"] for message in messages}


def finish(messages: Iterable[Message], given: dict[str, int]) -> None:
    """Note that a function has ended, successfully or not; ``given`` has the `counts` of its messages at the start.

    One that has been given out again meanwhile stays with the other function.
    """
    for message in messages:
        if message.get(_GIVEN) == given[message["id"]]:
            del message[_GIVEN]
            message.pop(_KILLS, None)


def take_back(message: Message) -> None:
    """After a kill: take a message from the function it was with, uncounted unless it was there too often."""
    if message.pop(_GIVEN, None) is None:
        return
    message[_KILLS] = message.get(_KILLS, 0) + 1
    if message[_KILLS] <= MAX_KILLS:
        message["receive_count"] -= 1
