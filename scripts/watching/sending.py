"""Brings settled files to the site: uploaded, copied from where they were before they were moved, or left out."""

import os
from collections.abc import Iterator, Set
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from botocore.exceptions import ClientError

from functions.keys import BadNameError, ImagePath
from functions.media_types import is_film
from scripts.common.folders import Refusal
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.photos.originals import find_same
from scripts.upload.films_taken import films_taken
from scripts.upload.plan import UploadFile, digest_of, read_photo, why_left_out
from scripts.upload.uploader import upload_file
from scripts.watching.folder_tree import Sight, set_name_of
from scripts.watching.looking import Found, Place
from scripts.watching.seen_files import TRY_AGAIN, SeenFile, SeenFiles, State

ADDED, CHANGED, MOVED, PRESENT = "added", "changed", "moved", "already there"


@dataclass(frozen=True)
class LeftOut:
    """A file that is no photo; ``is_failure`` if it should be one, ``is_passing`` if it may be one another time."""

    found: Found
    reason: str
    is_failure: bool
    is_passing: bool = False


@dataclass(frozen=True)
class _Task:
    """A photo to bring to the site, as the file it will be remembered as."""

    file: SeenFile
    upload: UploadFile
    known: SeenFile | None
    before: SeenFile | None


class Sender:
    """Brings files of one tree to one site, and remembers each as soon as S3 has it."""

    def __init__(self, root: Path, stack: Stack, seen: SeenFiles, concurrency: int):
        self._root = root
        self._stack = stack
        self._films = films_taken(stack)
        self._seen = seen
        self._concurrency = concurrency

    def send(self, batch: list[Found], missing: Set[Place]) -> Iterator[LeftOut]:
        """Bring a batch to the site; ``missing`` has the files that aren't there any more.

        A file that changes meanwhile is left for later. Raises what boto3 raises; what S3 has by then is remembered.
        """
        with ThreadPoolExecutor(self._concurrency) as pool:
            tasks: list[_Task] = []
            taken: set[Place] = set()
            for found, read in zip(batch, pool.map(self._read, batch), strict=True):
                if isinstance(read, LeftOut):
                    yield self._leave(read)
                elif read is not None:
                    task = self._plan(found, read, missing, taken, tasks)
                    if isinstance(task, LeftOut):
                        yield self._leave(task)
                    elif task:
                        tasks.append(task)
            futures = {pool.submit(self._carry_out, task): task for task in tasks}
            try:
                for future in as_completed(futures):
                    if file := future.result():
                        self._seen.put(file, instead_of=futures[future].before)
            except BaseException:  # Ctrl-C waits for no more than what is on its way
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _read(self, found: Found) -> UploadFile | LeftOut | None:
        """A file as a photo with its digest; None if it has changed since it was looked at."""
        folder, name = found.place
        entry = self._root / folder / name
        try:
            if reason := why_left_out(entry):
                return LeftOut(found, reason, is_failure=False)
            photo = read_photo(entry, set_name_of(self._root, folder))
            if isinstance(photo, Refusal):
                return LeftOut(found, photo.reason, is_failure=True) if self._is_same(found) else None
            if is_film(name) and (reason := self._films.why_not(photo.size)):
                return LeftOut(found, reason, is_failure=self._films.is_too_large(photo.size))
            digest = digest_of(entry)
        except BadNameError as error:
            return LeftOut(found, f"{error}; rename the folder", is_failure=True)
        except FileNotFoundError:
            return None
        except OSError as error:
            return LeftOut(found, f"can't be read: {cause(error)}", is_failure=True, is_passing=True)
        return replace(photo, sha256=digest) if self._is_same(found) else None

    def _is_same(self, found: Found) -> bool:
        status = os.lstat(self._root / found.place[0] / found.place[1])
        return Sight(status.st_size, status.st_mtime_ns) == found.sight

    def _leave(self, left: LeftOut) -> LeftOut:
        """Remember a file that is no photo. If it was one, that stays on the site."""
        found, known = left.found, left.found.known
        event = TRY_AGAIN if left.is_passing else ""
        file = SeenFile(*found.place, found.sight)
        if known and known.photo:
            file = replace(known, sight=found.sight)
            left = replace(left, reason=f"{left.reason}; the photo on the site stays as it was")
        self._seen.put(replace(file, event=event, trouble=left.reason if left.is_failure else ""))
        return left

    def _plan(
        self, found: Found, upload: UploadFile, missing: Set[Place], taken: set[Place], tasks: list[_Task]
    ) -> _Task | LeftOut | None:
        """What to do about a photo; None if the site has it already, as it is."""
        known, photo = found.known, upload.path
        file = SeenFile(*found.place, found.sight, upload.sha256, photo, State.SENT)
        if known and known.photo == photo and known.sha256 == upload.sha256 and known.state is not State.FAILED:
            event = "" if known.event == TRY_AGAIN else known.event
            self._seen.put(replace(known, sight=found.sight, state=_revived(known.state), event=event, trouble=""))
            return None
        other = self._seen.of_photo(photo)
        is_taken = other is not None and other.place != found.place and other.place not in missing
        if is_taken or any(task.file.photo == photo for task in tasks):
            return LeftOut(
                found, f"there is a photo {photo} already, from another file: rename one of them", is_failure=True
            )
        sources = [
            source
            for source in self._seen.with_digest(upload.sha256)
            if source.place in missing and source.place not in taken
        ]
        if any(source.source and source.state is State.SENT for source in sources):
            return None  # it is being moved already: one move after the other
        source = next((source for source in sources if source.photo == photo), next(iter(sources), None))
        if source is None:
            before = other if other and other.place != found.place else None
            event = CHANGED if (known and known.photo) or before else ADDED
            return _Task(replace(file, event=event), upload, known, before)
        taken.add(source.place)
        if source.photo == photo:  # only the file has another name: the photo's is the same
            self._seen.put(
                replace(source, folder=file.folder, name=file.name, sight=file.sight, state=_revived(source.state)),
                instead_of=source,
            )
            return None
        return _Task(replace(file, event=MOVED, source=source.photo), upload, known, source)

    def _carry_out(self, task: _Task) -> SeenFile | None:
        """Have S3 hold the original; None if the file is changing or has gone."""
        file, upload, source = task.file, task.upload, task.file.source
        try:
            if etag := find_same(self._stack.s3, self._stack.outputs.pics_bucket, upload.path, upload.sha256):
                event = file.event if file.event == MOVED else PRESENT
                return replace(file, etag=etag, event=event)
            if source and (etag := self._copy(source, upload)):
                return replace(file, etag=etag)
            return replace(file, etag=upload_file(self._stack.s3, self._stack.outputs.pics_bucket, upload))
        except FileNotFoundError:
            return None
        except (ClientError, OSError):
            found = Found(file.place, file.sight, task.known)
            if (self._root / file.folder / file.name).exists() and self._is_same(found):
                raise
            return None

    def _copy(self, source: ImagePath, upload: UploadFile) -> str | None:
        """Copy an original inside S3; None if it isn't there, or is another picture by now."""
        bucket = self._stack.outputs.pics_bucket
        if not find_same(self._stack.s3, bucket, source, upload.sha256):
            return None
        copied = self._stack.s3.copy_object(
            Bucket=bucket, Key=upload.path.key, CopySource={"Bucket": bucket, "Key": source.key}
        )
        return copied["CopyObjectResult"]["ETag"].strip('"')


def _revived(state: State) -> State:
    """How far the photo of a file is that is there again."""
    return State.THERE if state is State.GONE else state
