"""Before photos are sent: which of them are needed, which may come, and a POST for each.

A row is written for each photo that gets a POST, so what arrives can be held to what was promised. Who asks again
gets the same answers, and a new POST for what hasn't arrived; nothing is counted twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from functions.batch_get import TableBusyError
from functions.contribution_rows import Contribution, PlacedPhoto
from functions.keys import BadNameError, ImagePath, image_path
from functions.media_types import MEDIA_TYPES, named_as_photo
from functions.photo_reader import PhotoReader
from functions.photo_texts import DIRECTIONS
from functions.uploads.contributions import (
    BEGUN,
    FAILED,
    IN_THE_SET,
    ON_THE_WAY,
    REFUSED,
    UNUSABLE,
    Contributions,
    contribution_id,
)
from functions.uploads.incoming import Incoming
from functions.uploads.senders import Sender
from functions.uploads.upload_call import FileToSend
from functions.uploads.upload_counts import Granted, UploadCounts
from functions.uploads.upload_limits import MAX_FILE_BYTES, allowances
from functions.visitor_calls import RequestError

_ANY_KIND = "application/octet-stream"
# What browsers call files that are no photos whatever is in them: a film's bytes needn't come to find out.
_NO_PHOTO = ("audio/", "text/", "image/svg")
_FILM = "video/"
BUSY = "too many uploads at once: try again in a moment"
_Answer = dict[str, Any]


@dataclass(frozen=True)
class Beginning:
    """What answers `begin`. ``daily_uploads`` are the files a day for all senders but the owner."""

    photos: PhotoReader
    contributions: Contributions
    incoming: Incoming
    counts: UploadCounts
    daily_uploads: int

    def begin(self, sender: Sender, files: Sequence[FileToSend], name: str = "") -> _Answer:
        """The answer to `begin` (functions/uploads/handler.py). Raises ``RequestError``."""
        if not (sender.is_owner or sender.event or self.photos.get_set(sender.set_name)):
            raise RequestError(404, "NoSet", f"there is no album {sender.set_name}: only the owner can start a new one")
        answers: dict[int, _Answer] = {}
        paths: dict[int, ImagePath] = {}
        for number, file in enumerate(files):
            path = _path_of(sender.set_name, file)
            if isinstance(path, ImagePath):
                paths[number] = path
            else:
                answers[number] = path
        digests = [files[number].sha256 for number in paths]
        own = [contribution_id(sender.who, digest) for digest in digests]
        known, placed = self.contributions.find(sender.set_name, own, digests)
        unusable = {digest for digest, photo in placed.items() if self.contributions.is_unusable(photo)}
        named = [row.file for row in known.values() if row.file] + [
            photo.file for photo in placed.values() if photo.file
        ]
        # SHA-256 of the photos that the set shows under these names.
        shown = dict.fromkeys([*paths.values(), *(ImagePath(sender.set_name, name) for name in named)])
        stored: dict[ImagePath, str] = self.photos.get_attribute(shown, "sha256")
        new: dict[int, Contribution] = {}
        posts: list[int] = []
        announced: set[str] = set()
        for number, path in paths.items():
            file = files[number]
            row = known.get(contribution_id(sender.who, file.sha256))
            answer = _answer_without_post(file, path, row, placed, stored)
            photo = placed.get(file.sha256)
            if answer is not None:
                answers[number] = answer
            elif photo and file.sha256 in unusable:
                answers[number] = _refused(photo.code or "", photo.message or "this photo can't be shown")
            elif file.sha256 in announced:
                answers[number] = _refused("Twice", "you chose this photo twice: once is enough")
            else:
                announced.add(file.sha256)
                posts.append(number)
                if row is None or row.state != BEGUN:
                    new[number] = _row(sender, file, path, name)
        answers |= self._count(sender, new)
        left = self.contributions.begin(row for number, row in new.items() if number not in answers)
        if left:  # whoever asks again finds the others begun, and isn't counted twice for any
            self.counts.take_off(len(left), sum(row.size or 0 for row in left), allowances(sender, self.daily_uploads))
            raise RequestError(429, "TooManyRequests", BUSY)
        for number in posts:
            if number not in answers:
                row = new.get(number) or known[contribution_id(sender.who, files[number].sha256)]
                post = self.incoming.post_for(row, _kind_of(files[number]))
                answers[number] = {"do": "send", "id": row.id, "post": post}
        return {
            "set": sender.set_name,
            "waits": sender.waits,
            "files": [answers[number] for number in range(len(files))],
        }

    def _count(self, sender: Sender, new: dict[int, Contribution]) -> dict[int, _Answer]:
        """Count new photos; answers for those that nothing is left for."""
        numbers = list(new)
        counted = allowances(sender, self.daily_uploads)
        if not numbers or not counted:
            return {}
        try:
            granted = self.counts.count([new[number].size or 0 for number in numbers], counted)
        except TableBusyError:
            raise RequestError(429, "TooManyRequests", BUSY) from None
        if granted.short is None:
            return {}
        return {number: _beyond(granted) for number in numbers[granted.count :]}


def _path_of(set_name: str, file: FileToSend) -> ImagePath | _Answer:
    """Where a file would go, or why it can't."""
    if not file.size:
        return _refused("EmptyFile", "the file is empty")
    if file.size > MAX_FILE_BYTES:
        return _refused("TooLarge", f"the file has {file.size / 1e6:,.0f} MB; the limit is {MAX_FILE_BYTES / 1e6:.0f}")
    if file.kind.startswith(_FILM):
        return _refused("Film", "films can't be sent from a browser: give it to the album's owner, who can upload it")
    if file.kind.startswith(_NO_PHOTO):
        return _refused("NotAPhoto", "the file is not an image that kinpics can read, whatever its name says")
    if any(char in DIRECTIONS for char in file.name):
        # `photo<U+202E>gpj.exe` is shown as `photoexe.jpg`.
        return _refused("BadName", "the name has characters that turn it around; rename the file")
    try:
        return image_path(set_name, named_as_photo(file.name, file.kind))
    except BadNameError as error:
        return _refused("BadName", f"{error}; rename the file")


