"""What disagrees between originals, thumbnails, rows and faces, by what mends it.

The originals in S3 are the truth; everything else is made from them and can be made again.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from functions.access.audiences import PUBLIC
from functions.galleries import Gallery
from functions.keys import CARDS_PREFIX, FILMS_PREFIX, NONE, ImagePath, decode_external_image_id
from functions.thumbnail_sizes import LARGE_SIDE
from scripts.common.words import count
from scripts.gallery.gallery_survey import GalleryDrift
from scripts.health.survey import Survey

# The kinds of copies besides the rules of download copies: prefixes in the thumbnails bucket.
THUMBNAIL, LARGE, CARD, FILM = "", f"{LARGE_SIDE}/", CARDS_PREFIX, FILMS_PREFIX

# Every photo that has anything, in the order of keys.
_PHOTOS = """
SELECT paths.path, originals.etag, photo_rows.path IS NOT NULL, photo_rows.etag, faults, has_card, has_sha256,
    plays, still, EXISTS (SELECT 1 FROM photo_rows AS one WHERE one.path = photo_rows.still AND one.film = paths.path),
    film, EXISTS (SELECT 1 FROM photo_rows AS one WHERE one.path = photo_rows.film AND one.still = paths.path),
    (SELECT json_group_array(kind) FROM copies WHERE copies.path = paths.path),
    EXISTS (SELECT 1 FROM lacking_faces WHERE lacking_faces.path = paths.path),
    image_id IS NULL OR EXISTS (SELECT 1 FROM portraits WHERE portraits.image_id = photo_rows.image_id)
        OR EXISTS (SELECT 1 FROM records WHERE records.image_id = photo_rows.image_id AND records.path = paths.path)
