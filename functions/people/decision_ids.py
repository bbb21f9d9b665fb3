"""Ids of decisions that a program notes: made from what they say, so that the same one counts once."""

import json
from collections.abc import Iterable

from functions.people.face_refs import NamedRegion
from functions.people.ulid import ulid_of


def import_id(faces: Iterable[NamedRegion], after: str = "") -> str:
    """The id of an import: the same regions of the same photos always have the same, so that they count once.

    Those that are said again after something else was said in between, by the import ``after``, have another.
    """
    said = json.dumps(sorted(json.dumps([face.photo or face.path, *face.box, name]) for face, name in faces))
    return ulid_of(f"{said} after {after}" if after else said)


def said_id(photo: str, names: Iterable[str]) -> str:
    """The id of what is said of a photo; always the same for the same names, so that it counts once."""
    return ulid_of(f"said {photo} {json.dumps(sorted(names))}")


def replacement_id(photo: str, was: str) -> str:
    """The id of a replacement; always the same for these two files, so that it counts once."""
    return ulid_of(f"replace {was} {photo}")