def _answer_without_post(
    file: FileToSend,
    path: ImagePath,
    row: Contribution | None,
    placed: dict[str, PlacedPhoto],
    stored: dict[ImagePath, str],
) -> _Answer | None:
    """The answer for a photo that needn't come, or must not; None if it is to come.

    What was shown once may be gone since: only the set's own rows say that it is there.
    """
    if row is not None and row.state == REFUSED:
        return _refused("NotWanted", "the owner has decided not to show this photo")
    if row is not None and row.state in ON_THE_WAY:
        return {"do": "there", "id": row.id}
    if row is not None and row.state in IN_THE_SET and stored.get(path._replace(file=row.file or "")) == file.sha256:
        return {"do": "there", "id": row.id, "file": row.file}
    photo = placed.get(file.sha256)
    if photo is not None and stored.get(path._replace(file=photo.file or "")) == file.sha256:
        return {"do": "there", "file": photo.file}
    if stored.get(path) == file.sha256:
        return {"do": "there", "file": path.file}
    if row is not None and row.state == FAILED and row.code in UNUSABLE:
        return _refused(row.code, row.message or "this photo can't be shown")
    return None


def _row(sender: Sender, file: FileToSend, path: ImagePath, name: str) -> Contribution:
    return Contribution(
        set_name=sender.set_name,
        id=contribution_id(sender.who, file.sha256),
        who=sender.who,
        name=name or None,
        event=sender.event.id if sender.event else None,
        file=path.file,
        size=file.size,
    )


def _kind_of(file: FileToSend) -> str:
    """The type that a POST is for: S3 keeps it, and nobody believes it."""
    return file.kind if file.kind in MEDIA_TYPES else _ANY_KIND


def _beyond(granted: Granted) -> _Answer:
    short = granted.short
    if short is None:
        raise ValueError("all files fit")
    if granted.is_files:
        code, most = "TooManyFiles", f"{short.files:,} photos"
    else:
        code, most = "TooManyBytes", f"{short.bytes / 1e9:,.1f} GB"
    until = datetime.fromtimestamp(granted.until, UTC)
    return {
        **_refused(code, f"{short.says} at most {most} a day: go on after {until:%H:%M} UTC"),
        "until": until.isoformat(),
    }


def _refused(code: str, message: str) -> _Answer:
    return {"do": "refused", "code": code, "message": message}
