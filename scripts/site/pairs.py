"""A phone's photo with its film beside it, of the same name (IMG_1.HEIC and IMG_1.MOV), is one tile.
site/js/photos/pairs.js does the same; tests/data/pairs.json checks that they agree."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from functions.photo_rows import Photo, grid_key

# Phones film three seconds; what is longer is a film of its own.
_MAX_SECONDS = 6
_FILM, _STILLS = ".mov", (".heic", ".heif", ".jpg", ".jpeg")


def paired(photos: Sequence[Photo]) -> list[Photo]:
    """A set's photos without the films that belong to one of them, which is as long as its film."""
    stills = {_stem(photo) for photo in photos if _is_still(photo)}
    films = {_stem(photo): photo for photo in photos if _is_short_film(photo) and _stem(photo) in stills}
    taken = {(photo.primarykey, photo.sortkey) for photo in films.values()}
    left = [photo for photo in photos if (photo.primarykey, photo.sortkey) not in taken]
    return [_with(photo, films.get(_stem(photo))) if _is_still(photo) else photo for photo in left]


def _with(photo: Photo, film: Photo | None) -> Photo:
    if film is None:
        return photo
    return replace(photo, grid_key=grid_key(photo.taken_at, photo.sortkey, film.film_seconds))


def _stem(photo: Photo) -> str:
    # Other sets' photos, which a set may show too, have names of their own.
    return f"{photo.primarykey}/{PurePath(photo.sortkey).stem.lower()}"


def _is_still(photo: Photo) -> bool:
    return not photo.film_seconds and photo.sortkey.lower().endswith(_STILLS)


def _is_short_film(photo: Photo) -> bool:
    return 0 < (photo.film_seconds or 0) <= _MAX_SECONDS and photo.sortkey.lower().endswith(_FILM)
