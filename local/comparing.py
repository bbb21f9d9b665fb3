"""Compares the files of S3's objects with the journal: which objects can't be read, and which files belong to none.

As a program, `python -m local.comparing FOLDER` checks the databases of a state folder as well, beside the stack that
runs on it: in a process of its own, with the least priority, it takes nothing from the stack's calls. It only reads;
what it finds is printed as JSON, and the stack looks at that again (`settle`), because it changes meanwhile.
"""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.bodies import Bodies, list_records_with_bodies
from local.journal import DamagedError, Journal, check_later, decode_key

DATABASES = ("state.sqlite", "faces.sqlite")
# Objects that can't be read, of which each is named.
_MAX_NAMED = 10


@dataclass(frozen=True)
class Found:
    """Objects whose bytes are missing or cut off, as keys of cells with names of bodies; files that no object has; and
    how long the list of bodies was when a new one was written beside it, or None if it needs none."""

    unreadable: list[tuple[str, str]]
    unknown: list[str]
    listed: int | None


def compare(journal: Journal, bodies: Bodies) -> Found:
    """Compare all files with all objects. A body of the right size is not read: where its bytes have changed, reading
    it fails. Raises ``DamagedError``."""
    known, unreadable = set(), []
    try:
        for key, name, size in _bodies(journal):
            known.add(name)
            if bodies.size(name) != size:
                unreadable.append((key, name))
        unknown = [name for name in bodies.names() if name not in known]
        return Found(unreadable, unknown, bodies.write_list(len(known), _labels(journal)))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"the state can't be understood ({type(error).__name__}: {error})") from error


def settle(journal: Journal, bodies: Bodies, found: Found, written: Collection[str], set_aside: Path) -> list[str]:
    """Set aside files that no object has, and say of each object what is wrong with it. ``written`` are the bodies that
    came while they were compared. Raises ``OSError``."""
    told = []
    for key, name in found.unreadable:
        if name in written or not _has(journal, key, name):
            continue
        _, bucket, path = decode_key(key)
        is_missing = bodies.size(name) is None
        what = "are missing from the folder objects" if is_missing else "in the folder objects are damaged"
        told.append(f"the bytes of s3://{bucket}/{path} {what}")
    # What is noted as unused is about to go.
    left = [name for name in found.unknown if name not in written and journal.get("unused", name) is None]
    bodies.set_aside(left, set_aside / time.strftime("%Y-%m-%d"))
    if found.listed is not None:
        bodies.take_list(found.listed)
    return told


def describe_unreadable(unreadable: list[str]) -> list[str]:
    """A line about each object that can't be read, up to a few, and what to do."""
    advice = "delete it and upload it again, or restore the folder from a copy; until then reading it fails"
    # Several versions of an object can have the same bytes.
    reasons = list(dict.fromkeys(unreadable))
    told = [f"{reason}: {advice}" for reason in reasons[:_MAX_NAMED]]
    if more := len(reasons) - len(told):
        told.append(f"{more} more objects can't be read: `kinpics doctor --originals all` names the photos among them")
    return told


def parse(printed: bytes) -> Found:
    """What the program found. Raises ``DamagedError`` if that is damage."""
    answer = json.loads(printed)
    if "damaged" in answer:
        raise DamagedError(answer["damaged"])
    return Found([(key, name) for key, name in answer["unreadable"]], answer["unknown"], answer["listed"])


def _bodies(journal: Journal) -> Iterator[tuple[str, str, int]]:
    """The key of each object's cell, with the name and size of each of its bodies."""
    for key, value in journal.read("object"):
        for record in list_records_with_bodies(json.loads(value)):
            yield key, record["body_name"], record["size"]


def _has(journal: Journal, key: str, name: str) -> bool:
    """Whether an object still has this body."""
    value = journal.get("object", key)
    return value is not None and name in {one["body_name"] for one in list_records_with_bodies(json.loads(value))}


def _labels(journal: Journal) -> Iterator[tuple[str, str]]:
    for key, name, _ in _bodies(journal):
        _, bucket, path = decode_key(key)
        yield name, f"{bucket}/{path}"


def main(folder: Path) -> None:
    """Compare a folder's files and print what was found."""
    os.nice(19)
    try:
        for name in DATABASES:
            check_later(folder / name)
        journal = Journal(folder / "state.sqlite")
        answer = dataclasses.asdict(compare(journal, Bodies(folder / "objects")))
        journal.close()
    except DamagedError as error:
        answer = {"damaged": str(error)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
