"""Uploading sets: make a plan, carry it out, wait until every photo is searchable.

Nothing is done twice and nothing is remembered: what is in S3 says what is left to do, so an upload that was stopped
goes on when it is run again. The owner's files are only read.
"""

import base64
import mimetypes
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from functions.dates import timestamp
from functions.keys import ImagePath
from functions.media_types import is_film
from functions.photo_originals import SHA256_METADATA
from functions.told_facts import to_metadata
from scripts.common.folders import Refusal, open_file
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.people.sidecar_names import SentPhoto, add_names
from scripts.photos import dead_letter_queue, waiting
from scripts.photos.originals import fetch_etags
from scripts.photos.requesting import ask_to_process
from scripts.upload.exported_words import ExportedWords, ExportedWordsError, give_exported_words, read_exported_words
from scripts.upload.films_taken import films_taken
from scripts.upload.plan import Plan, UploadFile, hash_files, plan_folder, set_name_of, skip_present

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_File = TypeVar("_File")
_Sent = TypeVar("_Sent")
_MULTIPART_BYTES = 16 * 1024 * 1024
_CACHE_CONTROL = "public, max-age=86400"

mimetypes.add_type("image/heic", ".heic")
mimetypes.add_type("image/heif", ".heif")
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")


@dataclass
class Report:
    """What happened to one set; ``seconds`` from start to searchable.

    ``resumed`` photos were uploaded by an earlier run and processed now. ``already_there`` had nothing left to do.
    ``sidecars`` are photos whose sidecars said something new, ``words`` texts of the owner's that an exported site had
    and this one hadn't.
    ``url`` is the set's page; empty if none of these photos is on it.
    """

    set_name: str
    uploaded: int = 0
    resumed: int = 0
    already_there: int = 0
    processed: int = 0
    faces: int = 0
    sidecars: int = 0
    words: int = 0
    seconds: float = 0.0
    failures: list[Refusal] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    url: str = ""

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        plain = {"picset": self.set_name, **self.__dict__}
        del plain["set_name"]
        for name in ("failures", "left_out"):
            plain[name] = [{"file": item.file, "reason": item.reason} for item in plain[name]]
        plain["seconds"] = round(self.seconds, 2)
        return plain


def make_plan(stack: Stack, folder: Path, set_name: str | None, concurrency: int, progress: Progress) -> Plan:
    """List, hash and compare a folder. Raises ``FolderError``."""
    plan = plan_folder(folder, set_name_of(folder, set_name))
    leave_films_out(stack, plan)
    with progress.bar("Reading", len(plan.uploads)) as step:
        hash_files(plan, step)
    skip_present(plan, stack.s3, stack.outputs.pics_bucket, concurrency)
    return plan


def leave_films_out(stack: Stack, plan: Plan) -> None:
    """Leave films out where the site takes none, and refuse those that are too large for it."""
    films, uploads = films_taken(stack), []
    for file in plan.uploads:
        if is_film(file.path.file) and (reason := films.why_not(file.size)):
            others = plan.refused if films.is_too_large(file.size) else plan.left_out
            others.append(Refusal(file.path.file, reason))
        else:
            uploads.append(file)
    plan.uploads = uploads


def carry_out(stack: Stack, plan: Plan, title: str | None, concurrency: int, progress: Progress) -> Report:
    """Upload what a plan says and wait for it to be processed."""
    started = time.monotonic()
    report = Report(
        plan.set_name,
        failures=list(plan.refused),
        left_out=list(plan.left_out),
        warnings=list(plan.warnings),
    )
    words = _read_words(plan, report)
    uploads = [replace(file, told=words.told.get(file.path, file.told)) for file in plan.uploads]
    ignore = dead_letter_queue.read_ids(stack) if uploads else set()
    sent = _upload_all(stack, uploads, concurrency, progress, report)
    report.uploaded = len(sent)
    if title:
        stack.writer.describe_set(plan.set_name, {"title": title}, timestamp())
    failed_before, resumed = unfinished(stack, [file.path for file in plan.present])
    report.failures += [Refusal(path.file, reason) for path, reason in sorted(failed_before.items())]
    report.resumed = len(resumed)
    report.already_there = len(plan.present) - len(resumed) - len(failed_before)
    expected = sent | resumed
    with progress.bar("Processing", len(expected)) as step:
        outcome = waiting.wait(stack, expected, ignore, step)
    report.failures += [Refusal(path.file, reason) for path, reason in sorted(outcome.failed.items())]
    report.failures += [
        Refusal(path.file, "uploaded, but there is no result yet: run the same command again to check")
        for path in sorted(outcome.unheard)
    ]
    _take_names(stack, plan, report)
    report.words = give_exported_words(stack, words, plan.set_name) if plan.rows else 0
    report.processed = len(outcome.done)
    report.faces = count_faces(stack, outcome.done)
    report.seconds = time.monotonic() - started
    return report


