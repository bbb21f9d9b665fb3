"""Lists what S3, the tables and the collection hold into a survey, page by page, and goes on where it was stopped."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from functions.access.audiences import PRIVATE, PUBLIC
from functions.access.showing import Showing
from functions.aws_errors import code_of
from functions.batch_get import batch_get
from functions.keys import DOWNLOAD_RULES, DOWNLOADS_PREFIX
from functions.photo_rows import SETS_PARTITION, ImageRecord, Photo, PhotoSet
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.common.terminal import echo
from scripts.common.words import count
from scripts.gallery.gallery_survey import survey_galleries
from scripts.health.drift import CARD, FILM, LARGE, THUMBNAIL, Drift, find_drift
from scripts.health.survey import PhotoRow, Survey
from scripts.photos.originals import list_stored_pages
from scripts.site.shown import path_of

# A survey that was begun longer ago says too little about now.
_MAX_AGE_SECONDS = 3600.0

Item = Mapping[str, Any]
# Pages that are fetched at a time.
_WORKERS = 3
# Adds a page to the survey.
Add = Callable[[], None]
# A page: what adds it, a token for the next ones, and how many things are in it.
Page = tuple[Add, str | None, int]


@dataclass(frozen=True)
class Stage:
    """A part of the listing: its name, how many things to expect, and its pages from a token on."""

    name: str
    expected: int
    pages: Callable[[str | None], Iterator[Page]]


@dataclass(frozen=True)
class Found:
    """What disagrees, among how many photos with a row, and how many faces these have."""

    drift: Drift
    photos: int
    faces: int


def look_for_drift(stack: Stack, progress: Progress, file: Path | None = None) -> Found:
    """List all there is and compare it. With a ``file``, listing goes on where an earlier call was stopped.

    Raises ``SurveyBusyError``.
    """
    survey = _open(stack, file)
    try:
        _take_stock(stack, survey, progress)
        drift = find_drift(survey)
        drift.galleries = survey_galleries(stack, survey.list_portraits())
        found = Found(drift, *survey.count())
    except BaseException:
        survey.close()
        raise
    survey.remove()
    return found


def survey_file(data: Path, stack: Stack) -> Path:
    """Where the survey of a stack is kept until it is complete."""
    data.mkdir(parents=True, exist_ok=True)
    return data / f"survey-{stack.name}-{stack.region}.sqlite"


def _open(stack: Stack, file: Path | None) -> Survey:
    """The survey that was stopped in ``file``, or a new one."""
    facts = {"bucket": stack.outputs.pics_bucket, "table": stack.outputs.pics_table}
    now = time.time()
    survey = Survey(stack.download_rule, file)
    begun = survey.begin(facts, now)
    if begun is None:
        return survey
    if now - begun > _MAX_AGE_SECONDS:
        survey.remove()
        survey = Survey(stack.download_rule, file)
        survey.begin(facts, now)
    else:
        minutes = count(max(1, round((now - begun) / 60)), "minute")
        echo(f"going on where listing was stopped; it began {minutes} ago", err=True)
    return survey


def _take_stock(stack: Stack, survey: Survey, progress: Progress) -> None:
    """List everything: faces first, because a photo's faces are there before its row."""
    faces, *others = _stages(stack, survey)
    _list(survey, [faces], progress, "Listing faces")
    _list(survey, others, progress, "Listing photos")


def _list(survey: Survey, stages: list[Stage], progress: Progress, label: str) -> None:
    """List some stages beside each other, so that AWS and this process wait less for each other."""
    known = {stage.name: survey.read_stage(stage.name) for stage in stages}
    steps = {name: made for name, (_, made, _) in known.items()}
    expected = sum(max(stage.expected, steps[stage.name]) for stage in stages)
    with progress.bar(label, expected) as step, ThreadPoolExecutor(_WORKERS) as pool:
        step(sum(steps.values()))
        running: dict[Future[Page | None], tuple[str, Iterator[Page]]] = {}

        def go_on(name: str, pages: Iterator[Page]) -> None:
            running[pool.submit(next, pages, None)] = name, pages

        for stage in stages:
            token, _, is_done = known[stage.name]
            if not is_done:
                go_on(stage.name, stage.pages(token))
        try:
            while running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name, pages = running.pop(future)
                    if (page := future.result()) is None:
                        continue
                    go_on(name, pages)
                    add, following, number = page
                    steps[name] += number
                    with survey.page(name, following, steps[name]):
                        add()
                    step(number)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _stages(stack: Stack, survey: Survey) -> Iterator[Stage]:
    """Faces, then all else, which may be listed in any order."""
    photos = sum(photo_set.pic_count or 0 for photo_set in stack.photos.list_sets())
    yield Stage("faces", stack.faces.count_faces(), partial(_faces, stack, survey))
    yield Stage("rows", photos, partial(_rows, stack, survey))
    yield Stage("private rows", 0, partial(_private_rows, stack, survey))
    yield Stage("originals", photos, partial(_originals, stack, survey))
    for kind in (THUMBNAIL, LARGE, CARD):
        yield Stage(f"copies/{kind}", photos, partial(_copies, stack, survey, kind, kind))
    yield Stage("copies/films", 0, partial(_copies, stack, survey, FILM, FILM))
    for rule in DOWNLOAD_RULES:
        expected = photos if rule == stack.download_rule else 0
        pages = partial(_copies, stack, survey, f"{DOWNLOADS_PREFIX}{rule}/", rule)
        yield Stage(f"downloads/{rule}", expected, pages)
    yield Stage("records", photos, partial(_records, stack, survey))


