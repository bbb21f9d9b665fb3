"""After photos were sent: each is checked by its bytes, then comes into its set or waits; and what was decided is done.

An event only says that an object is worth a look; what to do depends on the row. Every step may be taken twice, by two
workers at once too, and a worker may die after any of them: the object in ``incoming`` goes last, so the message that
comes again finds what is left to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.access.access_rows import EventRow
from functions.arrivals.album_originals import AlbumOriginals, NoNameLeftError, names_for
from functions.contribution_rows import Contribution, PlacedPhoto
from functions.errors import KinpicsError
from functions.keys import BadNameError, ImagePath, image_path, parse_key
from functions.media_types import SELDOM_SHOWN, media_type
from functions.uploads.contributions import (
    BEGUN,
    FAILED,
    GONE,
    LET_IN,
    REFUSED,
    SHOWN,
    THERE,
    WAITING,
    Contributions,
)
from functions.uploads.incoming import (
    Arrived,
    Incoming,
    StrayObjectError,
    incoming_key,
    look_key,
    parse_incoming_key,
    waiting_key,
)
from functions.uploads.senders import Sender, Senders

NOT_A_PHOTO = "the file is not an image that kinpics can read, whatever its name says"
FILM = "films can't be sent from a browser: give it to the album's owner, who can upload it"


class UnusableError(KinpicsError):
    """Somebody sent the same photo before, and it can't be shown."""


