"""A photo's own page, ``/sets/<set>/photos/<file>/``: for links to one photo, and for visitors without JavaScript.

`kinpics publish` renders ``site/templates/photo.html`` once, into a skeleton that it fills in for each photo and stores
in the site bucket. There the process function finds it and fills it in for photos that are added later, so both make
the same page.
"""

from collections.abc import Iterable

from functions.addresses import CARD_FOLDER, DOWNLOAD_FOLDER, FILM_FOLDER, LARGE_FOLDER, THUMBNAIL_FOLDER, address
from functions.dates import date_in
from functions.exposure_words import camera_words, exposure_words, lens_words
from functions.keys import ImagePath
from functions.photo_rows import Photo
from functions.photo_texts import shorten
from functions.skeleton import Value, fill
from functions.thumbnail_sizes import CARD_HEIGHT, CARD_WIDTH, LARGE_SIDE, fitted

# No dot in its last part, so that the router (template.yaml) takes it for a folder and visitors never get it.
SKELETON_KEY = "skeletons/photo"
# Beside it: what `kinpics publish` remembers of the last time (scripts/deployment/publish_record.py).
RECORD_KEY = "skeletons/published"
CONTENT_TYPE = "text/html; charset=utf-8"
# As long as a rendition (functions/process/objects.py): photos change and go without `kinpics publish`.
CACHE_CONTROL = "public, max-age=0, s-maxage=3600, must-revalidate"


def page_key(path: ImagePath) -> str:
    """Key of a photo's page in the site bucket."""
    return f"sets/{path.set_name}/photos/{path.file}/index.html"


def page_url(path: ImagePath) -> str:
    """Its address on the site."""
    return f"/sets/{address(path.set_name)}/photos/{address(path.file)}/"


def read_page_key(key: str) -> ImagePath | None:
    """The photo whose page has this key in the site bucket; None for other files there."""
    match key.split("/"):
        case ["sets", set_name, "photos", file, "index.html"]:
            return ImagePath(set_name, file)
    return None


def render_photo_page(
    skeleton: str,
    photo: Photo,
    set_title: str,
    *,
    before: Photo | None = None,
    after: Photo | None = None,
    people: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The page of a photo: with links to those before and after it in its set, and to the pages of people who are on
    it, each by name and address (empty for somebody without a page), where these are known."""
    values = _values(photo, set_title)
    values |= {name: _url_of(other) for name, other in (("before", before), ("after", after))}
    named = [{"person_name": name, "person_url": url, "pageless_name": "" if url else name} for name, url in people]
    return fill(skeleton, {**values, "people": "yes" if named else None, "person": named}).encode()


def _values(photo: Photo, set_title: str) -> dict[str, Value]:
    """Every value that a skeleton can ask for."""
    path = ImagePath(photo.primarykey, photo.sortkey)
    name = photo.title or photo.sortkey
    caption_line = shorten(photo.caption)
    film = FILM_FOLDER + address(*path) if _is_whole_film(photo) else None
    width, height = _large_size(photo)
    exif = photo.exif or {}
    taken_with = {"camera": camera_words(exif), "lens": lens_words(exif), "exposure": exposure_words(exif)}
    facts: dict[str, str | None] = {**_date(photo.taken_at), **taken_with}
    return {
        "name": name,
        "title": photo.title,
        "untitled": None if photo.title else name,
        "shared_title": photo.title or set_title,
        "file": photo.sortkey,
        "caption": photo.caption,
        "description": caption_line or set_title,
        "alt": photo.title or caption_line or photo.sortkey,
        "set_title": set_title,
        "set_url": f"/sets/{address(path.set_name)}/",
        "page_url": page_url(path),
        "pic": address(path.file),
        "large": LARGE_FOLDER + address(*path),
        "film": film,
        "still": None if film else "yes",
        "thumbnail": THUMBNAIL_FOLDER + address(*path),
        "download": DOWNLOAD_FOLDER + address(*path),
        "width": width,
        "height": height,
        # Photos of earlier releases have no card.
        "shared": (CARD_FOLDER if photo.card_at else LARGE_FOLDER) + address(*path),
        "shared_width": str(CARD_WIDTH) if photo.card_at else width,
        "shared_height": str(CARD_HEIGHT) if photo.card_at else height,
        "facts": next(filter(None, facts.values()), None),
        **facts,
    }


def _is_whole_film(photo: Photo) -> bool:
    """Whether a film stands in the photo's place; one that is behind a photo doesn't."""
    return photo.film is not None and not photo.film.get("unplayable") and not photo.film.get("motion")


def _url_of(photo: Photo | None) -> str | None:
    return page_url(ImagePath(photo.primarykey, photo.sortkey)) if photo else None


def _large_size(photo: Photo) -> tuple[str | None, str | None]:
    """Width and height of the large rendition, in pixels; rows of other programs may not know them."""
    if not photo.width or not photo.height:
        return None, None
    width, height = fitted(photo.width, photo.height, LARGE_SIDE)
    return str(width), str(height)


def _date(taken_at: str | None) -> dict[str, str | None]:
    """When it was taken: ``month_6`` is there in June, so that the skeleton can have each month's name in its place."""
    text = date_in(taken_at)
    year, month, day = map(int, text.split("-")) if text else (0, 0, 0)
    months = {f"month_{number}": str(number) if number == month else None for number in range(1, 13)}
    return {
        "taken": taken_at if text else None,
        "year": str(year) if text else None,
        "day": str(day) if text else None,
        **months,
    }
