"""Carrying out an import: originals, then what the service knew about them.

As with `kinpics upload`, what is on the site says what is left to do: an import that was stopped goes on when it is run
again, and ends the same. Words that the owner wrote on the site since stay.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from functions.dates import timestamp
from functions.face_regions import NamedArea, Stored, read_regions
from functions.forgotten_people import is_forgotten
from functions.keys import ImagePath
from functions.people.decision_ids import said_id
from functions.people.decisions import SaidToBeIn
from functions.people.person_names import PersonNameError, person_name
from functions.photo_texts import clean_caption, clean_title
from functions.shown_photos import DifferentPeopleError, NotShowableError
from functions.told_facts import ToldFacts
from functions.xmp import MAX_XMP_BYTES, BadXmpError, parse_xmp
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import Unplaced
from scripts.imports.found_table import NEW, Item
from scripts.imports.import_plan import ImportPlan
from scripts.imports.placing import title_for
from scripts.people.sidecar_names import FoundNames, SentPhoto, add_regions
from scripts.people.sidecars import stored_file
from scripts.people.site_journal import add_events
from scripts.photos import dead_letter_queue, waiting
from scripts.upload.plan import UploadFile
from scripts.upload.uploader import count_faces, transfer, unfinished, upload_file

FAVOURITE = "favourite"
# Photos that are sent and waited for together.
_PORTION = 500


class _Sent(NamedTuple):
    """An original that went up: its etag and digest, and how its picture is stored if a sidecar is about it."""

    etag: str
    sha256: str
    stored: Stored | None


@dataclass
class ImportReport:
    """What an import did; ``sets`` are those with something new. ``resumed`` photos were uploaded by an earlier run.

    ``shown`` counts photos that were newly shown in another of their albums, ``hidden`` those that can't be, by the
    photo's own set, the other one and the reason. ``names`` are photos with names in boxes, ``people`` those of which
    the service says who is in them.
    """

    uploaded: int = 0
    resumed: int = 0
    already_there: int = 0
    processed: int = 0
    faces: int = 0
    words: int = 0
    names: int = 0
    people: int = 0
    seconds: float = 0.0
    sets: list[str] = field(default_factory=list)
    failures: list[Unplaced] = field(default_factory=list)
    shown: int = 0
    hidden: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        failures = [{"file": failure.name, "reason": failure.reason} for failure in self.failures]
        hidden = [
            {"set": own, "not_shown_in": other, "photos": photos, "reason": reason}
            for (own, other, reason), photos in self.hidden.items()
        ]
        return {**self.__dict__, "seconds": round(self.seconds, 2), "failures": failures, "hidden": hidden}


def carry_import(stack: Stack, plan: ImportPlan, concurrency: int, progress: Progress) -> ImportReport:
    """Do what a plan says, and wait until the photos are processed."""
    started = time.monotonic()
    report = ImportReport()
    # Sending a photo is one step, and processing it another.
    with progress.bar("Importing", 2 * plan.table.count("state IN ('new', 'present')")) as step:
        carrier = _Carrier(stack, plan, concurrency, report, step)
        items = plan.table.items("state IN ('new', 'present')", order="set_name, file")
        for portion in _portions(items):
            carrier.carry(portion)
        carrier.choose_covers()
    report.seconds = time.monotonic() - started
    return report


class _Carrier:
    def __init__(
        self, stack: Stack, plan: ImportPlan, concurrency: int, report: ImportReport, step: Callable[[int], None]
    ):
        self._stack = stack
        self._plan = plan
        self._concurrency = concurrency
        self._report = report
        self._step = step
        self._described: set[str] = set()
        # Sets whose photos aren't all there yet, and with them their best.
        self._uncovered: dict[str, None] = {}
        # Why photos of a set aren't shown in another, found once for all.
        self._apart: dict[tuple[str, str], str] = {}

    def carry(self, items: Sequence[Item]) -> None:
        """Bring these photos to the site, with all that is known of them."""
        report = self._report
        new = [item for item in items if item.state == NEW]
        present = {_path(item): item for item in items if item.state != NEW}
        ignore = dead_letter_queue.read_ids(self._stack) if new else set()
        sent = self._send(new)
        report.uploaded += len(sent)
        failed_before, resumed = unfinished(self._stack, present.keys())
        self._fail(present, failed_before)
        report.resumed += len(resumed)
        report.already_there += len(present) - len(resumed) - len(failed_before)
        arrived = {item.id: etag for item, (etag, _, _) in sent}
        by_path = {_path(item): item for item in items}
        expected = {_path(item): arrived[item.id] for item in new if item.id in arrived} | resumed
        self._step(2 * len(present) - len(resumed) + len(new) - len(sent))
        outcome = waiting.wait(self._stack, expected, ignore, self._step)
        self._fail(by_path, outcome.failed)
        self._fail(by_path, dict.fromkeys(outcome.unheard, "no result yet: run the same command again to check"))
        report.processed += len(outcome.done)
        report.faces += count_faces(self._stack, outcome.done)
        report.sets += sorted({path.set_name for path in outcome.done} - set(report.sets))
        self._describe_sets(items)
        self._note_stars(by_path)
        self.choose_covers(but=items[-1].set_name)
        self._give_words(by_path)
        self._show_elsewhere(items, outcome.done | resumed.keys() | (present.keys() - failed_before.keys()))
        digests = {item.id: one for item, one in sent}
        self._give_names(items, digests)
        self._tell_who(items, digests)

    def _fail(self, items: dict[ImagePath, Item], reasons: dict[ImagePath, str]) -> None:
        self._report.failures += [
            Unplaced(items[path].found.entry.name, reason, is_failure=True) for path, reason in sorted(reasons.items())
        ]

    def _container(self, item: Item) -> Container:
        return self._plan.sources[item.source].container

    def _send(self, items: Iterable[Item]) -> list[tuple[Item, _Sent]]:
        sent = []
        for item, result in transfer(items, self._send_one, self._concurrency):
            self._step(1)
            if isinstance(result, Exception):
                reason = f"could not be uploaded: {cause(result)}"
            elif isinstance(result, str):
                reason = result
            else:
                sent.append((item, result))
                continue
            self._report.failures.append(Unplaced(item.found.entry.name, reason, is_failure=True))
        return sent

    def _send_one(self, item: Item) -> _Sent | str:
        """Send an original; returns the reason if it can't be read."""
        found = item.found
        try:
            with self._container(item).as_file(found.entry.name) as file:
                digest = _digest(file)
                size = file.stat().st_size
                if size != found.entry.size or (item.sha256 or digest) != digest:
                    return "it changed while it was read: run the same command again"
                stored = stored_file(file) if found.xmp and _is_picture(item) else None
                keywords = (*found.keywords, *([FAVOURITE] if found.is_favourite else []))
                told = ToldFacts(found.taken_at, keywords, found.rating)
                upload = UploadFile(file, _path(item), size, digest, told)
                etag = upload_file(self._stack.s3, self._stack.outputs.pics_bucket, upload)
        except ContainerError as error:
            return str(error)
        return _Sent(etag, digest, stored)

    def _describe_sets(self, items: Sequence[Item]) -> None:
        """Give sets their albums' titles and descriptions, unless they have them."""
        for name in dict.fromkeys(item.set_name or "" for item in items):
            self._uncovered[name] = None
            album = self._plan.albums.get(name)
            known = self._stack.photos.get_set(name)
            if known is None:
                continue
            if album and name not in self._described:
                self._described.add(name)
                texts = {"title": clean_title(title_for(album, name)), "description": clean_caption(album.description)}
                texts = {what: text for what, text in texts.items() if text and not getattr(known, what)}
                if texts:
                    self._stack.writer.describe_set(name, texts, timestamp())
                    self._report.words += len(texts)

    def _note_stars(self, items: dict[ImagePath, Item]) -> None:
        """Note the stars in photos' own files, which were read as they were processed."""
        stars = self._stack.photos.get_attribute(items, "rating")
        self._plan.table.note_stars({items[path].id: int(given) for path, given in stars.items()})

    def choose_covers(self, but: str | None = None) -> None:
        """Give sets that are there, all ``but`` one, their best photo for a cover, unless the owner has chosen one."""
        for name in [name for name in self._uncovered if name != but]:
            del self._uncovered[name]
            known = self._stack.photos.get_set(name)
            if known and not known.pic_chosen and (best := self._plan.table.find_best(name)):
                self._stack.writer.choose_cover(ImagePath(name, best), timestamp())

    def _give_words(self, items: dict[ImagePath, Item]) -> None:
        """Give photos their titles and captions, unless the owner has written something about them here."""
        wanted = {path: words for path, item in items.items() if (words := _words(item))}
        rows = self._stack.photos.get_photos(wanted)
        left = {}
        for path, row in rows.items():
            new = {name: text for name, text in wanted[path].items() if text != getattr(row, name)}
            if new and not row.owner_words:
                left[path] = new

        def give(path: ImagePath) -> int:
            return len(left[path]) if self._stack.writer.reword_photo(path, left[path], timestamp()) else 0

        with ThreadPoolExecutor(self._concurrency) as pool:
            self._report.words += sum(pool.map(give, left))

    def _show_elsewhere(self, items: Sequence[Item], there: Collection[ImagePath]) -> None:
        """Show photos of several albums in each; what can't be shown there is told.

        One that has been shown so often before stays as it is: the owner may have taken it out again.
        """
        several = {_path(item): item for item in items if item.also and _path(item) in there}
        times = self._stack.photos.get_attribute(several, "shown_elsewhere")
        for path, item in several.items():
            if int(times.get(path, 0)) >= len(item.also):
                continue
            for name in item.also:
                if name != path.set_name and (reason := self._show(path, name)):
                    self._report.hidden[path.set_name, name, reason] += 1

    def _show(self, path: ImagePath, name: str) -> str | None:
        """Show a photo in another album too; returns the reason if it can't be."""
        pair = path.set_name, name
        if pair in self._apart:
            return self._apart[pair]
        try:
            self._report.shown += self._stack.shown.show(path, name, timestamp())
        except NotShowableError as error:
            if isinstance(error, DifferentPeopleError):
                self._apart[pair] = str(error)
            return str(error)
        return None

    def _give_names(self, items: Sequence[Item], sent: dict[int, _Sent]) -> None:
        """Take in the names with boxes that sidecars have."""
        read: list[tuple[str, SentPhoto, list[NamedArea]]] = []
        for item in items:
            if item.found.xmp and _is_picture(item) and (item.id in sent or item.state != NEW):
                try:
                    read += self._regions(item, sent.get(item.id))
                except (BadXmpError, ContainerError, OSError) as error:
                    self._report.failures.append(Unplaced(item.found.xmp[0], f"names in it: {error}", is_failure=True))
        if read:
            found = FoundNames()
            add_regions(self._stack, read, found)
            self._report.names += found.new
            self._report.failures += [
                Unplaced(refused.file, refused.reason, is_failure=True) for refused in found.refused
            ]

    def _tell_who(self, items: Sequence[Item], sent: dict[int, _Sent]) -> None:
        """Note who is said to be in photos, for the owner to be asked; nobody who was forgotten."""
        told = [(item, sent[item.id].sha256 if item.id in sent else item.sha256) for item in items if item.found.people]
        forgotten = self._stack.forgotten.list_rows() if told else []
        events = []
        for item, digest in told:
            names = [name for name in item.found.people if not is_forgotten(name, forgotten)]
            names = list(dict.fromkeys(filter(None, map(_name, names))))
            if names and digest:
                event_id = said_id(digest, names)
                kind = self._plan.sources[item.source].kind
                events.append(
                    SaidToBeIn(id=event_id, at=timestamp(), by="cli", photo=digest, names=tuple(names), source=kind)
                )
        if events:
            self._report.people += add_events(self._stack, {event.id: event for event in events}.values())

    def _regions(self, item: Item, sent: _Sent | None) -> Iterator[tuple[str, SentPhoto, list[NamedArea]]]:
        container = self._container(item)
        stored, digest = (sent.stored, sent.sha256) if sent else (None, item.sha256)
        for name in item.found.xmp:
            root = parse_xmp(container.read(name, MAX_XMP_BYTES))
            if stored is None:
                with container.as_file(item.found.entry.name) as file:
                    stored = stored_file(file)
            yield name, SentPhoto(Path(item.found.entry.name), _path(item), digest or ""), read_regions(root, stored)


def _is_picture(item: Item) -> bool:
    return (item.kind or "").startswith("image/")


def _path(item: Item) -> ImagePath:
    return ImagePath(item.set_name or "", item.file or "")


def _words(item: Item) -> dict[str, str | None]:
    title, caption = clean_title(item.found.title), clean_caption(item.found.caption)
    texts = {"title": title, "caption": "" if caption == title else caption}
    return {name: text for name, text in texts.items() if text}


def _name(text: str) -> str:
    """A name as people have it; empty for what can't be one."""
    try:
        return person_name(clean_title(text))
    except PersonNameError:
        return ""


def _digest(file: Path) -> str:
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _portions(items: Iterator[Item]) -> Iterator[list[Item]]:
    while portion := list(islice(items, _PORTION)):
        yield portion
