"""Entry point of the process function: it takes a batch of queue messages and returns the ids of those to try again.

A message that fails is tried again alone, after a growing pause. When its tries are used up, or at once if trying
again can't help (the file isn't an image, or no photo can have that key), it goes to the dead-letter queue with its
reason in the message attributes `code`, `reason` and `key`. Messages about what browsers send are handed on to the
arrivals function, which has no queue of its own, and those about films to the films function's queue: no photo waits
for a film.
"""

import functools
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.errors import KinpicsError
from functions.forgotten_people import ForgottenPeople
from functions.kept_regions import KeptRegions
from functions.keys import BadNameError, ImagePath, parse_key
from functions.ledger import CeilingReachedError
from functions.media_types import is_film
from functions.people_queue import PeopleQueue
from functions.photo_labels import PhotoLabels
from functions.photo_messages import BadMessageError, ObjectChange, owner_message, parse_message
from functions.photo_tables import SetMovingError
from functions.process.browser_messages import (
    ArrivalsCalls,
    ArrivalsFunctionError,
    delete_all,
    is_from_browser,
    take_along,
)
from functions.process.complexity import UnusableImageError
from functions.process.leases import Leases, LeaseTakenError
from functions.process.objects import Objects
from functions.process.photo_pages import PhotoPages
from functions.process.sync import PhotoSync, SearchPausedError
from functions.process.waiting_looks import WaitingLooks
from functions.site_parts import SiteParts, boto3_clients
from functions.withheld_names import HiddenNames

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient

logger = Logger()
metrics = Metrics()
# Takes a message's body and its changes, and returns those that are left to do here.
HandOn = Callable[[str, list[ObjectChange]], list[ObjectChange]]

# How often boto3 itself tries a call again.
MAX_RETRIES = 8
ADAPTIVE = Config(retries={"mode": "adaptive", "max_attempts": MAX_RETRIES})
_MAX_PAUSE_SECONDS = 300
# If the function is ended in the middle, its message comes again so long after the end of its time.
_AFTER_END_SECONDS = 5
# A worker waits at most a tenth of its time for its turn at a photo.
_MIN_TIME_LEFT = 0.9
# While a set's rows move from one table to the other, or another worker has the photo, a message waits for this many
# times as long as after failures.
_BUSY_SECONDS = 8
_LOOK_AGAIN_SECONDS = 0.5
_MAX_REASON = 1000
# A little longer than the arrivals function may take.
_HANDED_ON_SECONDS = 70


class FilmsOffError(KinpicsError):
    """The site takes no films."""


@functools.cache
def _clients() -> "tuple[PhotoSync, SQSClient, LambdaClient]":
    # One call of a function takes as long as it takes, and this message comes again if it fails.
    once = Config(read_timeout=_HANDED_ON_SECONDS, retries={"total_max_attempts": 1})
    parts = SiteParts(os.environ, boto3_clients(ADAPTIVE, **{"lambda": once}))
    return wire(parts), parts.sqs, parts.lambda_


