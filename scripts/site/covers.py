"""The covers of the site and its sets, and which part of each photo to show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from functions.crops import Area, focus
from functions.face_collection import FaceCollection
from functions.keys import ImagePath, decode_external_image_id, parse_image_path
from functions.photo_reader import PhotoReader
from functions.shapes import Photo
from scripts.site.shown import ShownSet, path_of

# The site's cover is a photo from the newest sets, of a shape that fits every look, large enough for a wide screen.
_NEWEST_SETS = 12
_MAX_CANDIDATES = 100
_SHAPES = (0.95, 2.1)
_MIN_WIDTH = 1000
_MAX_FACES = 4
# What share of the photo's height its largest face should take: between these, ideally in the middle.
_FACE_HEIGHTS = (0.1, 0.25, 0.5)
# A ring smaller than this can't be hit with a finger.
_MIN_RING = 0.06
# The narrowest and the widest space that the site's cover is shown in, and a set's.
_OF_SITE, _OF_SETS = (1.0, 2.3), (4 / 3, 3 / 2)


@dataclass(frozen=True)
class Cover:
    """A photo, what to keep in view of it (``object-position``, in percent), and the face that stands out."""

    photo: Photo
    x: float
    y: float
    face_id: str | None = None
    face: Area | None = None

    @property
    def path(self) -> ImagePath:
        return path_of(self.photo)


def cover_of_site(reader: PhotoReader, newest_first: Sequence[ShownSet], chosen: str = "") -> Cover | None:
    """The photo on the front page: the owner's choice ``chosen``, as SET/FILE, or else the best of the newest sets.

    None if there is no photo.
    """
    paths = (path for shown in newest_first for photo in shown.photos if str(path := path_of(photo)) == chosen)
    wanted = next(paths, None)
    photo = reader.get_photo(wanted) if wanted else None
    found = photo or _best(reader, newest_first[:_NEWEST_SETS]) or _featured(reader, newest_first)
    return _cover(found, _OF_SITE) if found and found.width and found.height else None


def describe_missing_cover(reader: PhotoReader, chosen: str) -> str:
    """Say that the photo chosen for the front page, as SET/FILE, is not on the site; empty if it is, or if none is."""
    if not chosen or reader.get_photo(parse_image_path(chosen)):
        return ""
    return f"theme.cover: there is no photo {chosen} on the site, so the front page shows the best recent one"


def covers_of_sets(reader: PhotoReader, sets: Sequence[ShownSet]) -> dict[str, Cover]:
    """The cover of each set, by the set's name; sets whose photo has no size are left out."""
    paths = [path_of(shown.cover) for shown in sets if shown.cover]
    photos = reader.get_photos(paths, consistent=False)
    return {path.set_name: _cover(photo, _OF_SETS) for path, photo in photos.items() if photo.width and photo.height}


def portraits_of_gallery(gallery: FaceCollection, count: int = 2) -> list[ImagePath]:
    """Person and file of one portrait for each of the first people in the gallery, at most ``count``."""
    found: dict[str, ImagePath] = {}
    for face in gallery.list_faces():
        path = decode_external_image_id(face.get("ExternalImageId", ""))
        if path:
            found.setdefault(path.set_name, path)
        if len(found) == count:
            break
    return list(found.values())


def _best(reader: PhotoReader, sets: Sequence[ShownSet]) -> Photo | None:
    for shown in sets:
        paths = [path_of(photo) for photo in shown.photos if _may_be_cover(photo)][:_MAX_CANDIDATES]
        rated = [
            (_rating(photo), photo.sortkey, photo) for photo in reader.get_photos(paths, consistent=False).values()
        ]
        if rated and (best := max(rated, key=lambda entry: entry[:2]))[0] > 0:
            return best[2]
    return None


def _featured(reader: PhotoReader, newest_first: Sequence[ShownSet]) -> Photo | None:
    covers = (shown.cover for shown in newest_first)
    return next((reader.get_photo(path_of(cover)) for cover in covers if cover and cover.width and cover.height), None)


def _may_be_cover(photo: Photo) -> bool:
    width, height = photo.width or 0, photo.height or 0
    has_shape = width >= _MIN_WIDTH and _SHAPES[0] <= width / max(height, 1) <= _SHAPES[1]
    return has_shape and 0 < (photo.face_count or 0) <= _MAX_FACES


def _rating(photo: Photo) -> float:
    """How good a cover a photo is: its largest face is neither small nor near the edge, and it is sharp."""
    boxes = [area for _, area, _ in _faces(photo)]
    if not boxes:
        return 0
    low, best, high = _FACE_HEIGHTS
    largest = max(boxes, key=lambda box: box.height)
    if not low <= largest.height <= high:
        return 0
    size = 1 - abs(largest.height - best) / (high - low)
    middle = largest.left + largest.width / 2
    room = min(largest.left, 1 - largest.left - largest.width, largest.top)
    if room < 0.02:
        return 0
    shape = 1 - abs((photo.width or 1) / (photo.height or 1) - 1.5) / 2
    sharpness = max((sharp for _, box, sharp in _faces(photo) if box == largest), default=0.5)
    return size + 0.5 * shape + 0.3 * (1 - abs(middle - 0.55)) + 0.5 * sharpness


def _cover(photo: Photo, rooms: tuple[float, float]) -> Cover:
    width, height = photo.width or 1, photo.height or 1
    faces = list(_faces(photo))
    boxes = [area for _, area, _ in faces]
    # A narrow space decides what to show across, a wide one what to show up and down.
    x, y = focus(boxes, width, height, rooms[0]).x, focus(boxes, width, height, rooms[1]).y
    standing_out = max(faces, key=lambda face: face[1].width * face[1].height, default=None)
    if standing_out is None or standing_out[1].height < _MIN_RING:
        return Cover(photo, x, y)
    return Cover(photo, x, y, standing_out[0], standing_out[1])


def _faces(photo: Photo) -> Iterator[tuple[str, Area, float]]:
    """Id, area and sharpness (0 to 1) of each face that has a box in the photo."""
    for record in photo.face_records:
        box = record["Face"].get("BoundingBox")
        if box:
            area = Area(box["Left"], box["Top"], box["Width"], box["Height"])
            yield record["Face"]["FaceId"], area, _sharpness(record)


def _sharpness(record: dict[str, Any]) -> float:
    detail = record.get("FaceDetail")
    quality = detail.get("Quality") if isinstance(detail, dict) else None
    sharpness = quality.get("Sharpness") if isinstance(quality, dict) else None
    return min(max(float(sharpness), 0), 100) / 100 if isinstance(sharpness, int | float) else 0.5
