"""The owner's words about a photo, which replace what its file says until the owner takes them back.

A row's ``title`` and ``caption`` are what visitors see. ``owner_words`` names those that the owner wrote (`kinpics
caption`), so that they outlive each new processing. What the file says instead stays in the file: visitors can read all
of a row, and the owner may have hidden it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from functions.photo_rows import Photo

TEXTS = ("title", "caption")


def keep_owner_words(photo: Photo, old: Photo | None) -> Photo:
    """A photo as it was just processed, with the words that the owner gave its ``old`` row."""
    owned = _owned(old)
    words: dict[str, Any] = {name: getattr(old, name) for name in owned}
    return replace(photo, **words, owner_words=owned or None)


def reword(photo: Photo, words: Mapping[str, str | None], in_file: Mapping[str, str | None] | None = None) -> Photo:
    """A photo with the owner's ``words``, by attribute: a text, an empty one for none, None for that of ``in_file``."""
    owned = {*_owned(photo), *words} - {name for name, text in words.items() if text is None}
    shown: dict[str, Any] = {
        name: ((in_file or {}).get(name) if text is None else text) or None for name, text in words.items()
    }
    return replace(photo, **shown, owner_words=[name for name in TEXTS if name in owned] or None)


def owned_words(photo: Photo) -> dict[str, str | None]:
    """The words that the owner gave a photo, by attribute, empty for none: `reword` gives them to another."""
    return {name: getattr(photo, name) or "" for name in _owned(photo)}


def _owned(photo: Photo | None) -> list[str]:
    """Which of its texts are the owner's; other programs may have written anything."""
    return [name for name in TEXTS if photo and name in (photo.owner_words or ())]
