"""Rekognition on the wire: JSON 1.1 requests in, answers as the service model describes them out.

https://docs.aws.amazon.com/rekognition/latest/APIReference/Welcome.html - field names, limits and defaults come from
there; docs/rekognition.md says field by field what is exact here, what is approximate and what is absent.
"""

import inspect
import json
from pathlib import Path

from local.rekognition import exceptions
from local.rekognition.context import Answer, Context
from local.rekognition.engine import Engine
from local.rekognition.operations import OPERATIONS
from local.rekognition.pictures import ObjectReader, Pictures
from local.rekognition.state import State
from local.rekognition.throttle import Throttle
from local.rekognition.validation import check_request

_TARGET_PREFIX = "RekognitionService."


class Service:
    """The API over one state and one engine. ``arn_prefix`` is ``arn:aws:rekognition:<region>:<account>``;
    ``calls_per_second`` of each operation are answered, all by default; ``label_model`` is the folder of the owner's
    classifier, if there may be one."""

    def __init__(
        self,
        state: State,
        engine: Engine,
        read_object: ObjectReader,
        arn_prefix: str,
        calls_per_second: float | None = None,
        label_model: Path | None = None,
    ):
        self._context = Context(state, engine, Pictures(engine, read_object), arn_prefix, label_model)
        self._throttles = {name: Throttle(calls_per_second) for name in OPERATIONS} if calls_per_second else {}

    async def handle(self, target: str, body: bytes) -> tuple[int, Answer]:
        """Answer a request by its ``X-Amz-Target``: HTTP status and body."""
        try:
            name = target.removeprefix(_TARGET_PREFIX)
            operation = OPERATIONS.get(name)
            if operation is None:
                raise exceptions.UnknownOperationException(f"this stack has no operation {target}")
            if name in self._throttles and not self._throttles[name].take():
                raise exceptions.ProvisionedThroughputExceededException("Provisioned rate exceeded")
            try:
                request = json.loads(body or b"{}")
            except ValueError:
                raise exceptions.SerializationException("the request is not JSON") from None
            answer = operation(self._context, check_request(name, request))
            return 200, await answer if inspect.isawaitable(answer) else answer
        except exceptions.RekognitionError as error:
            return error.status, {
                "__type": error.code,
                "message": str(error),
                "Message": str(error),
                "Code": error.code,
            }