FROM (SELECT path FROM originals UNION SELECT path FROM photo_rows UNION SELECT path FROM copies) AS paths
LEFT JOIN originals USING (path) LEFT JOIN photo_rows USING (path) ORDER BY paths.path
"""
_LACKING_FACES = """
CREATE TEMP TABLE lacking_faces AS SELECT DISTINCT path FROM row_faces LEFT JOIN faces USING (face_id)
WHERE faces.face_id IS NULL
"""
_RECORDS = """
SELECT records.image_id, records.path FROM records LEFT JOIN photo_rows USING (path)
WHERE records.path != '' AND (photo_rows.path IS NULL OR photo_rows.image_id IS NOT records.image_id)
"""
_FACES = """
SELECT face_id, external_image_id FROM faces
WHERE NOT EXISTS (SELECT 1 FROM row_faces WHERE row_faces.face_id = faces.face_id)
"""
# A set of another program is shown by its rows; once counted, by the grid's index, which lacks incomplete rows.
_SETS = """
SELECT name, coalesce(held.photos, 0), coalesce(held.faces, 0)
FROM (
    SELECT name FROM set_rows UNION SELECT set_name FROM photo_rows UNION SELECT set_name FROM shown_rows
) LEFT JOIN set_rows USING (name) LEFT JOIN (
    SELECT set_name, count(*) AS photos, sum(faces) AS faces, max(instr(faults, '"grid_key"')) AS bare
    FROM (
        SELECT set_name, faces, faults FROM photo_rows WHERE still IS NULL
        UNION ALL SELECT set_name, faces, '[]' FROM shown_rows
    )
    GROUP BY set_name
) AS held ON held.set_name = name
WHERE NOT (coalesce(is_uncounted, 0) AND coalesce(bare, 0)) AND (
    coalesce(set_rows.photos, 0) != coalesce(held.photos, 0) OR coalesce(set_rows.faces, 0) != coalesce(held.faces, 0)
    OR NOT coalesce(is_sound, 1)
)
"""

# Rows that show photos of other sets, which are gone, or which not all may see who see these rows.
_SHOWN = """
SELECT shown_rows.path, may_be AND photo_rows.path IS NULL
FROM shown_rows LEFT JOIN photo_rows ON photo_rows.path = original
WHERE photo_rows.path IS NULL OR NOT may_be
"""

# Rows that no page shows, though the owner let everybody see the set.
_HIDDEN = (
    "its row lies in the table of private sets, though everybody may see {set}: if that is right, run "
    "`kinpics audience {set} members`, then `kinpics audience {set} public`"
)

_GONE = "it shows a photo of another set that is gone"
_NOT_FOR_ALL = "it shows a photo of another set that not all who see it may see"


@dataclass(frozen=True)
class SetCount:
    """What a set should count."""

    photos: int
    faces: int


@dataclass
class Drift:
    """What disagrees, by what mends it."""

    # The process function has to check these photos, or make everything again from their originals.
    check: dict[ImagePath, str] = field(default_factory=dict)
    redo: dict[ImagePath, str] = field(default_factory=dict)
    # The photos to check whose faces are known: repairing them costs nothing.
    free: set[ImagePath] = field(default_factory=set)
    # Rows of photos (`<set>/<file>`) and of sets that lie in `pics`, though not everybody may see the set.
    misplaced: set[str] = field(default_factory=set)
    # Rows that show another set's photo (`<set>/<set>/<file>`) and must not, with the reason.
    shown: dict[str, str] = field(default_factory=dict)
    # Records and faces that no row knows: image id to image paths, face id to external image id.
    records: dict[str, set[str]] = field(default_factory=dict)
    faces: dict[str, str] = field(default_factory=dict)
    # Sets whose row has wrong counts.
    sets: dict[str, SetCount] = field(default_factory=dict)
    # What other programs wrote and nothing here can complete, with the reason: it stays, and is reported.
    unfinished: dict[str, str] = field(default_factory=dict)
    # Of the lookalike galleries, each.
    galleries: dict[Gallery, GalleryDrift] = field(default_factory=dict)

    def __len__(self) -> int:
        """How much there is to mend."""
        parts = (self.check, self.redo, self.shown, self.records, self.faces, self.sets)
        portraits = sum(len(drift) for drift in self.galleries.values())
        return len(self.misplaced) + sum(len(part) for part in parts) + portraits

    @property
    def paid_calls(self) -> int:
        """The most IndexFaces calls that mending makes."""
        portraits = sum(len(drift.redo) for drift in self.galleries.values())
        return len(self.check) - len(self.free) + len(self.redo) + portraits

    def lines(self) -> Iterator[str]:
        """Each disagreement in words."""
        for photo, reason in sorted((self.check | self.redo).items()):
            yield f"{photo}: {reason}"
        for row in sorted(self.misplaced):
            yield f"{row}: its row lies in the table that everybody can read"
        for shown, reason in sorted(self.shown.items()):
            yield f"{shown}: {reason}"
        for image_id, paths in sorted(self.records.items()):
            for path in sorted(paths):
                yield f"record {image_id} leads to {path}, whose row does not know it"
        for face_id, external_image_id in sorted(self.faces.items()):
            name = decode_external_image_id(external_image_id) or "no photo"
            yield f"face {face_id} is in the collection for {name}, but in no row"
        for what, reason in sorted(self.unfinished.items()):
            yield f"{what}: {reason}"
        for name, has in sorted(self.sets.items()):
            holds = f"{count(has.photos, 'photo')} and {count(has.faces, 'face')}"
            yield f"set {name} has wrong counts: it holds {holds}"
        for drift in self.galleries.values():
            yield from drift.lines()


def find_drift(survey: Survey) -> Drift:
    """What disagrees, the galleries aside."""
    result = find_photo_drift(survey)
    for image_id, path in survey.db.execute(_RECORDS):
        result.records.setdefault(image_id, set()).add(path)
    for (image_id,) in survey.db.execute("SELECT image_id FROM records WHERE path = ''"):
        result.unfinished[f"record {image_id}"] = "it was written by another program, and its image_path can't be read"
    for name, place in survey.db.execute("SELECT name, place FROM misplaced"):
        if place == PUBLIC:
            result.misplaced.add(name)
        else:
            # Whoever lost track of who may see what must not show it to everybody.
            result.unfinished[name] = _HIDDEN.format(set=name.partition("/")[0])
    result.faces = dict(survey.db.execute(_FACES))
    result.sets = {name: SetCount(photos, faces) for name, photos, faces in survey.db.execute(_SETS)}
    return result


def find_photo_drift(survey: Survey) -> Drift:
    """What disagrees about photos that are listed, whatever else there is."""
    result = Drift()
    survey.db.execute("DROP TABLE IF EXISTS lacking_faces")
    survey.db.execute(_LACKING_FACES)
    for path, is_gone in survey.db.execute(_SHOWN):
        result.shown[path] = _GONE if is_gone else _NOT_FOR_ALL
    wanted = {survey.rule} - {NONE}
    for name, etag, has_row, row_etag, faults, *has, kinds, lacks_face, has_record in survey.db.execute(_PHOTOS):
        *has, still, has_photo, film, has_film = has
        has_card, has_sha256, plays = map(bool, has)
        path = ImagePath(*name.split("/", 1))
        copies = set(json.loads(kinds))
        missing = json.loads(faults or "[]")
        if etag is None:
            if has_row and row_etag is None:
                reason = "its row was written by another program, and its original is missing: upload it"
                result.unfinished[name] = reason
            else:
                result.check[path] = "its original is gone"
        elif not has_row:
            result.check[path] = "it has no row"
        elif row_etag is None:
            result.check[path] = f"its row was written by another program and lacks {_listed(missing)}"
        elif row_etag != etag:
            result.check[path] = "its row is for another version"
        elif still:
            if not has_photo:
                result.check[path] = f"it isn't the film of {still} any more"
            elif copies:
                result.check[path] = "it has pictures of its own, though it is a photo's film"
                result.free.add(path)
        elif missing:
            result.redo[path] = f"its row lacks {_listed(missing)}"
        elif not {THUMBNAIL, LARGE} <= copies:
            result.check[path] = "a thumbnail is missing"
        elif lacks_face:
            result.redo[path] = "a face is missing from the collection"
        elif not has_record:
            result.redo[path] = "its record by image id is missing"
        elif film and not has_film:
            part = ImagePath(*film.split("/", 1))
            result.check[part] = f"its row doesn't say that it is the film of {name}"
            result.free.add(part)
        # Last, because only these are mended without indexing faces again.
        elif reason := _missing_copy(copies, wanted, has_card=has_card, plays=plays):
            result.check[path] = reason
            result.free.add(path)
        elif not has_sha256:
            result.check[path] = "its row lacks sha256, which names of people hang on"
            result.free.add(path)
    return result


def _missing_copy(copies: set[str], wanted: set[str], *, has_card: bool, plays: bool) -> str:
    """Which of the copies beside the thumbnails is missing, in words; empty if none is."""
    if CARD not in copies or not has_card:
        return "the card for links to it is missing"
    if plays and FILM not in copies:
        return "what plays of the film is missing"
    if copies - {THUMBNAIL, LARGE, CARD, FILM} != wanted:
        return "the copy that visitors download is missing, or follows an old setting"
    return ""


def _listed(faults: Iterable[str]) -> str:
    return ", ".join(sorted(faults))
