"""Upload picture sets: make the plan, carry it out, wait until every photo is searchable.

Nothing is done twice and nothing is remembered: what is in S3 says what is left to do, so an upload that was stopped
goes on by running it again. Originals are only read.
"""

import base64
import mimetypes
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from functions.keys import ImagePath
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.photos import manage, processing
from scripts.upload.plan import (
    SHA256_METADATA,
    Photo,
    Plan,
    Refusal,
    hash_photos,
    list_photos,
    set_name_of,
    skip_present,
)

_MULTIPART_BYTES = 16 * 1024 * 1024
_CACHE_CONTROL = "public, max-age=86400"

mimetypes.add_type("image/heic", ".heic")
mimetypes.add_type("image/heif", ".heif")
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")


@dataclass
class Report:
    """What became of one set; ``seconds`` from start to searchable."""

    set_name: str
    uploaded: int = 0
    already_there: int = 0
    processed: int = 0
    faces: int = 0
    seconds: float = 0.0
    failures: list[Refusal] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    url: str = ""

    def as_json(self) -> dict:
        """The report as plain values."""
        plain = dict(self.__dict__)
        for name in ("failures", "left_out"):
            plain[name] = [{"file": item.file, "reason": item.reason} for item in plain[name]]
        plain["seconds"] = round(self.seconds, 2)
        return plain


def make_plan(stack: Stack, folder: Path, set_name: str | None, concurrency: int, progress: Progress) -> Plan:
    """List, hash and compare a folder. Raises ``PlanError``."""
    plan = list_photos(folder, set_name_of(folder, set_name))
    with progress.bar("Reading", len(plan.uploads)) as step:
        hash_photos(plan, step)
    skip_present(plan, stack.s3, stack.outputs.pics_bucket, concurrency)
    return plan


def carry_out(stack: Stack, plan: Plan, title: str | None, concurrency: int, progress: Progress) -> Report:
    """Upload what a plan says and wait for it to be processed."""
    started = time.monotonic()
    report = Report(
        plan.set_name,
        already_there=len(plan.present),
        failures=list(plan.refused),
        left_out=list(plan.left_out),
        warnings=list(plan.warnings),
    )
    ignore = processing.seen_dead_letters(stack) if plan.uploads else set()
    sent = _upload_all(stack, plan.uploads, concurrency, progress, report)
    report.uploaded = len(sent)
    if title:
        stack.photos.set_title(plan.set_name, title)
    expected = sent | _unfinished(stack, plan.present, report)
    with progress.bar("Processing", len(expected)) as step:
        outcome = processing.wait(stack, expected, ignore, step)
    report.failures += [Refusal(path.file, reason) for path, reason in sorted(outcome.failed.items())]
    report.failures += [
        Refusal(path.file, "uploaded, but no result yet; run the same command again to check")
        for path in sorted(outcome.unheard)
    ]
    report.processed = len(outcome.done)
    report.faces = _count_faces(stack, outcome.done)
    report.seconds = time.monotonic() - started
    return report


def _upload_all(
    stack: Stack, photos: list[Photo], concurrency: int, progress: Progress, report: Report
) -> dict[ImagePath, str]:
    """Upload photos; returns the etag of each that arrived, and notes the others as failures."""
    etags: dict[ImagePath, str] = {}
    with (
        progress.bar("Uploading", sum(photo.size for photo in photos), in_bytes=True) as step,
        ThreadPoolExecutor(concurrency) as pool,
    ):
        running: dict[Future, Photo] = {}
        left = iter(photos)
        try:
            while True:
                # Only as many as can run are handed out, so that Ctrl-C ends after those.
                while len(running) < concurrency and (photo := next(left, None)):
                    running[pool.submit(_upload, stack.s3, stack.outputs.pics_bucket, photo)] = photo
                if not running:
                    return etags
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    photo = running.pop(future)
                    try:
                        etags[photo.path] = future.result()
                    except (ClientError, BotoCoreError, OSError) as error:
                        report.failures.append(Refusal(photo.path.file, f"could not be uploaded: {cause(error)}"))
                    step(photo.size)
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _upload(s3: Any, bucket: str, photo: Photo) -> str:
    """Upload one photo, checked by its digest on arrival; returns the object's etag."""
    arguments = {
        "ContentType": mimetypes.guess_type(photo.path.file)[0] or "application/octet-stream",
        "CacheControl": _CACHE_CONTROL,
        "Metadata": {SHA256_METADATA: photo.sha256},
    }
    key = photo.path.key
    if photo.size < _MULTIPART_BYTES:
        with open(photo.source, "rb") as body:
            checksum = base64.b64encode(bytes.fromhex(photo.sha256)).decode()
            response = s3.put_object(Bucket=bucket, Key=key, Body=body, ChecksumSHA256=checksum, **arguments)
        return response["ETag"].strip('"')
    config = TransferConfig(multipart_threshold=_MULTIPART_BYTES, multipart_chunksize=_MULTIPART_BYTES)
    s3.upload_file(
        str(photo.source), bucket, key, ExtraArgs={**arguments, "ChecksumAlgorithm": "SHA256"}, Config=config
    )
    return s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')


def _unfinished(stack: Stack, present: Iterable[Photo], report: Report) -> dict[ImagePath, str]:
    """Photos that were there already but are not processed: failed before and told again, or to wait for.

    The latter are asked for once more: should their events have been lost, nobody else would.
    """
    paths = [photo.path for photo in present]
    missing = set(paths) - stack.photos.get_etags(paths).keys()
    if not missing:
        return {}
    failed = processing.failures(stack, missing)
    report.failures += [Refusal(path.file, reason) for path, reason in sorted(failed.items())]
    waiting = sorted(missing - failed.keys())
    manage.ask_to_process(stack, waiting, force=False)
    etags = zip(waiting, manage.etags(stack, waiting), strict=True)
    return {path: etag for path, etag in etags if etag}


def _count_faces(stack: Stack, paths: set[ImagePath]) -> int:
    if not paths:
        return 0
    set_name = next(iter(paths)).set_name
    return sum(
        int(item["face_count"])
        for item in stack.photos.list_grid(set_name)
        if ImagePath(set_name, item["sortkey"]) in paths
    )
