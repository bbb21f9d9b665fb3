"""Publish the rendered site: make the site bucket hold what ``dist/`` holds, and CloudFront show it."""

import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from build import Makers, Site, build
from functions.addresses import (
    CARD_FOLDER,
    DOWNLOAD_FOLDER,
    FILM_FACES_FOLDER,
    FILM_FOLDER,
    LARGE_FOLDER,
    THUMBNAIL_FOLDER,
    THUMBNAILS_FOLDER,
    address,
    invalidation_path,
    page_paths,
)
from functions.people.people_files import is_people_file
from functions.photo_page import RECORD_KEY, read_page_key
from functions.public_lists import lists_of_nobody, write_unless_there
from scripts.common.bucket import delete_objects, etag_of, list_objects
from scripts.common.stack import Stack
from scripts.deployment.publish_record import PublishRecord
from scripts.site.people_shown import list_pages_of_nobody, read_people
from scripts.site.previews import CARDS_FOLDER
from scripts.site.search_index import SEARCH_INDEX
from scripts.site.served import headers_of

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectTypeDef

# Files named by a hash of their content: if one exists, it is right. Cards take long to make.
_NAMED_BY_CONTENT = ("assets/", f"{CARDS_FOLDER}/", SEARCH_INDEX)
_WORKERS = 8
# Sets' files are under this prefix, and others before it or after this key.
_SETS, _AFTER_SETS = "sets/", "sets/\U0010ffff"
# How often a publish starts again because another one, or the people function, was at work at the same time.
_TRIES = 3


def build_and_publish(stack: Stack, *, whole: bool = False) -> int:
    """Render what has changed of a stack's site and publish it, or with ``whole`` all of it.

    Returns how many files changed. Raises ``BuildError``, ``ConfigError``.
    """
    changed = 0
    for _ in range(_TRIES):
        record = PublishRecord(stack)
        # A folder of its own, since two uploads may end at the same time.
        with tempfile.TemporaryDirectory(prefix="kinpics-") as folder:
            site = build(stack, Path(folder) / "dist", last=None if whole else record.published)
            changed += publish(stack, site, record)
        if not record.was_disturbed:
            break
    return changed


def is_behind(stack: Stack, set_names: Iterable[str]) -> bool:
    """Whether pages of these sets are still to be published, after a command that was stopped before it had done so."""
    known = PublishRecord(stack).published.sets
    counts = {row.sortkey: row.pic_count or 0 for row in stack.photos.list_sets()}
    shown = {name: (last := known.get(name)) and last.outline.count for name in set_names}
    return any(counts[name] and shown[name] != counts[name] for name in shown if name in counts)


def publish_after_deleting(stack: Stack, set_names: Iterable[str]) -> None:
    """Build and publish the pages after photos of these sets were deleted.

    Their pictures leave CloudFront's cache first: the pages may fail to render.
    """
    stack.invalidate(picture_paths(set_names))
    build_and_publish(stack)


def publish(stack: Stack, site: Site, record: PublishRecord | None = None) -> int:
    """Upload what has changed and remove what is gone; returns how many files were uploaded.

    Assets go before the pages that name them, and old ones are removed last, so that a visitor never gets a page
    without its assets. The page of a photo that came since the site was rendered stays, and that of a photo that went
    goes. ``record`` is the last publish's, as it was read before the site was rendered if that left anything out.
    """
    record = record or PublishRecord(stack)
    bucket = stack.outputs.site_bucket
    names = set(site.rendered) | (record.names - set(site.unchanged))
    record.begin(names, site.unchanged_people)
    listed = _list_changed(stack, names) if site.unchanged else list_objects(stack.s3, bucket)
    there = {item["Key"]: item["ETag"].strip('"') for item in listed}
    paths = sorted(path for path in site.folder.rglob("*") if path.is_file())
    files: Makers = {path.relative_to(site.folder).as_posix(): path.read_bytes for path in paths} | site.more
    changed = [key for key, make in files.items() if _is_changed(key, make, there)]
    kept = {RECORD_KEY, *site.kept}
    old = [key for key in there if key not in files and key not in kept and not is_people_file(key)]
    gone = [key for key in old if not read_page_key(key)]
    # The people function knows of a set only once it has seen a photo of it.
    empty = lists_of_nobody(names - set(site.rendered))
    gone += [key for key, body in empty.items() if key.startswith(_SETS) and there.get(key) == etag_of(body)]
    try:
        for wave in (
            [key for key in changed if key.startswith(_NAMED_BY_CONTENT)],
            [key for key in changed if not key.startswith(_NAMED_BY_CONTENT)],
        ):
            with ThreadPoolExecutor(_WORKERS) as pool:
                list(pool.map(lambda key: _put(stack, bucket, key, files[key]()), wave))
        for key, body in lists_of_nobody(site.rendered).items():
            if key not in there:
                write_unless_there(stack.s3, bucket, key, body)
        gone += _pages_without_photos(stack, [*old, *changed])
        gone += [key for key in list_pages_of_nobody(stack) if key not in gone]
        delete_objects(stack.s3, bucket, gone)
    finally:  # the next run would not know what this one has changed
        stack.invalidate(page_paths([*changed, *gone]))
    record.end(site.published, names)
    # Whoever was hidden, forgotten or given another name while the site was rendered is still on its pages.
    record.was_disturbed |= bool(site.people.names - read_people(stack).names)
    return len(changed)


def _list_changed(stack: Stack, set_names: Iterable[str]) -> "Iterator[ObjectTypeDef]":
    """The objects of the site bucket that belong to these sets, or to none."""
    bucket = stack.outputs.site_bucket
    yield from itertools.takewhile(lambda item: item["Key"] < _SETS, list_objects(stack.s3, bucket))
    yield from list_objects(stack.s3, bucket, after=_AFTER_SETS)
    for name in sorted(set_names):
        yield from list_objects(stack.s3, bucket, f"{_SETS}{name}/")


def _is_changed(key: str, make: Callable[[], bytes], there: dict[str, str]) -> bool:
    """Whether the bucket lacks a file as it is now."""
    return key not in there or (not key.startswith(_NAMED_BY_CONTENT) and there[key] != etag_of(make()))


def _pages_without_photos(stack: Stack, keys: list[str]) -> list[str]:
    """Among these files, the pages of photos that aren't there: photos may have come or gone since."""
    photos = {key: path for key in keys if (path := read_page_key(key))}
    found = stack.photos.find_rows(photos.values())
    return [key for key, path in photos.items() if path not in found]


def picture_paths(set_names: Iterable[str]) -> set[str]:
    """What CloudFront has to forget when pictures of these sets are gone: addresses before and after its router."""
    served = (THUMBNAIL_FOLDER, LARGE_FOLDER, CARD_FOLDER, FILM_FOLDER, FILM_FACES_FOLDER)
    # The router removes their folder; what is left of a thumbnail's address is that of its download copy.
    folders = {DOWNLOAD_FOLDER, *served, *("/" + folder.removeprefix(THUMBNAILS_FOLDER) for folder in served)}
    return {invalidation_path(f"{folder}{address(set_name)}/") for set_name in set_names for folder in folders}


def _put(stack: Stack, bucket: str, key: str, body: bytes) -> None:
    stack.s3.put_object(Bucket=bucket, Key=key, Body=body, **headers_of(key, body))
