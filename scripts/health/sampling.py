"""A look at part of a large site: stretches of photos, each with all that belongs to them.

A set is drawn by how many photos it has, and in it a stretch of neighbours, so that little has to be listed. What
belongs to no photo, and how many photos sets count, only a look at everything shows.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, takewhile

from functions.face_collection import is_face_id
from functions.keys import DOWNLOAD_RULES, DOWNLOADS_PREFIX, ImagePath
from functions.photo_rows import PhotoSet
from scripts.common.stack import Stack
from scripts.health.drift import CARD, FILM, LARGE, THUMBNAIL, find_photo_drift
from scripts.health.stocktaking import Found, showing_of
from scripts.health.survey import PhotoRow, Survey
from scripts.photos.originals import StoredPhoto, list_originals, list_stored_photos
from scripts.site.shown import path_of

# A site of so many photos is looked at whole: that takes a few seconds.
MAX_WHOLE = 2_000
# A sample: so many stretches of so many photos.
STRETCHES, STRETCH_PHOTOS = 12, 80
# Photos of a set that are listed at most to begin a stretch somewhere in it.
MAX_LISTED = 20_000


def count_photos(stack: Stack) -> int:
    """How many photos the rows of sets count."""
    return sum(photo_set.pic_count or 0 for photo_set in stack.photos.list_sets())


def draw_stretches(stack: Stack) -> Iterator[list[StoredPhoto]]:
    """Stretches of originals, each of one set; none twice."""
    sets = [photo_set for photo_set in stack.photos.list_sets() if photo_set.pic_count]
    drawn = set()
    for photo_set in random.choices(sets, [one.pic_count or 0 for one in sets], k=STRETCHES) if sets else []:  # noqa: S311 - a sample
        stretch = _draw(stack, photo_set)
        if stretch and stretch[0].path not in drawn:
            drawn |= {one.path for one in stretch}
            yield stretch


def _draw(stack: Stack, photo_set: PhotoSet) -> list[StoredPhoto]:
    count = min(photo_set.pic_count or 0, MAX_LISTED)
    start = random.randrange(max(1, count - STRETCH_PHOTOS + 1))  # noqa: S311 - a sample
    return list(islice(list_originals(stack, photo_set.sortkey), start, start + STRETCH_PHOTOS))


def look_at_sample(stack: Stack) -> Found:
    """List some photos and what belongs to them, and compare it."""
    survey = Survey(stack.download_rule)
    try:
        for stretch in draw_stretches(stack):
            _add_stretch(stack, survey, stretch)
        _add_shown(stack, survey)
        return Found(find_photo_drift(survey), *survey.count())
    finally:
        survey.close()


def _add_shown(stack: Stack, survey: Survey) -> None:
    """Add rows that show a photo of another set which is gone, or which not all who see them may see, of some sets."""
    sets = list(stack.photos.list_sets())
    showing = showing_of(stack)
    for photo_set in random.sample(sets, min(STRETCHES, len(sets))):
        files = islice(stack.photos.list_files(photo_set.sortkey, ""), MAX_LISTED)
        rows = (ImagePath(photo_set.sortkey, file) for file in files)
        shown = list(islice((row for row in rows if row.is_shown_from_elsewhere), STRETCH_PHOTOS))
        there = stack.photos.find_rows({row.original for row in shown})
        for row in shown:
            may_be = showing.why_not(row.original.set_name, row.set_name) is None
            if row.original not in there or not may_be:
                survey.add_shown(row, 0, may_be=may_be)


def _add_stretch(stack: Stack, survey: Survey, stretch: list[StoredPhoto]) -> None:
    """Add the photos from the first to the last of a stretch, whether they have an original or not."""
    first, last = stretch[0].path, stretch[-1].path
    downloads = [(f"{DOWNLOADS_PREFIX}{rule}/", rule) for rule in DOWNLOAD_RULES]
    for prefix, kind in (*((prefix, prefix) for prefix in (THUMBNAIL, LARGE, CARD, FILM)), *downloads):
        # Keys come in order. S3 lists from after a key, which a shorter one is not.
        after = (prefix + first.key)[:-1]
        bucket = stack.outputs.thumbnails_bucket
        stored = list_stored_photos(stack.s3, bucket, prefix, f"{first.set_name}/", after=after)
        paths = (one.path for one in takewhile(lambda one: one.path <= last, stored))
        survey.add_copies(kind, (path for path in paths if path >= first))
    stretch_rows = stack.photos.list_stretch(*first, last.file)
    rows = {path_of(photo): PhotoRow.of(photo) for photo in stretch_rows if not photo.is_shown_from_elsewhere}
    # Parts of Live Photos, whose other part is beyond the ends.
    parts = {path for path, row in rows.items() if row.still and path._replace(file=row.still) not in rows}
    for path in parts:
        del rows[path]
    survey.add_originals((one.path, one.etag) for one in stretch if one.path not in parts)
    for path, row in rows.items():
        is_whole = not row.film or path._replace(file=row.film) in rows
        survey.add_row(path, row if is_whole else replace(row, film=None))
    for record in stack.images.get_records({row.image_id for row in rows.values() if row.image_id}).values():
        survey.add_record(record)
    face_ids = {face_id for row in rows.values() for face_id in row.face_ids}
    faces = stack.faces.get_faces(sorted(filter(is_face_id, face_ids)))
    survey.add_faces((face["FaceId"], face.get("ExternalImageId", "")) for face in faces)
