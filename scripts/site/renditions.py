"""Where pages find the renditions of a photo, and how large these are."""

import math

from functions.addresses import LARGE_FOLDER, THUMBNAIL_FOLDER, THUMBNAILS_FOLDER, address
from functions.keys import ImagePath
from functions.people.public_files import portrait_key
from functions.photo_rows import Photo
from functions.thumbnail_sizes import LARGE_SIDE, fitted, thumbnail_size


def thumbnail_url(set_name: str, file: str) -> str:
    """Address of a photo's thumbnail; a set's cover may be another set's photo, whose path is its ``file``."""
    return THUMBNAIL_FOLDER + address(*ImagePath(set_name, file).original)


def large_url(set_name: str, file: str) -> str:
    """Address of its large rendition."""
    return LARGE_FOLDER + address(set_name, file)


def head_url(name: str) -> str:
    """Address of a person's portrait, by its name."""
    return f"/{portrait_key(name)}"


def portrait_url(key: str) -> str:
    """Address of the thumbnail of a portrait of a gallery, by its key."""
    return THUMBNAILS_FOLDER + address(*key.split("/"))


def large_size(photo: Photo) -> tuple[int, int]:
    """Width and height of its large rendition, in pixels, for a photo that knows its own."""
    return fitted(photo.width or 1, photo.height or 1, LARGE_SIDE)


def tile_sources(photo: Photo) -> str:
    """``srcset`` of a picture for which a thumbnail may be too small."""
    path = (photo.primarykey, photo.sortkey)
    thumbnail, _ = thumbnail_size(photo.width or 1, photo.height or 1)
    large, _ = large_size(photo)
    return f"{_in_srcset(thumbnail_url(*path))} {thumbnail}w, {_in_srcset(large_url(*path))} {large}w"


def film_length(seconds: float) -> str:
    """How long a film is, as site/js/viewer/film-words.js writes it: "0:07", "12:30", "1:02:03"."""
    whole = max(0, math.floor(seconds + 0.5))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _in_srcset(url: str) -> str:
    """A URL there can't end with a comma: https://html.spec.whatwg.org/multipage/images.html#srcset-attribute."""
    return f"{url[:-1]}%2C" if url.endswith(",") else url
