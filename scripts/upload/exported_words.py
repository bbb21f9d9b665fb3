"""The owner's words in an exported site: titles, descriptions, captions and covers, given to the same set elsewhere.

What was written on this site since stays, so an upload may be run again at any time.
"""

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.keys import BadNameError, ImagePath, image_path, parse_image_path
from functions.owner_texts import SET_TEXTS, BadTextError, check_text
from functions.owner_words import TEXTS
from functions.shown_photos import NotShowableError
from functions.told_facts import ToldFacts, moment_of, rating_of
from scripts.common.stack import Stack
from scripts.common.words import cause


class ExportedWordsError(KinpicsError):
    """The file with an exported set's rows can't be used; the message says why."""


@dataclass
class ExportedWords:
    """What the owner wrote about a set, about its photos (by attribute, empty for none), and the cover they chose.

    ``shown`` are other sets' photos that it shows too. ``told`` is what else was known of photos, perhaps from a
    service that they were imported from.
    """

    texts: dict[str, str] = field(default_factory=dict)
    photos: dict[ImagePath, dict[str, str | None]] = field(default_factory=dict)
    cover: ImagePath | None = None
    told: dict[ImagePath, ToldFacts] = field(default_factory=dict)
    shown: list[ImagePath] = field(default_factory=list)


def read_exported_words(file: Path, set_name: str) -> ExportedWords:
    """The owner's words in the file that `kinpics export` wrote of a set. Raises ``ExportedWordsError``."""
    try:
        whole = json.loads(file.read_bytes())
        row = whole["set"]
        found = ExportedWords({name: text for name in SET_TEXTS if (text := _text(name, row))})
        for photo in whole["pics"]:
            if "/" in photo["sortkey"]:
                found.shown.append(parse_image_path(photo["sortkey"]))
                continue
            with contextlib.suppress(BadNameError):
                found.told[image_path(set_name, photo["sortkey"])] = told_of(photo)
            if words := {name: _text(name, photo) for name in TEXTS if name in (photo.get("owner_words") or ())}:
                found.photos[image_path(set_name, photo["sortkey"])] = dict(words)
        if row.get("pic_chosen") and row.get("pic"):
            other = "/" in row["pic"] and parse_image_path(row["pic"])
            found.cover = ImagePath(set_name, str(other)) if other else image_path(set_name, row["pic"])
    except OSError as error:
        raise ExportedWordsError(f"{file} can't be read: {cause(error)}") from None
    except (BadNameError, BadTextError) as error:
        raise ExportedWordsError(f"{file} isn't as `kinpics export` writes it: {error}") from None
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise ExportedWordsError(f"{file} isn't as `kinpics export` writes it") from None
    return found


def give_exported_words(stack: Stack, words: ExportedWords, set_name: str) -> int:
    """Give a set and its photos these words, unless they have words of the owner's; returns how many texts are new."""
    given = 0
    known = stack.photos.get_set(set_name)
    if texts := {name: text for name, text in words.texts.items() if not (known and getattr(known, name))}:
        stack.writer.describe_set(set_name, texts, timestamp())
        given += len(texts)
    rows = stack.photos.get_photos(words.photos)
    for path, row in rows.items():
        if not row.owner_words and stack.writer.reword_photo(path, words.photos[path], timestamp()):
            given += len(words.photos[path])
    for other in words.shown:
        # Its set may not be there yet: uploading this one again brings it.
        with contextlib.suppress(NotShowableError):
            stack.shown.show(other, set_name, timestamp())
    if words.cover and not (known and known.pic_chosen):
        stack.writer.choose_cover(words.cover, timestamp())
    return given


def told_of(row: dict[str, Any]) -> ToldFacts:
    """When a photo was taken, its keywords and its stars, by its exported row."""
    keywords = row.get("keywords")
    texts = [word for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else []
    return ToldFacts(moment_of(row.get("taken_at")), tuple(texts), rating_of(row.get("rating")))


def _text(name: str, row: dict[str, Any]) -> str:
    return check_text(name, row.get(name) or "")
