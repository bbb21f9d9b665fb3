"""Keeps a site in step with a folder tree: looks at it, brings what has settled to the site, publishes, looks again.

Each step of a round is remembered (`seen_files`), or can be done twice. So a watcher may be stopped at any moment, and
goes on when it is started again.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.people.kept_names import keep_names
from scripts.common.folders import FolderError
from scripts.common.lost_connection import UnreachableError
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish, publish_after_deleting
from scripts.people.sidecar_names import NO_PHOTO, SentPhoto, add_names
from scripts.people.sidecars import is_sidecar, pair, sidecars_of
from scripts.people.site_journal import journal_of
from scripts.photos import dead_letter_queue, waiting
from scripts.photos.delete_originals import delete_photos
from scripts.photos.originals import fetch_etags
from scripts.photos.requesting import ask_to_process
from scripts.photos.withholding import withhold_hidden_names
from scripts.watching.looking import Found, Look, Looker, Place
from scripts.watching.moved_words import take_words_along
from scripts.watching.removing import why_held
from scripts.watching.seen_files import SeenFile, SeenFiles, State
from scripts.watching.sending import MOVED, PRESENT, LeftOut, Sender

# Photos that are brought to the site before the next look: enough to keep the functions at work.
_BATCH = 64
# Of so many photos at a time it is told how they went.
_HEARD_TOGETHER = 8
# The tree is looked at again once nothing was heard of photos for so long.
_HEAR_SECONDS = 5.0
# While there is much to do, new sets appear on the site this often.
_PUBLISH_SECONDS = 600.0
# Looking takes at most this part of the time.
_LOOKING = 0.1
_AWAY_SECONDS = 2.0
# What goes within this time goes at once: deleting a large folder takes a while.
_AT_ONCE_SECONDS = 3600.0
# Of the files of a folder to which the same has happened, how many are named.
_NAMED = 5
NAMED = "named"
# What may go wrong with the site or on the way to it.
_AWAY = (BotoCoreError, ClientError, KinpicsError, OSError)


@dataclass(frozen=True)
class Options:
    """How a tree is watched; ``every`` is in seconds, ``max_removed`` in percent of all photos."""

    every: float = 10.0
    once: bool = False
    delete: bool = False
    max_removed: float = 10.0
    publishes: bool = True
    concurrency: int = 8


class Watcher:
    """Watches one tree for one site."""

    def __init__(
        self,
        root: Path,
        connect: Callable[[], Stack],
        seen: SeenFiles,
        options: Options,
        tell: Callable[[str], None],
    ):
        """``connect`` finds the site, which may have been started anew elsewhere; ``tell`` gets lines."""
        self._root = root
        self._connect = connect
        self._site: Stack | None = None
        self._seen = seen
        self._options = options
        self._tell = tell
        self._looker = Looker(root, seen, options.every)
        self._counts: Counter[str] = Counter()
        self._failures = 0
        self._told: set[str] = set()
        self._failed: set[Place] = set()
        self._in_work_since: dict[ImagePath, float] = {}
        self._sets_with_less: set[str] = set()
        # When photos were deleted because their files were gone, and how many.
        self._deleted: list[tuple[float, int]] = []
        self._has_resumed = self._was_idle = False
        self._published_at = self._began = time.monotonic()

    def run(self) -> int:
        """Watch until stopped, or, with ``once``, until the site matches the tree. Returns how much went wrong.

        With ``once``, raises ``FolderError``, and whatever goes wrong with the site.
        """
        try:
            while self._round() if self._options.once else self._round_or_wait():
                pass
        finally:
            self._sum_up()
        return self._failures

    def _round_or_wait(self) -> bool:
        try:
            return self._round()
        except _AWAY as error:
            reason = error.until_it_is_back if isinstance(error, UnreachableError) else error
            self._tell(f"Waiting for the site: {reason}")
        for pause in growing_pauses(_AWAY_SECONDS):
            time.sleep(pause)
            self._site = None
            try:
                self._tell(f"The site is back: going on with {self._stack.name}")
            except _AWAY:
                continue
            return True
        return True

    @property
    def _stack(self) -> Stack:
        self._site = self._site or self._connect()
        return self._site

    def _round(self) -> bool:
        """Look, and do what is to be done. False once a run with ``once`` has nothing left to do."""
        began = time.monotonic()
        look = self._look()
        looked = time.monotonic() - began
        batch = look.ready[:_BATCH]
        self._bring(batch, look)
        self._finish_moves(look)
        is_in_work = bool(self._seen.in_state(State.SENT)) and not self._options.once
        is_busy = len(look.ready) > len(batch) or is_in_work
        if not is_busy and not batch:  # what was missing may have turned up in the batch
            self._handle_gone(look.surely_gone)
        is_last = self._options.once and not batch and (self._was_idle or not look.is_restless)
        self._publish_if_due(is_busy=not is_last and (is_busy or bool(look.unsettled)))
        if is_last:
            self._tell_failing()
            self._tell_files("waiting", look.unsettled, "still being written: the next run uploads it")
            return False
        self._was_idle = not batch
        if not is_busy and not batch:
            time.sleep(max(self._options.every, looked / _LOOKING))
            if not self._counts:
                self._began = time.monotonic()  # idle time is no part of what it says next
        return True

    # Looking

    def _look(self) -> Look:
        """Look at the tree, and wait while it isn't there. Raises ``FolderError`` with ``once``."""
        while True:
            look = self._looker.look()
            if look.files or (self._root.is_dir() and not look.troubles and not self._seen.folders()):
                break
            reason = look.troubles.get("") or "it is empty, though it had photos"
            problem = f"{self._root} can't be watched: {reason}. Is its drive connected? The photos stay on the site"
            if self._options.once:
                raise FolderError(problem)
            self._tell_once(problem)
            time.sleep(self._options.every)
        self._told = {line for line in self._told if not line.startswith(f"{self._root} can't be watched")}
        for folder, reason in look.troubles.items():
            if self._tell_once(f"failed    {folder}: the folder can't be read: {reason}"):
                self._failures += 1
        for file in look.back:
            self._seen.put(replace(file, state=State.THERE))
        return look

    # Bringing photos to the site

    def _bring(self, batch: list[Found], look: Look) -> None:
        """Bring files to the site, and hear of those that are on their way."""
        if not self._has_resumed:
            self._hear(set())
            self._has_resumed = True
        ignore = dead_letter_queue.read_ids(self._stack) if batch else set()
        if batch:
            sender = Sender(self._root, self._stack, self._seen, self._options.concurrency)
            photos = [found for found in batch if not is_sidecar(found.place[1])]
            self._tell_left_out(sender.send(photos, look.missing))
        self._hear(ignore)
        self._take_sidecars([found for found in batch if is_sidecar(found.place[1])], look)

    def _hear(self, ignore: set[str]) -> None:
        """Wait for photos as long as there is progress; ``ignore`` has the ids of earlier dead letters."""
        sent = {file.photo: file for file in self._seen.in_state(State.SENT) if file.photo}
        photos = sorted(sent)
        for start in range(0, len(photos), _HEARD_TOGETHER):
            self._hear_of({photo: sent[photo] for photo in photos[start : start + _HEARD_TOGETHER]}, ignore)

    def _hear_of(self, sent: dict[ImagePath, SeenFile], ignore: set[str]) -> None:
        patience = waiting.STALLED_SECONDS if self._options.once else _HEAR_SECONDS
        expected = {photo: file.etag for photo, file in sent.items()}
        outcome = waiting.wait(self._stack, expected, ignore, lambda number: None, patience)
        for photo in sorted(outcome.done):
            self._take_names_beside(sent[photo])
            self._seen.note_unpublished(True)
            self._seen.put(replace(sent[photo], state=State.THERE))
            event = sent[photo].event
            if event not in (MOVED, PRESENT):
                self._tell(f"{event:9} {photo}")
            self._counts[event] += event != MOVED
        for photo, reason in sorted(outcome.failed.items()):
            self._seen.put(replace(sent[photo], state=State.FAILED, trouble=reason))
            self._failed.add(sent[photo].place)
            self._fail(str(photo), reason)
        for photo in sorted(outcome.unheard):
            if self._options.once:
                self._fail(str(photo), waiting.NO_RESULT)
            else:
                self._ask_again(sent[photo])
        for photo in outcome.done | outcome.failed.keys():
            self._in_work_since.pop(photo, None)

    def _take_sidecars(self, sidecars: list[Found], look: Look) -> None:
        """Take in the names of sidecars that are new or have changed."""
        for folder, found in groupby(sorted(sidecars, key=lambda entry: entry.place), lambda entry: entry.place[0]):
            here = list(found)
            seen = self._seen.in_folder(folder)
            new = [entry.place[1] for entry in here]
            paired, _ = pair(new, {file.name: file for file in seen.values() if file.photo})
            beside = [name for name in seen if is_sidecar(name) and (self._root / folder / name).is_file()]
            # A photo that is still being written takes its sidecar in once it is on the site.
            is_settled = not any(place[0] == folder for place in look.unsettled)
            names = sorted({*new, *beside})
            photos = list({file.name: file for _, file in paired}.values())
            self._take_names(folder, names, photos, orphans=new if is_settled else ())
            for entry in here:
                self._seen.put(SeenFile(*entry.place, entry.sight))

    def _take_names_beside(self, file: SeenFile) -> None:
        """Take in the names of a photo's sidecars, which may have been there before it."""
        beside = [name for name in sidecars_of(file.name) if (self._root / file.folder / name).is_file()]
        if beside:
            self._take_names(file.folder, beside, [file])

    def _take_names(
        self, folder: str, names: list[str], photos: list[SeenFile], *, orphans: Container[str] = ()
    ) -> None:
        """Take in what these sidecars say of these photos, and tell of ``orphans`` that have no photo."""
        here = self._root / folder
        sent = [SentPhoto(here / file.name, file.photo, file.sha256) for file in photos if file.photo]
        found = add_names(self._stack, here, names, sent, has_journal=False)
        if found.new:
            self._tell(f"{NAMED:9} faces in {count(found.new, 'photo')}, from sidecars in {here}")
            self._counts[NAMED] += found.new
        for refusal in found.refused:
            if refusal.reason != NO_PHOTO or refusal.file in orphans:
                self._tell_once(f"left out  {here / refusal.file}: {refusal.reason}")

    def _ask_again(self, file: SeenFile) -> None:
        """Ask for a photo that nothing was heard of for minutes: its event may be lost, or its original changed."""
        now = time.monotonic()
        photo = file.photo
        if photo is None or now - self._in_work_since.setdefault(photo, now) < waiting.STALLED_SECONDS:
            return
        self._in_work_since[photo] = now
        (etag,) = fetch_etags(self._stack, [photo])
        if etag is None:  # deleted from the site since: it stays deleted
            self._seen.put(replace(file, state=State.THERE))
            return
        self._seen.put(replace(file, etag=etag))
        ask_to_process(self._stack, [photo], force=False)

    def _finish_moves(self, look: Look) -> None:
        """Delete moved photos where they were, once they are where they should be, with the owner's words."""
        moved = [(file, file.photo, file.source) for file in self._seen.moved()]
        left: list[ImagePath] = []
        empty_sets: dict[str, bool] = {}
        for _, photo, source in moved:
            if photo is None or source is None:
                continue
            if source.set_name not in empty_sets:
                others = self._seen.of_set(source.set_name)
                empty_sets[source.set_name] = all(file.place in look.missing for file in others)
            take_words_along(self._stack, photo, source, is_set_gone=empty_sets[source.set_name])
            if self._seen.of_photo(source) is None:
                left.append(source)
        self._delete(left)
        for file, photo, source in moved:
            self._seen.put(replace(file, source=None))
            self._tell(f"{MOVED:9} {source} to {photo}")
            self._counts[MOVED] += 1

    # Files that are gone

    def _handle_gone(self, gone: list[SeenFile]) -> None:
        """Delete the photos of files that are gone, or say that they are."""
        photos = [file for file in gone if file.photo]
        for file in gone:
            if not file.photo:
                self._seen.forget(file)
        if not self._options.delete:
            new = [file for file in photos if file.state is not State.GONE]
            for file in new:
                self._seen.put(replace(file, state=State.GONE))
            self._tell_files("gone", [file.place for file in new], "still on the site; --delete deletes it there")
            return
        hour_ago = time.monotonic() - _AT_ONCE_SECONDS
        self._deleted = [(moment, number) for moment, number in self._deleted if moment > hour_ago]
        already = sum(number for _, number in self._deleted)
        if reason := why_held(photos, self._seen.count_photos(), self._options.max_removed, already):
            self._hold(reason)
            return
        photos = [file for file in photos if not os.path.lexists(self._root / file.folder / file.name)]
        going = [file.photo for file in photos if file.photo]
        for kept in keep_names(journal_of(self._stack), going):
            self._tell(f"{NAMED:9} {kept.name} in {kept.path}: other photos keep the name")
        self._delete(going)
        self._deleted.append((time.monotonic(), len(photos)))
        for file in photos:
            self._seen.forget(file)
            self._tell(f"deleted   {file.photo}")
            self._counts["deleted"] += 1

    def _delete(self, photos: list[ImagePath]) -> None:
        """Delete photos from the site, and wait until they are gone."""
        if not photos:
            return
        self._seen.note_unpublished(True)
        self._sets_with_less |= {photo.set_name for photo in photos}
        delete_photos(self._stack, photos)
        outcome = waiting.wait_gone(self._stack, photos, lambda number: None)
        dead_letter_queue.discard(self._stack, {photo.key for photo in outcome.done})
        for photo, reason in sorted(outcome.failures.items()):
            self._fail(str(photo), reason)

    def _hold(self, reason: str) -> None:
        line = (
            f"Nothing was deleted: {reason}. Is {self._root} complete, and its drive connected? If you want "
            "these photos deleted, run the command with --once --max-removed 100"
        )
        if self._tell_once(line):
            self._failures += 1

    # Telling

    def _publish_if_due(self, *, is_busy: bool) -> None:
        if not self._options.publishes or not self._seen.is_unpublished:
            return
        if is_busy and time.monotonic() - self._published_at < _PUBLISH_SECONDS:
            return
        self._published_at = time.monotonic()
        withhold_hidden_names(self._stack)
        if self._sets_with_less:
            publish_after_deleting(self._stack, self._sets_with_less)
        else:
            build_and_publish(self._stack)
        self._seen.note_unpublished(False)
        self._sets_with_less.clear()
        self._sum_up()

    def _tell_left_out(self, left: Iterable[LeftOut]) -> None:
        by_reason: dict[tuple[str, bool], list[Place]] = {}
        for item in left:
            by_reason.setdefault((item.reason, item.is_failure), []).append(item.found.place)
        for (reason, is_failure), places in by_reason.items():
            if is_failure:
                self._fail_files(places, reason)
            else:
                self._tell_files("left out", places, reason)
                self._counts["left out"] += len(places)

    def _tell_failing(self) -> None:
        """Tell of files that failed in an earlier run, unless they are on the site after all: given out again, say."""
        failing = [file for file in self._seen.failing() if file.place not in self._failed]
        refused = {file.photo for file in failing if file.photo and file.state is State.FAILED}
        etags = self._stack.photos.get_etags(refused) if refused else {}
        by_reason: dict[str, list[Place]] = {}
        for file in failing:
            if file.photo in refused and etags.get(file.photo) == file.etag:
                self._seen.put(replace(file, state=State.THERE, trouble=""))
            else:
                by_reason.setdefault(file.trouble, []).append(file.place)
        for reason, places in by_reason.items():
            self._fail_files(places, reason)

    def _fail_files(self, places: list[Place], reason: str) -> None:
        self._tell_files("failed", places, reason)
        self._failed.update(places)
        self._counts["failed"] += len(places)
        self._failures += len(places)

    def _tell_files(self, event: str, places: Iterable[Place], remark: str) -> None:
        """A line for each file, or one for all of a folder's if there are many."""
        for folder, grouped in groupby(sorted(places), key=lambda place: place[0]):
            names = [os.path.join(folder, name) for _, name in grouped]
            if len(names) > _NAMED:
                names = [f"{count(len(names), 'file')} in {folder or self._root.name}, such as {names[0]}"]
            for name in names:
                self._tell(f"{event:9} {name}: {remark}")

    def _tell_once(self, line: str) -> bool:
        """Tell what goes on being true only once; whether it was told now."""
        if line in self._told:
            return False
        self._told.add(line)
        self._tell(line)
        return True

    def _fail(self, name: str, reason: str) -> None:
        self._tell(f"failed    {name}: {reason}")
        self._counts["failed"] += 1
        self._failures += 1

    def _sum_up(self) -> None:
        """Tell what happened since the last time."""
        now = time.monotonic()
        told = ", ".join(f"{number:,} {event}" for event, number in self._counts.items() if number)
        if told:
            self._tell(f"In {now - self._began:,.0f} s: {told}")
        self._counts.clear()
        self._began = now
