"""Live Photos: a photo with a short film beside it, of the same name, as iPhones write them (IMG_1.HEIC, IMG_1.MOV).

Both are one item: the photo's row has all that is shown, and the film's row only says whose it is, so it is neither
shown nor counted. A name alone doesn't make a pair, since cameras give the same names again: `belong_together` decides.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from functions.keys import ImagePath
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo

# Apple's photos first: a JPEG beside a HEIC of the same name was made from it.
_STILLS = (".heic", ".heif", ".jpg", ".jpeg")
_FILMS = (".mov", ".mp4")
# Phones film a second and a half before the photo and after it.
MAX_SECONDS = 4.5
_MAX_APART = timedelta(seconds=5)
# No place is further from UTC, and all differ by so many minutes.
_MAX_OFFSET, _OFFSET_STEP = timedelta(hours=14), timedelta(minutes=15)


def belong_together(
    photo_id: str | None, photo_taken: str | None, film_id: str | None, film_taken: str | None, seconds: float | None
) -> bool:
    """Whether a photo and a film of the same name were taken as one.

    Where both have Apple's content identifier, that alone says it. Else the film is short, and both were taken at the
    same time.
    """
    if photo_id and film_id:
        return photo_id == film_id
    if seconds is None or seconds > MAX_SECONDS or not photo_taken or not film_taken:
        return False
    return _is_same_time(photo_taken, film_taken)


def films_beside(photos: PhotoReader, path: ImagePath) -> list[ImagePath]:
    """The films of the same name as a photo's, as far as they have rows."""
    return _of_same_name(photos, path, _FILMS) if _kind(path.file) in _STILLS else []


def stills_beside(photos: PhotoReader, path: ImagePath) -> list[tuple[ImagePath, Photo]]:
    """The photos of the same name as a film's, that it may belong to, with their rows; the likeliest first."""
    if _kind(path.file) not in _FILMS:
        return []
    rows = photos.get_photos(_of_same_name(photos, path, _STILLS))
    return sorted(rows.items(), key=lambda item: (_STILLS.index(_kind(item[0].file)), item[0]))


def films_of(photos: PhotoReader, paths: Iterable[ImagePath]) -> dict[ImagePath, ImagePath]:
    """The film that is a part of each of these photos that has one."""
    rows = photos.get_photos(path for path in paths if _kind(path.file) in _STILLS)
    return {path: ImagePath(path.set_name, row.film_beside) for path, row in rows.items() if row.film_beside}


def with_films(photos: PhotoReader, paths: Iterable[ImagePath]) -> list[ImagePath]:
    """These photos, each with the film that is a part of it."""
    paths = list(dict.fromkeys(paths))
    films = films_of(photos, paths)
    return list(dict.fromkeys(one for path in paths for one in (path, films.get(path)) if one))


def _of_same_name(photos: PhotoReader, path: ImagePath, kinds: tuple[str, ...]) -> list[ImagePath]:
    stem = PurePosixPath(path.file).stem
    files = photos.list_files(path.set_name, f"{stem}.")
    return [
        ImagePath(path.set_name, file) for file in files if PurePosixPath(file).stem == stem and _kind(file) in kinds
    ]


def _kind(file: str) -> str:
    return PurePosixPath(file).suffix.lower()


def _is_same_time(one: str, other: str) -> bool:
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:
        return False
    if (first.tzinfo is None) == (second.tzinfo is None):
        return abs(first - second) <= _MAX_APART
    # One of them doesn't say where it was taken: they may differ by any offset from UTC that there is.
    apart = abs(first.replace(tzinfo=None) - second.replace(tzinfo=None))
    rest = apart % _OFFSET_STEP
    return apart <= _MAX_OFFSET + _MAX_APART and min(rest, _OFFSET_STEP - rest) <= _MAX_APART
