"""The covers of the site and its sets, and which part of each photo to show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.access.audiences import Access
from functions.crops import Area, focus
from functions.keys import ImagePath, parse_image_path
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo
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


@dataclass(frozen=True)
class Covers:
    """The cover of the site, those of sets, by name, and the photos that could be the site's.

    Sets whose photo has no size have no cover. A candidate of None says that a set has no good photo.
    """

    of_site: Cover | None = None
    of_sets: Mapping[str, Cover] = field(default_factory=dict)
    candidates: Mapping[str, Cover | None] = field(default_factory=dict)


def find_covers(
    reader: PhotoReader, newest_first: Sequence[ShownSet], chosen: str = "", known: Covers | None = None
) -> Covers:
    """The covers of a site: on the front page the owner's choice ``chosen``, as SET/FILE, or the newest sets' best.

    ``known`` has those of sets that haven't changed.
    """
    known = known or Covers()
    candidates = dict(known.candidates)
    of_site = _chosen(reader, newest_first, chosen)
    for shown in newest_first[:_NEWEST_SETS]:
        if of_site:
            break
        if shown.name not in candidates:
            best = _best(reader, shown)
            candidates[shown.name] = _cover(best, _OF_SITE) if best else None
        of_site = candidates[shown.name]
    of_site = of_site or _featured(reader, newest_first)
    rest = [shown for shown in newest_first if shown.name not in known.of_sets]
    return Covers(of_site, {**known.of_sets, **_covers_of_sets(reader, rest)}, candidates)


def _chosen(reader: PhotoReader, sets: Iterable[ShownSet], chosen: str) -> Cover | None:
    """The owner's choice, if it is on the site and has a size."""
    path = parse_image_path(chosen) if chosen else None
    shown = next((one for one in sets if path and one.name == path.set_name), None)
    photo = reader.get_photo(path) if path and shown else None
    if shown and photo and photo.width and photo.height and (photo.grid_key or shown.row.is_uncounted):
        return _cover(photo, _OF_SITE)
    return None


def describe_missing_cover(reader: PhotoReader, chosen: str, access: Access) -> str:
    """Say why the photo chosen for the front page, as SET/FILE, isn't on it; empty if it is, or if none is chosen."""
    if not chosen:
        return ""
    instead = "so the front page shows the best recent one"
    path = parse_image_path(chosen)
    if not reader.get_photo(path):
        return f"theme.cover: there is no photo {chosen} on the site, {instead}"
    if not access.is_everywhere(path.set_name):
        return f"theme.cover: not everybody who may see the site may see {path.set_name}, {instead}"
    return ""


def _covers_of_sets(reader: PhotoReader, sets: Sequence[ShownSet]) -> dict[str, Cover]:
    paths = {shown.name: path_of(shown.cover) for shown in sets if shown.cover}
    photos = reader.get_photos(set(paths.values()))
    found = ((name, photos.get(path)) for name, path in paths.items())
    return {name: _cover(photo, _OF_SETS) for name, photo in found if photo and photo.width and photo.height}


def _best(reader: PhotoReader, shown: ShownSet) -> Photo | None:
    """The photo of a set that suits the front page best, if one does."""
    paths = [path_of(photo) for photo in shown.photos if _may_be_cover(photo)][:_MAX_CANDIDATES]
    rated = [(_rating(photo), photo.sortkey, photo) for photo in reader.get_photos(paths).values()]
    if rated and (best := max(rated, key=lambda entry: entry[:2]))[0] > 0:
        return best[2]
    return None


def _featured(reader: PhotoReader, newest_first: Sequence[ShownSet]) -> Cover | None:
    """The first cover of a set that has a size."""
    covers = (shown.cover for shown in newest_first)
    path = next((path_of(cover) for cover in covers if cover and cover.width and cover.height), None)
    photo = reader.get_photo(path) if path else None
    return _cover(photo, _OF_SITE) if photo else None


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
