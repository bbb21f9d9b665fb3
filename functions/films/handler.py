"""Entry point of the films function: as the process function's, which hands films on to its queue.

A message that fails is tried again, and given up with its reason, in the same way and to the same dead-letter queue.
From there it goes back to the process function, which hands it on once more.
"""

import functools
import os
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from botocore.config import Config

from functions.films.conversions import Conversions, JobMaker
from functions.films.convert_jobs import read_end
from functions.films.film_files import FilmFiles
from functions.films.film_sync import FilmSync
from functions.films.motion_films import MotionFilms
from functions.keys import parse_key
from functions.ledger import Ledger
from functions.media_types import is_film
from functions.photo_messages import ObjectChange, owner_message
from functions.photo_writer import PhotoWriter
from functions.process.handler import ADAPTIVE, give_up, logger, metrics, note, process_message, wire
from functions.process.sync import PhotoSync
from functions.site_parts import SiteParts, boto3_clients

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sqs import SQSClient


@functools.cache
def _clients() -> "tuple[FilmSync, SQSClient]":
    # Addresses of films that don't fit on the disk are signed, and only the newer signature holds everywhere.
    parts = SiteParts(os.environ, boto3_clients(ADAPTIVE, s3=ADAPTIVE.merge(Config(signature_version="s3v4"))))
    mediaconvert = parts.client("mediaconvert") if parts.environment["CONVERTS"] == "yes" else None
    return wire_films(wire(parts), parts.environment, mediaconvert), parts.sqs


def wire_films(photo_sync: PhotoSync, environment: Mapping[str, str], mediaconvert: JobMaker | None = None) -> FilmSync:
    """What keeps films in sync, from what keeps photos in sync in the same environment.

    With ``mediaconvert``, films that don't fit here are given to that.
    """
    shared = {field.name: getattr(photo_sync, field.name) for field in fields(photo_sync)}
    ledger: Ledger = photo_sync.ledger
    films = FilmFiles(photo_sync.objects)
    conversions = None
    if mediaconvert:
        conversions = Conversions(
            mediaconvert,
            films,
            environment["SITE"],
            environment["CONVERT_ROLE"],
            count=lambda number: ledger.count("convert", int(environment["DAILY_CONVERTED_MINUTES"]), number),
        )
    return FilmSync(
        **shared,
        films=films,
        count=lambda: ledger.count("film", int(environment["DAILY_FILMS"])),
        seconds_left=lambda: 0.0,
        conversions=conversions,
    )


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Process a batch; returns SQS's partial batch response."""
    film_sync, sqs = _clients()
    film_sync = replace(film_sync, seconds_left=lambda: context.get_remaining_time_in_millis() / 1000)
    writer = PhotoWriter(film_sync.photos, film_sync.images)
    motion = MotionFilms(film_sync.films, writer, film_sync.count, film_sync.seconds_left)

    def hand_on(_body: str, changes: list[ObjectChange]) -> list[ObjectChange]:
        for change in changes:
            if not is_film(change.key):
                motion.sync(change.bucket, parse_key(change.key))
        return [change for change in changes if is_film(change.key)]

    failures = [
        {"itemIdentifier": record["messageId"]}
        for record in (_after_conversion(film_sync, sqs, record) for record in event["Records"])
        if record and not process_message(film_sync, sqs, hand_on, record, context)
    ]
    return {"batchItemFailures": failures}


def _after_conversion(film_sync: FilmSync, sqs: "SQSClient", record: dict[str, Any]) -> dict[str, Any] | None:
    """A message as it is, or if MediaConvert says that a job has ended, one to look at its film.

    None if there is nothing to do: the film is settled, or the job failed and its reason is among the dead letters.
    """
    conversions = film_sync.conversions
    end = read_end(record["body"], conversions.site) if conversions else None
    if end is None or conversions is None:
        return record
    found = conversions.find(end)
    if found is None:
        note("PicsProcessed")
        return None
    bucket, path = found
    row = film_sync.photos.get_photo(path)
    if row is None or not conversions.is_of(end, path, row.etag):  # deleted or replaced meanwhile
        conversions.drop(end.film)
        note("PicsProcessed")
        return None
    if end.failure is None:
        return {**record, "body": owner_message(bucket, quote_plus(path.key), force=False)}
    film_sync.fail_conversion(path)
    again = {**record, "body": owner_message(bucket, quote_plus(path.key), force=True)}
    reason = f"MediaConvert couldn't convert the film: {end.failure}"
    give_up(sqs, again, [ObjectChange(bucket, path.key)], "NotConverted", reason)
    return None
