"""Publish the rendered site: make the site bucket hold what ``dist/`` holds, and CloudFront show it."""

import hashlib
import mimetypes
import re
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from build import build
from functions.addresses import (
    CARD_FOLDER,
    DOWNLOAD_FOLDER,
    LARGE_FOLDER,
    THUMBNAIL_FOLDER,
    THUMBNAILS_FOLDER,
    address,
    invalidation_path,
)
from scripts.common.bucket import delete_objects, list_objects
from scripts.common.stack import Stack

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import PutObjectRequestTypeDef

# Assets have a hash of their content in their name. Browsers ask for a page each time, at the cost of a 304; CloudFront
# keeps it for a day, or until it is invalidated.
_ASSET_CACHE = "public, max-age=31536000, immutable"
_PAGE_CACHE = "public, max-age=0, s-maxage=86400, must-revalidate"
# What language a page says it is in.
_LANGUAGE = re.compile(rb'<!doctype html>\s*<html lang="([\w-]+)"')
# Each path costs money after the first thousand of a month.
_MAX_SETS_INVALIDATED = 5

mimetypes.add_type("text/javascript", ".js")


def build_and_publish(stack: Stack) -> int:
    """Render a stack's site and publish it; returns how many files changed. Raises ``BuildError``, ``ConfigError``."""
    # A folder of its own, since two uploads may end at the same time.
    with tempfile.TemporaryDirectory(prefix="kinpics-") as folder:
        return publish(stack, build(stack, Path(folder) / "dist"))


def publish(stack: Stack, dist: Path) -> int:
    """Upload what changed, remove what is gone; returns how many files were uploaded.

    Assets go before the pages that name them, and old ones are removed last, so that a visitor never gets a page
    without its assets.
    """
    bucket = stack.outputs.site_bucket
    there = {item["Key"]: item["ETag"].strip('"') for item in list_objects(stack.s3, bucket)}
    files = {path.relative_to(dist).as_posix(): path for path in sorted(dist.rglob("*")) if path.is_file()}
    changed = [key for key, path in files.items() if there.get(key) != _md5(path)]
    for wave in (
        [key for key in changed if key.startswith("assets/")],
        [key for key in changed if not key.startswith("assets/")],
    ):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: _put(stack, bucket, key, files[key]), wave))
    gone = [key for key in there if key not in files]
    try:
        delete_objects(stack.s3, bucket, gone)
    finally:  # the next run would not know what this one has changed
        stack.invalidate(page_paths([*changed, *gone]))
    return len(changed)


def page_paths(keys: list[str]) -> set[str]:
    """What CloudFront has to fetch again after these files of the site bucket have changed."""
    paths = set()
    for key in keys:
        folder, _, rest = key.partition("/")
        if folder == "sets":
            paths.add(invalidation_path(f"/sets/{address(rest.partition('/')[0])}/"))
        elif not rest and folder.startswith("index."):
            paths |= {"/", "/index.*"}
        elif folder != "assets":
            paths.add(f"/{folder}/*" if rest else f"/{folder}")
    of_sets = {path for path in paths if path.startswith("/sets/")}
    return paths if len(of_sets) <= _MAX_SETS_INVALIDATED else (paths - of_sets) | {"/sets/*"}


def picture_paths(set_names: Iterable[str]) -> set[str]:
    """What CloudFront has to forget when pictures of these sets are gone: addresses before and after its router."""
    served = (THUMBNAIL_FOLDER, LARGE_FOLDER, CARD_FOLDER)
    # The router takes their folder away; what is left of a thumbnail's address is that of its download copy.
    folders = {DOWNLOAD_FOLDER, *served, *("/" + folder.removeprefix(THUMBNAILS_FOLDER) for folder in served)}
    return {invalidation_path(f"{folder}{address(set_name)}/") for set_name in set_names for folder in folders}


def _put(stack: Stack, bucket: str, key: str, path: Path) -> None:
    body = path.read_bytes()
    request: PutObjectRequestTypeDef = {
        "Bucket": bucket,
        "Key": key,
        "Body": body,
        "ContentType": _content_type(path),
        "CacheControl": _ASSET_CACHE if key.startswith("assets/") else _PAGE_CACHE,
    }
    if language := _LANGUAGE.match(body):
        request["ContentLanguage"] = language[1].decode()
    stack.s3.put_object(**request)


def _content_type(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _md5(path: Path) -> str:
    """The ETag that S3 gives an object uploaded in one piece."""
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
