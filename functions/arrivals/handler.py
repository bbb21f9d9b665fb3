"""Entry point of the arrivals function: what S3 tells of photos that were sent, and the owner's calls.

The process function hands on messages of its queue about what browsers send: S3's events, and requests to carry out
what was decided; and it tells of photos that it can't show, whoever sent them. The owner, signed in or with IAM
credentials, invokes it with the actions of the uploads function (functions/uploads/handler.py), without any
credentials in the call.
"""

import functools
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from functions.arrivals.album_originals import AlbumOriginals
from functions.arrivals.arrivals import Arrivals
from functions.errors import KinpicsError
from functions.site_parts import SiteParts, boto3_clients
from functions.uploads.handler import PATIENCE_SECONDS, SORRY, Uploads, wire
from functions.uploads.settling_queue import ToSettle, parse_body
from functions.uploads.upload_call import parse_upload_call
from functions.visitor_calls import answer_visitor, without_values

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# How often boto3 itself tries a call again.
_MAX_RETRIES = 8


@dataclass(frozen=True)
class ArrivalsFunction:
    """What the function works with: ``uploads`` answers the owner, ``arrivals`` takes messages."""

    uploads: Uploads
    arrivals: Arrivals

    def take(self, bodies: Sequence[str]) -> tuple[list[int], list[str]]:
        """Take messages of the queue. Returns the numbers of those to be tried again, and the photos that wait now and
        that browsers can't show, as set and id.
        """
        failed: set[int] = set()
        arrived: dict[str, list[int]] = {}
        for number, body in enumerate(bodies):
            try:
                for about in parse_body(body):
                    if isinstance(about, ToSettle):
                        self.arrivals.settle(about.set_name, about.row_id)
                    else:
                        arrived.setdefault(about, []).append(number)
            except Exception as error:
                failed.add(number)
                _log(error)
        looks: list[str] = []
        try:
            for key, outcome in self.arrivals.arrive(list(arrived)).items():
                if isinstance(outcome, Exception):
                    failed.update(arrived[key])
                    _log(outcome)
                elif outcome:
                    looks.append(outcome)
        except Exception as error:
            failed.update(number for numbers in arrived.values() for number in numbers)
            _log(error)
        return sorted(failed), looks


class ArrivalFailedError(KinpicsError):
    """A message is to come again; the log says why."""


@functools.cache
def _function() -> ArrivalsFunction:
    clients = boto3_clients(Config(retries={"mode": "adaptive", "max_attempts": _MAX_RETRIES}))
    return wire_arrivals(SiteParts(os.environ, clients, patience=PATIENCE_SECONDS))


def wire_arrivals(parts: SiteParts) -> ArrivalsFunction:
    """What the function works with, as `functions.uploads.handler.wire` has it."""
    uploads = wire(parts)
    arrivals = Arrivals(
        contributions=uploads.outcomes.contributions,
        incoming=uploads.outcomes.incoming,
        originals=AlbumOriginals(parts.s3, parts.environment["PICS_BUCKET"]),
        senders=uploads.senders,
    )
    return ArrivalsFunction(uploads, arrivals)


# What is logged says nothing about people or photos (functions/visitor_calls.py).
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Take what the process function hands on, or answer the owner. Raises ``ArrivalFailedError``."""
    if isinstance(event, dict) and "messages" in event:
        failed, looks = _function().take(event["messages"])
        return {"failed": failed, "looks": looks}
    if isinstance(event, dict) and "message" in event:
        # The process function of an earlier release, while this one is deployed.
        failed, looks = _function().take([event["message"]])
        if failed:
            raise ArrivalFailedError("a photo from a browser wasn't taken in: the log says why")
        return {"looks": looks} if looks else {}
    if isinstance(event, dict) and "refused" in event:
        return _note_refused(**event["refused"])
    return answer_visitor(
        lambda: {"output": _function().uploads.answer_owner(parse_upload_call(event, is_owner=True))},
        "UploadsFailed",
        SORRY,
    )


def _note_refused(key: str, code: str, message: str) -> dict[str, Any]:
    try:
        _function().arrivals.note_refused(key, code, message)
    except Exception as error:
        _log(error)
        raise ArrivalFailedError("who sent a photo wasn't told that it can't be shown: the log says why") from None
    return {"failed": []}


def _log(error: Exception) -> None:
    print(json.dumps({"level": "ERROR", "failed": "Arrival", **without_values(error)}))