def wire(parts: SiteParts) -> PhotoSync:
    """What keeps photos in sync."""
    environment, s3, sqs, clock = parts.environment, parts.s3, parts.sqs, parts.clock

    def pay() -> None:
        parts.ledger.count("index", int(environment["DAILY_INDEXING"]))
        note("PaidCalls")

    def hand_on(bucket: str, path: ImagePath) -> None:
        _ask_for_film(sqs, environment["FILMS_QUEUE_URL"], ObjectChange(bucket, path.key))

    return PhotoSync(
        objects=Objects(s3, environment["THUMBNAILS_BUCKET"], environment["DOWNLOADS"]),
        regions=KeptRegions(s3, environment["THUMBNAILS_BUCKET"]),
        pages=PhotoPages(s3, environment["SITE_BUCKET"], parts.photos, clock),
        faces=parts.faces(pay),
        labels=PhotoLabels(parts.rekognition, environment["LABELS"] == "yes", pay),
        photos=parts.photos,
        images=parts.images,
        leases=Leases(parts.dynamodb, environment["LEASES_TABLE"], clock),
        ledger=parts.ledger,
        forgotten=ForgottenPeople(parts.dynamodb, environment["FORGOTTEN_TABLE"], environment["MATCHES_TABLE"]),
        hidden=HiddenNames(s3, environment["THUMBNAILS_BUCKET"]),
        people=PeopleQueue(sqs, environment["PEOPLE_QUEUE_URL"]),
        now=lambda: datetime.fromtimestamp(clock(), UTC),
        clock=clock,
        # The films function, which hands nothing on, has no such variable.
        hand_on=hand_on if environment.get("FILMS") == "yes" else None,
    )


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Process a batch; returns SQS's partial batch response."""
    photo_sync, sqs, functions = _clients()

    arrivals = ArrivalsCalls(functions, os.environ["ARRIVALS_FUNCTION"])
    given: list[dict[str, Any]] = event["Records"]
    along = list(take_along(sqs, os.environ["QUEUE_URL"])) if any(is_from_browser(one["body"]) for one in given) else []
    from_browsers = [record for record in (*given, *along) if is_from_browser(record["body"])]
    done = _take_in(photo_sync, sqs, arrivals, from_browsers)

    def tell_refused(change: ObjectChange, error: UnusableImageError) -> None:
        arrivals.tell_refused(change.key, error.code, str(error))

    def hand_on(_: str, changes: list[ObjectChange]) -> list[ObjectChange]:
        return _hand_films_on(photo_sync, sqs, changes)

    for record in (*given, *along):
        if record not in from_browsers and process_message(photo_sync, sqs, hand_on, record, context, tell_refused):
            done.append(record)
    delete_all(sqs, os.environ["QUEUE_URL"], [record for record in along if record in done])
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in given if one not in done]}


