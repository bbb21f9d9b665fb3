"""Films in the photos and thumbnails buckets, as the films function uses them: on disk while it works on one."""

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.films.ffmpeg import UnusableFilmError
from functions.films.ffmpeg_calls import Source
from functions.films.film_faces import STRIP_TYPE
from functions.keys import DOWNLOAD_RULES, LARGE, ImagePath
from functions.media_types import FILM_TYPES, HEAD_BYTES, MP4, media_type
from functions.photo_originals import SHA256_METADATA
from functions.process.downloads import inline_as
from functions.process.motion import film_start
from functions.process.objects import Objects, Original
from functions.told_facts import from_metadata

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

# The films function's disk, in MB: a test compares it with template.yaml. A film is there with its copy for downloads,
# then with its rendition, and ffmpeg needs the index twice.
DISK_MB = 10_240
MAX_FILM_BYTES = 4_800_000_000
_CHUNK = 8 * 1024 * 1024
_ADDRESS_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class StoredFilm(Original):
    """An original film. ``data`` is empty; ``source`` is where ffmpeg finds it: its file, or if it is too large for the
    disk, its address."""

    source: Source
    file: Path | None
    digest: str | None

    @property
    def sha256(self) -> str | None:
        return self.digest


@dataclass(frozen=True)
class FilmFiles:
    """The buckets as ``objects`` has them. ``folder`` is where films are put while they are worked on."""

    objects: Objects
    folder: str | None = None
    max_bytes: int = MAX_FILM_BYTES

    @contextlib.contextmanager
    def fetch(self, bucket: str, path: ImagePath) -> Iterator[tuple[StoredFilm, Path] | None]:
        """An original film, and a folder that is gone afterwards; None if there is none.

        Raises ``UnusableFilmError`` for a file that isn't a film.
        """
        with tempfile.TemporaryDirectory(prefix="kinpics-film-", dir=self.folder) as folder:
            yield self._fetch(bucket, path, Path(folder))

    def _fetch(self, bucket: str, path: ImagePath, folder: Path) -> tuple[StoredFilm, Path] | None:
        try:
            response = self.objects.client.get_object(Bucket=bucket, Key=path.key)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
        with contextlib.closing(response["Body"]):
            head = response["Body"].read(HEAD_BYTES)
            kind = _film_type(head)
            etag, size = response["ETag"].strip('"'), response["ContentLength"]
            told = from_metadata(response["Metadata"])
            if size > self.max_bytes:
                digest = response["Metadata"].get(SHA256_METADATA)
                return StoredFilm(
                    b"", etag, size, told, source=Source(self._address(bucket, path), kind), file=None, digest=digest
                ), folder
            file = folder / f"original{Path(path.file).suffix.lower()}"
            digest = _save(head, response, file)
        return StoredFilm(b"", etag, size, told, source=Source(str(file), kind), file=file, digest=digest), folder

    @contextlib.contextmanager
    def fetch_motion(self, bucket: str, path: ImagePath) -> Iterator[tuple[StoredFilm, Path] | None]:
        """The film behind a photo, as `fetch`; None if there is no photo, or nothing behind it."""
        original = self.objects.read(bucket, path.key)
        start = film_start(original.data) if original else None
        if original is None or start is None:
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="kinpics-film-", dir=self.folder) as folder:
            file = Path(folder) / "motion.mp4"
            file.write_bytes(memoryview(original.data)[start:])
            source = Source(str(file), MP4)
            yield StoredFilm(b"", original.etag, original.size, source=source, file=file, digest=None), Path(folder)

    def _address(self, bucket: str, path: ImagePath) -> str:
        return self.objects.client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": path.key}, ExpiresIn=_ADDRESS_SECONDS
        )

    def put_rendition(self, path: ImagePath, file: Path, source_etag: str) -> None:
        """Store what plays in browsers."""
        self.objects.put_file(path.film_key, file, source_etag, ContentType=MP4)

    def take_rendition(self, path: ImagePath, made: str, source_etag: str) -> None:
        """Store what plays, which lies under the key ``made``; by one rule it is the download too."""
        self.objects.take(path.film_key, made, source_etag, ContentType=MP4)
        if self.objects.download_rule == LARGE:
            self.objects.take(path.download_key(LARGE), made, source_etag, ContentType=MP4, **_name_of(path, MP4))

    def put_faces(self, path: ImagePath, strip: bytes | None, source_etag: str) -> None:
        """Store the strip of portraits; without one, what there was goes."""
        if strip is None:
            self.objects.delete([path.film_faces_key])
        else:
            self.objects.put(path.film_faces_key, strip, source_etag, ContentType=STRIP_TYPE)

    def delete_rendition(self, path: ImagePath) -> None:
        """Delete what an earlier original was played from."""
        self.objects.delete([path.film_key])

    def put_download(self, path: ImagePath, file: Path, source_etag: str) -> None:
        """Store what visitors may download by the current rule, and remove other rules' copies.

        A rendition is an MP4 whatever the original is, so it is saved under such a name.
        """
        rule, kind = self.objects.download_rule, FILM_TYPES.get(file.suffix, MP4)
        self.objects.put_file(path.download_key(rule), file, source_etag, ContentType=kind, **_name_of(path, kind))
        self.objects.delete(path.download_key(other) for other in DOWNLOAD_RULES if other != rule)


def _name_of(path: ImagePath, kind: str) -> dict[str, str]:
    has_name = FILM_TYPES.get(Path(path.file).suffix.lower()) == kind
    return {} if has_name else {"ContentDisposition": inline_as(f"{Path(path.file).stem}.mp4")}


def _film_type(head: bytes) -> str:
    kind = media_type(head)
    if kind is None or not kind.startswith("video/"):
        what = "a picture, not a film: name it so" if kind else "not a film that kinpics can read (MP4, MOV, WebM)"
        raise UnusableFilmError(f"the file is {what}" if head else "the file is empty", code="NotAFilm")
    return kind


def _save(head: bytes, response: "GetObjectOutputTypeDef", file: Path) -> str:
    digest = hashlib.sha256(head)
    read: Callable[[int], bytes] = response["Body"].read
    with file.open("wb") as out:
        out.write(head)
        while chunk := read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()