@dataclass(frozen=True)
class Arrivals:
    """Holds everything the arrivals function writes to."""

    contributions: Contributions
    incoming: Incoming
    originals: AlbumOriginals
    senders: Senders

    def arrive(self, keys: Sequence[str]) -> dict[str, str | Exception]:
        """Take what browsers have sent, each by its (decoded) key.

        Returns for each key the photo, as set and id, if it waits and browsers can't show it, or else nothing; or what
        went wrong with it: to be tried again. Raises what AWS raises where it concerns all of them.
        """
        outcomes: dict[str, str | Exception] = dict.fromkeys(keys, "")
        ids = {key: _parsed(key) for key in keys}
        rows = {
            (set_name, row_id): row
            for set_name in {set_name for set_name, _ in ids.values() if set_name}
            for row_id, row in self.contributions.get_all(
                set_name, [row_id for of, row_id in ids.values() if of == set_name]
            ).items()
        }
        events: dict[str, EventRow | None] = {}
        for key in keys:
            row = rows.get(ids[key])
            try:
                if row is not None and row.state == BEGUN and self._take_in(row, events):
                    outcomes[key] = f"{row.set_name}/{row.id}"
            except Exception as error:
                outcomes[key] = error
        # Also what was sent twice, or taken back before it came, and what nobody was given a form for.
        self.incoming.delete(*(key for key in keys if not isinstance(outcomes[key], Exception)))
        return outcomes

    def settle(self, set_name: str, row_id: str) -> None:
        """Carry out what was decided about a contribution. Raises whatever AWS raises: to be tried again."""
        row = self.contributions.get(set_name, row_id)
        if row is None:
            return
        if row.state == LET_IN:
            self._let_in(row)
        elif row.state in GONE:
            self._remove(row)

    def note_refused(self, key: str, code: str, message: str) -> None:
        """Let those who sent an original know that it can't be shown; nothing if it came from no browser.

        ``key`` is the original's, ``code`` and ``message`` say why. Raises whatever AWS raises: to be tried again.
        """
        path = parse_key(key)
        sha256 = self.originals.sha256(path)
        placed = self.contributions.get_placed_one(path.set_name, sha256) if sha256 else None
        if placed is None or placed.file != path.file:
            return
        placed = self.contributions.note_unusable(placed, code, message)
        for row in self.contributions.get_all(path.set_name, placed.by or ()).values():
            # The process function may be faster than whoever brought the photo into its set.
            self.contributions.move(row, FAILED, (BEGUN, LET_IN, SHOWN), code=code, message=message)

    def _take_in(self, row: Contribution, events: dict[str, EventRow | None]) -> bool:
        """Take a photo in; whether it waits, and is of a kind that browsers can't show. ``events`` keeps those read."""
        with self.incoming.reading(incoming_key(row.set_name, row.id)) as arrived:
            if arrived is None:
                return False
            sender = self.senders.still(row, events)
            refused = _why_refused(row, arrived, sender)
            kind = media_type(arrived.head)
            if refused or sender is None or kind is None:
                code, message = refused or ("NotAPhoto", NOT_A_PHOTO)
                self.contributions.move(row, FAILED, (BEGUN,), code=code, message=message)
            elif sender.waits:
                self.incoming.keep_waiting(row, arrived.file, kind)
                self._move_on(row, WAITING, BEGUN)
                return kind in SELDOM_SHOWN
            else:
                self._show(row, arrived, kind, BEGUN)
        return False

    def _let_in(self, row: Contribution) -> None:
        key = waiting_key(row.set_name, row.id)
        with self.incoming.reading(key) as arrived:
            kind = media_type(arrived.head) if arrived else None
            if arrived is None or kind is None:
                message = "the photo was gone before it could be shown: send it again"
                self.contributions.move(row, FAILED, (LET_IN,), code="Lost", message=message)
                return
            self._show(row, arrived, kind, LET_IN)
        self.incoming.delete(key, look_key(row.set_name, row.id))

    def _show(self, row: Contribution, arrived: Arrived, kind: str, state: str) -> None:
        """Bring a photo into its set, unless it is there."""
        try:
            shown, file = self._place(row, arrived, kind)
        except (NoNameLeftError, BadNameError) as error:
            self.contributions.move(row, FAILED, (state,), code="BadName", message=str(error))
            return
        except UnusableError as error:
            self.contributions.move(row, FAILED, (state,), code=error.code, message=str(error))
            return
        self._move_on(row, shown, state, file=file)

    def _place(self, row: Contribution, arrived: Arrived, kind: str) -> tuple[str, str]:
        """The state of a photo that is in its set now, and its name there. Raises ``UnusableError``."""
        file = row.file or row.sha256
        if self.contributions.get_placed_one(row.set_name, row.sha256) is None and self.originals.holds(
            image_path(row.set_name, file), row.sha256
        ):
            return THERE, file
        # Whoever comes second with the same bytes finds the first one's name.
        placed = self.contributions.take_part(row, file)
        if placed.code and self.contributions.is_unusable(placed):
            raise UnusableError(placed.message or "this photo can't be shown", code=placed.code)
        if placed.code:
            # S3 tells of what is new alone.
            self.contributions.forget_unusable(placed)
            self.originals.remove(ImagePath(row.set_name, placed.file or file), row.sha256)
        for path in names_for(row.set_name, placed.file or file):
            if self.originals.put(path, arrived.file, kind, row.sha256):
                if path.file != placed.file:
                    self.contributions.rename_placed(placed, path.file)
                return SHOWN, path.file
        raise AssertionError("names_for raises at its end")

    def _move_on(self, row: Contribution, state: str, come_from: str, **more: str) -> None:
        """Give a row its next state; if it was taken back or refused meanwhile, that is carried out now."""
        if not self.contributions.move(row, state, (come_from,), **more):
            now = self.contributions.get(row.set_name, row.id)
            if now is None or now.state in GONE:
                self._remove(now or row)

    def _remove(self, row: Contribution) -> None:
        """Remove a photo with everything; one that somebody else sent too stays, unless it is refused."""
        keys = (of(row.set_name, row.id) for of in (incoming_key, waiting_key, look_key))
        self.incoming.delete(*keys)
        placed = self.contributions.leave(row)
        if placed and placed.by and row.state == REFUSED:
            for other in self.contributions.get_all(row.set_name, placed.by).values():
                self.contributions.move(other, REFUSED, (SHOWN, LET_IN, WAITING))
                self.settle(other.set_name, other.id)
        elif placed and not placed.by:
            self._remove_original(placed, row.sha256)
        self.contributions.forget(row)

    def _remove_original(self, placed: PlacedPhoto, sha256: str) -> None:
        # The process function hears of it from S3, and removes rows, thumbnails and faces.
        self.originals.remove(ImagePath(placed.set_name, placed.file or ""), sha256)
        self.contributions.remove_placed(placed)


def _parsed(key: str) -> tuple[str, str]:
    try:
        return parse_incoming_key(key)
    except StrayObjectError:
        return "", ""


def _why_refused(row: Contribution, arrived: Arrived, sender: Sender | None) -> tuple[str, str] | None:
    """Code and sentence for what must not come in; None for what may."""
    if sender is None:
        if (row.who or "").startswith("g"):
            return "EventClosed", "the event was closed before this photo arrived"
        return "NotAllowed", "you may no longer add photos to this album: ask its owner"
    if arrived.size != row.size or arrived.sha256 != row.sha256:
        return "OtherBytes", "what arrived is not what was announced: send the photo again"
    kind = media_type(arrived.head)
    if kind is None:
        return "NotAPhoto", NOT_A_PHOTO
    if not kind.startswith("image/"):
        return "Film", FILM
    return None