def _take_in(
    photo_sync: PhotoSync, sqs: "SQSClient", arrivals: ArrivalsCalls, records: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Hand on what is about browsers' photos; those of the messages that are done."""
    if not records:
        return []
    try:
        taken = arrivals.take([record["body"] for record in records])
    except Exception as failure:
        logger.exception("%s messages weren't taken", len(records))
        return [one for one in records if not _try_again_or_give_up(sqs, one, parse_message(one["body"]), failure)]
    for photo in taken.looks:
        _make_look(photo_sync, parse_message(records[0]["body"])[0].bucket, photo)
    error = ArrivalsFunctionError("the arrivals function failed on it: its log group says why")
    done = []
    for number, record in enumerate(records):
        if number not in taken.failed:
            note("PicsProcessed")
            done.append(record)
        elif not _try_again_or_give_up(sqs, record, parse_message(record["body"]), error):
            done.append(record)
    return done


def process_message(
    photo_sync: PhotoSync,
    sqs: "SQSClient",
    hand_on: HandOn,
    record: dict[str, Any],
    context: "LambdaContext",
    tell_refused: Callable[[ObjectChange, UnusableImageError], None] = lambda _change, _error: None,
) -> bool:
    """Process one message of the queue; False if it is to be given out again.

    ``tell_refused`` is called before a photo that can't be shown goes to the dead letters.
    """
    changes: list[ObjectChange] = []
    try:
        # The queue would hide it for six times as long.
        _hide(sqs, record, context.get_remaining_time_in_millis() // 1000 + _AFTER_END_SECONDS)
        changes = parse_message(record["body"])
        for change in hand_on(record["body"], changes):
            try:
                _process_change(photo_sync, change, record["messageId"], context)
            except UnusableImageError as error:
                tell_refused(change, error)
                raise
    except (BadMessageError, BadNameError, FilmsOffError, UnusableImageError) as error:
        logger.info("refused", extra={"cause": repr(error.__cause__)})
        give_up(sqs, record, changes, error.code, str(error))
    except CeilingReachedError as error:
        # The owner gives it out again tomorrow, or with a higher ceiling: `kinpics dead-letters redrive`.
        note("CeilingReached")
        give_up(sqs, record, changes, error.code, f"{error}: redrive it then, or raise the ceiling")
    except LeaseTakenError as error:
        # That worker may be done long before its lease ends.
        _give_out_again(sqs, record, min(error.seconds, _BUSY_SECONDS * 2 ** _tries(record)))
        return False
    except SearchPausedError:
        _give_out_again(sqs, record, 0)
        return False
    except Exception as error:
        logger.exception("message %s failed", record["messageId"])
        if _try_again_or_give_up(sqs, record, changes, error):
            return False
    else:
        note("PicsProcessed")
    return True


def _try_again_or_give_up(
    sqs: "SQSClient", record: dict[str, Any], changes: list[ObjectChange], error: Exception
) -> bool:
    """Let a message that failed come again after a pause, as long as it has tries left; False if it had its last."""
    tries = _tries(record)
    if tries < int(os.environ["MAX_RECEIVE_COUNT"]):
        seconds = _BUSY_SECONDS if isinstance(error, SetMovingError) else 1
        _give_out_again(sqs, record, seconds * 2**tries)
        return True
    give_up(sqs, record, changes, type(error).__name__, str(error))
    return False


def _tries(record: dict[str, Any]) -> int:
    """How often a message has been given out."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def _hand_films_on(photo_sync: PhotoSync, sqs: "SQSClient", changes: list[ObjectChange]) -> list[ObjectChange]:
    """Give changes of films to the films function, each in a message of its own; returns the others.

    Where the site takes no films, those that are gone are left to do here, and for others this raises
    ``FilmsOffError``.
    """
    films = [change for change in changes if is_film(change.key)]
    if os.environ["FILMS"] != "yes":
        if any(photo_sync.objects.etag(film.bucket, film.key) for film in films):
            raise FilmsOffError(
                "this site takes no films: set `films = true` in kinpics.toml, run `kinpics deploy`, then "
                "`kinpics dead-letters redrive`"
            )
        return changes
    for film in films:
        _ask_for_film(sqs, os.environ["FILMS_QUEUE_URL"], film)
    return [change for change in changes if change not in films]


def _ask_for_film(sqs: "SQSClient", queue_url: str, change: ObjectChange) -> None:
    body = owner_message(change.bucket, quote_plus(change.key), force=change.force)
    sqs.send_message(QueueUrl=queue_url, MessageBody=body)


def _make_look(photo_sync: PhotoSync, bucket: str, photo: str) -> None:
    """Show the owner a photo that waits, if that works: without it, the photo can be let in all the same."""
    try:
        WaitingLooks(photo_sync.objects.client).make(bucket, photo)
    except (UnusableImageError, ClientError) as error:
        logger.info("no look", extra={"cause": repr(error.__cause__ or error)})


def _process_change(photo_sync: PhotoSync, change: ObjectChange, owner: str, context: "LambdaContext") -> None:
    if change.key.endswith("/"):
        return None  # the marker that S3's console makes for a folder
    path = parse_key(change.key)
    whole = seconds = context.get_remaining_time_in_millis() / 1000
    while True:
        try:
            return photo_sync.sync(change.bucket, path, owner=owner, seconds=seconds, force=change.force)
        except LeaseTakenError:
            # Most other workers are done in a moment; a dead one keeps its lease to the end.
            seconds = context.get_remaining_time_in_millis() / 1000
            if seconds < whole * _MIN_TIME_LEFT:
                raise
            time.sleep(_LOOK_AGAIN_SECONDS)


def note(metric: str) -> None:
    """Count one on."""
    metrics.add_metric(metric, MetricUnit.Count, 1)


def _give_out_again(sqs: "SQSClient", record: dict[str, Any], seconds: float) -> None:
    note("PicsPutOff")
    _hide(sqs, record, min(_MAX_PAUSE_SECONDS, int(seconds) + 1))


def _hide(sqs: "SQSClient", record: dict[str, Any], seconds: int) -> None:
    """Let a message come again after so many seconds, unless it is done by then."""
    sqs.change_message_visibility(
        QueueUrl=os.environ["QUEUE_URL"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds
    )


def give_up(sqs: "SQSClient", record: dict[str, Any], changes: list[ObjectChange], code: str, reason: str) -> None:
    """Put a message among the dead letters, with its reason."""
    key = (changes and changes[0].key) or "unknown"
    note("PicsGivenUp")
    logger.error("given up", extra={"key": key, "code": code, "reason": reason})
    attributes = {"code": code, "reason": reason[:_MAX_REASON] or code, "key": key}
    sqs.send_message(
        QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody=record["body"],
        MessageAttributes={
            name: {"DataType": "String", "StringValue": _queue_text(value)} for name, value in attributes.items()
        },
    )


def _queue_text(text: str) -> str:
    """``text`` without the characters SQS refuses."""
    return "".join(char if char in "\t\n\r" or char.isprintable() else "�" for char in text)
