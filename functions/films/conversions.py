"""Films that the function's time or disk is too small for, converted by AWS Elemental MediaConvert.

A job writes into a part of the thumbnails bucket that nobody is served from. Beside what it writes lies a note of which
film it is of, because a job's own notes are too short for a path. When it has ended, MediaConvert's event has the film
looked at again, and what was made moves to where what plays of films is.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.films.convert_jobs import FILM, SITE, JobEnd, make_job, minutes_of
from functions.films.film_facts import FilmFacts
from functions.films.film_files import FilmFiles
from functions.keys import CONVERTED_PREFIX, ImagePath, parse_image_path


class JobMaker(Protocol):
    """What is called of a boto3 MediaConvert client."""

    def create_job(self, **arguments: Any) -> Any: ...


@dataclass(frozen=True)
class Conversions:
    """The jobs of one ``site``. ``role`` is MediaConvert's.

    ``count`` counts a film's minutes; it raises ``CeilingReachedError``.
    """

    client: JobMaker
    files: FilmFiles
    site: str
    role: str
    count: Callable[[int], None]

    def begin(self, bucket: str, path: ImagePath, etag: str, facts: FilmFacts) -> bool:
        """Have a film converted; False if nobody knows how long it is. Raises ``CeilingReachedError``."""
        minutes, film = minutes_of(facts), _film(path, etag)
        if minutes is None:
            return False
        objects, note = self.files.objects, self._note(film)
        if note is None:  # else a call that failed has counted it, and perhaps made the job
            self.count(minutes)
            note = {"bucket": bucket, "path": str(path), "token": uuid4().hex}
            objects.put(_note_key(film), json.dumps(note).encode(), etag, ContentType="application/json")
        target = f"s3://{objects.thumbnails_bucket}/{CONVERTED_PREFIX}{film}"
        tags = {SITE: self.site, FILM: film}
        job = make_job(facts, f"s3://{bucket}/{path.key}", target, self.role, note["token"], tags)
        self.client.create_job(**job)
        return True

    def find(self, end: JobEnd) -> tuple[str, ImagePath] | None:
        """The bucket and the film that a job was of; None if it is settled already."""
        note = self._note(end.film)
        return (note["bucket"], parse_image_path(note["path"])) if note else None

    def is_of(self, end: JobEnd, path: ImagePath, etag: str | None) -> bool:
        """Whether a job was of this version of a film."""
        return end.film == _film(path, etag or "")

    def has_made(self, path: ImagePath, etag: str) -> bool:
        """Whether what a job makes of this original is there."""
        return self.files.objects.exists(_made_key(_film(path, etag)))

    def take(self, path: ImagePath, etag: str) -> None:
        """Store what a job has made as what plays of a film."""
        film = _film(path, etag)
        self.files.take_rendition(path, _made_key(film), etag)
        self.forget(path, etag)

    def forget(self, path: ImagePath, etag: str) -> None:
        """Delete what is left of a job."""
        self.drop(_film(path, etag))

    def drop(self, film: str) -> None:
        """The same of a job by what it calls its film."""
        self.files.objects.delete([_made_key(film), _note_key(film)])

    def _note(self, film: str) -> dict[str, str] | None:
        try:
            objects = self.files.objects
            answer = objects.client.get_object(Bucket=objects.thumbnails_bucket, Key=_note_key(film))
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
        note: dict[str, str] = json.loads(answer["Body"].read())
        return note


def _film(path: ImagePath, etag: str) -> str:
    """What a job knows a version of a film by."""
    return hashlib.sha256(f"{path}\n{etag}".encode()).hexdigest()[:32]


def _note_key(film: str) -> str:
    return f"{CONVERTED_PREFIX}{film}.json"


def _made_key(film: str) -> str:
    return f"{CONVERTED_PREFIX}{film}.mp4"