def _take_names(stack: Stack, plan: Plan, report: Report) -> None:
    """Take in what sidecars name; those that can't be used are left out."""
    if plan.sidecars:
        photos = [SentPhoto(file.source, file.path, file.sha256) for file in (*plan.present, *plan.uploads)]
        found = add_names(stack, plan.folder, plan.sidecars, photos, has_journal=plan.journal is not None)
        report.sidecars = found.new
        report.left_out += found.refused


def _read_words(plan: Plan, report: Report) -> ExportedWords:
    """What the site that the folder was exported from knew of this set; nothing if it wasn't exported."""
    try:
        return read_exported_words(plan.rows, plan.set_name) if plan.rows else ExportedWords()
    except ExportedWordsError as error:
        report.warnings.append(f"{error}; what you wrote about this set stays there")
        return ExportedWords()


def _upload_all(
    stack: Stack, files: list[UploadFile], concurrency: int, progress: Progress, report: Report
) -> dict[ImagePath, str]:
    """Upload files; returns the etag of each that arrived, and reports the others as failures."""
    etags: dict[ImagePath, str] = {}

    def send(file: UploadFile) -> str:
        return upload_file(stack.s3, stack.outputs.pics_bucket, file)

    with progress.bar("Uploading", sum(file.size for file in files), in_bytes=True) as step:
        for file, etag in transfer(files, send, concurrency):
            if isinstance(etag, Exception):
                report.failures.append(Refusal(file.path.file, f"could not be uploaded: {cause(etag)}"))
            else:
                etags[file.path] = etag
            step(file.size)
    return etags


def transfer(
    files: Iterable[_File], send: Callable[[_File], _Sent], concurrency: int
) -> Iterator[tuple[_File, _Sent | Exception]]:
    """Send files, so many at once; yields each with what sending it gave, or why it couldn't be sent."""
    with ThreadPoolExecutor(concurrency) as pool:
        running: dict[Future[_Sent], _File] = {}
        left = iter(files)
        try:
            while True:
                # Only as many are submitted as can run, so that Ctrl-C waits for no more than those.
                while len(running) < concurrency and (file := next(left, None)):
                    running[pool.submit(send, file)] = file
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    file = running.pop(future)
                    try:
                        yield file, future.result()
                    except (ClientError, BotoCoreError, OSError) as error:
                        yield file, error
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def upload_file(s3: "S3Client", bucket: str, file: UploadFile) -> str:
    """Upload one file, which S3 checks by its digest; returns the object's etag."""
    arguments: dict[str, Any] = {
        "ContentType": mimetypes.guess_type(file.path.file)[0] or "application/octet-stream",
        "CacheControl": _CACHE_CONTROL,
        "Metadata": {SHA256_METADATA: file.sha256, **to_metadata(file.told)},
    }
    key = file.path.key
    with open_file(file.source) as body:
        if file.size < _MULTIPART_BYTES:
            checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
            response = s3.put_object(Bucket=bucket, Key=key, Body=body, ChecksumSHA256=checksum, **arguments)
            return response["ETag"].strip('"')
        config = TransferConfig(multipart_threshold=_MULTIPART_BYTES, multipart_chunksize=_MULTIPART_BYTES)
        extra = {**arguments, "ChecksumAlgorithm": "SHA256"}
        s3.upload_fileobj(body, bucket, key, ExtraArgs=extra, Config=config)
    return s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')


def unfinished(stack: Stack, paths: Collection[ImagePath]) -> tuple[dict[ImagePath, str], dict[ImagePath, str]]:
    """Photos in S3 that are not processed: those that failed before, with the reason; those to wait for, with the etag.

    The latter are sent to the queue once more, because their events may have been lost.
    """
    missing = set(paths) - stack.photos.get_etags(paths).keys()
    failed = waiting.failures(stack, missing)
    left = sorted(missing - failed.keys())
    ask_to_process(stack, left, force=False)
    etags = zip(left, fetch_etags(stack, left), strict=True)
    return failed, {path: etag for path, etag in etags if etag}


def count_faces(stack: Stack, paths: set[ImagePath]) -> int:
    """How many faces these photos have."""
    return sum(map(int, stack.photos.get_attribute(paths, "face_count").values()))
