"""The owner's words about a photo, which replace what its file says until the owner takes them back.

A row's ``title`` and ``caption`` are what visitors see. If the owner wrote one of them (`kinpics caption`),
``file_words`` keeps what the file says instead, so that both survive when the photo is processed again.
"""

from collections.abc import Mapping
from dataclasses import replace

from functions.shapes import Photo

TEXTS = ("title", "caption")


def keep_owner_words(photo: Photo, old: Photo | None) -> Photo:
    """A photo that was just processed, with the words that the owner gave its ``old`` row."""
    owned = [name for name in TEXTS if old and old.file_words and name in old.file_words]
    in_file = {name: getattr(photo, name) or "" for name in owned}
    return replace(photo, file_words=in_file or None, **{name: getattr(old, name) for name in owned})


def reword(photo: Photo, words: Mapping[str, str | None]) -> Photo:
    """A photo with the owner's ``words``, by attribute: a text, "" to show none, None for what the file says."""
    in_file = dict(photo.file_words or {})
    shown = {name: getattr(photo, name) for name in TEXTS}
    for name, text in words.items():
        if text is not None:
            in_file.setdefault(name, shown[name] or "")
            shown[name] = text or None
        elif name in in_file:
            shown[name] = in_file.pop(name) or None
    return replace(photo, file_words=in_file or None, **shown)
