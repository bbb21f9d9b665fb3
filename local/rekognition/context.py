"""What the operations work on, and the form of their requests and answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.rekognition.engine import Engine
from local.rekognition.pictures import Pictures
from local.rekognition.state import State

# As in the service model: a request that `validation` has checked, and an answer to put on the wire as JSON.
Request = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """One state and one engine. ``arn_prefix`` is ``arn:aws:rekognition:<region>:<account>``; ``label_model`` is the
    folder of the owner's classifier, if there may be one."""

    state: State
    engine: Engine
    pictures: Pictures
    arn_prefix: str
    label_model: Path | None

    def arn(self, collection: str) -> str:
        """The ARN of a collection."""
        return f"{self.arn_prefix}:collection/{collection}"


# Answers a request. Raises a ``RekognitionError``.
Operation = Callable[[Context, Request], Answer | Awaitable[Answer]]
