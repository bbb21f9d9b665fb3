"""Where pages find the renditions of a photo, and how large these are."""

from functions.addresses import LARGE_FOLDER, THUMBNAIL_FOLDER, THUMBNAILS_FOLDER, address
from functions.shapes import Photo
from functions.thumbnail_sizes import LARGE_SIDE, THUMBNAIL_SIDE


def thumbnail_url(set_name: str, file: str) -> str:
    """Address of a photo's thumbnail."""
    return THUMBNAIL_FOLDER + address(set_name, file)


def large_url(set_name: str, file: str) -> str:
    """Address of its large rendition."""
    return LARGE_FOLDER + address(set_name, file)


def portrait_url(person: str, file: str) -> str:
    """Address of the thumbnail of a portrait of the gallery."""
    return f"{THUMBNAILS_FOLDER}celebrities/{address(person, file)}"


def large_size(photo: Photo) -> tuple[int, int]:
    """Width and height of its large rendition, in pixels, for a photo that knows its own."""
    return _within(photo, LARGE_SIDE)


def tile_sources(photo: Photo) -> str:
    """``srcset`` of a picture for which a thumbnail may be too small."""
    path = (photo.primarykey, photo.sortkey)
    small, large = _within(photo, THUMBNAIL_SIDE)[0], large_size(photo)[0]
    return f"{_in_srcset(thumbnail_url(*path))} {small}w, {_in_srcset(large_url(*path))} {large}w"


def _within(photo: Photo, side: int) -> tuple[int, int]:
    width, height = photo.width or 1, photo.height or 1
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _in_srcset(url: str) -> str:
    """A URL there can't end with a comma: https://html.spec.whatwg.org/multipage/images.html#srcset-attribute."""
    return f"{url[:-1]}%2C" if url.endswith(",") else url