def _faces(stack: Stack, survey: Survey, token: str | None) -> Iterator[Page]:
    # Reference faces belong to no photo.
    references = set(stack.forgotten.list_references())
    try:
        for faces, following in stack.faces.list_pages(token):
            found = [
                (face["FaceId"], face.get("ExternalImageId", "")) for face in faces if face["FaceId"] not in references
            ]
            yield partial(survey.add_faces, found), following, len(faces)
    except ClientError as error:
        if not token or code_of(error) != "InvalidPaginationTokenException":
            raise
        yield from _faces(stack, survey, None)


def _originals(stack: Stack, survey: Survey, token: str | None) -> Iterator[Page]:
    for photos, following in list_stored_pages(stack.s3, stack.outputs.pics_bucket, after=token or ""):
        found = [(one.path, one.etag) for one in photos]
        yield partial(survey.add_originals, found), following, len(found)


def _copies(stack: Stack, survey: Survey, prefix: str, kind: str, token: str | None) -> Iterator[Page]:
    for photos, following in list_stored_pages(stack.s3, stack.outputs.thumbnails_bucket, prefix, token or ""):
        paths = [one.path for one in photos]
        yield partial(survey.add_copies, kind, paths), following, len(paths)


def _rows(stack: Stack, survey: Survey, token: str | None) -> Iterator[Page]:
    return _rows_in(stack.outputs.pics_table, stack, survey, token)


def _private_rows(stack: Stack, survey: Survey, token: str | None) -> Iterator[Page]:
    return _rows_in(stack.outputs.private_pics_table, stack, survey, token)


def _rows_in(table: str, stack: Stack, survey: Survey, token: str | None) -> Iterator[Page]:
    for items, following in _scan(stack, table, token):
        yield partial(_add_rows, stack, survey, items, table), following, len(items)


def showing_of(stack: Stack) -> Showing:
    """Who may see what now."""
    access = stack.photos.tables.access()
    return Showing(access, stack.access.limited_sets() if access.has_private else ())


def _add_rows(stack: Stack, survey: Survey, items: list[Item], table: str) -> None:
    showing = None
    for item in items:
        is_set = item["primarykey"] == SETS_PARTITION
        set_name = item["sortkey"] if is_set else item["primarykey"]
        is_misplaced = table not in stack.photos.tables.holding(set_name)
        if is_misplaced:
            place = PUBLIC if table == stack.outputs.pics_table else PRIVATE
            survey.add_misplaced(set_name if is_set else f"{set_name}/{item['sortkey']}", place)
        if is_set:
            survey.add_set(PhotoSet.from_item(item), is_misplaced=is_misplaced)
        else:
            photo = Photo.from_item(item)
            if photo.is_shown_from_elsewhere:
                row = path_of(photo)
                showing = showing or showing_of(stack)
                why_not = showing.why_not(row.original.set_name, row.set_name)
                survey.add_shown(row, photo.counted_faces, may_be=why_not is None)
                continue
            survey.add_row(path_of(photo), PhotoRow.of(photo), is_misplaced=is_misplaced)


def _records(stack: Stack, survey: Survey, token: str | None) -> Iterator[Page]:
    table = stack.outputs.pics_by_image_id_table
    names = "image_id, image_path, other_paths, person"
    for items, following in _scan(stack, table, token, ProjectionExpression=names):
        # Only those of the galleries are needed whole.
        keys = [{"image_id": item["image_id"]} for item in items if "person" in item]
        found = [item for item in items if "person" not in item] + list(batch_get(stack.dynamodb, table, keys))
        yield partial(_add_records, survey, found), following, len(items)


def _add_records(survey: Survey, items: list[Item]) -> None:
    for item in items:
        survey.add_record(ImageRecord.from_item(item))


def _scan(stack: Stack, table: str, token: str | None, **options: Any) -> Iterator[tuple[list[Item], str | None]]:
    """The pages of a table; a token is the key that one ended with."""
    start: dict[str, Any] = {"ExclusiveStartKey": json.loads(token)} if token else {}
    while True:
        page = stack.dynamodb.scan(TableName=table, **options, **start)
        last = page.get("LastEvaluatedKey")
        yield list(page["Items"]), json.dumps(last) if last else None
        if not last:
            return
        start = {"ExclusiveStartKey": last}
