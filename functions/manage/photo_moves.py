"""Moving photos to another set: copied, processed there, and only then deleted where they were.

Names of people go along by themselves, since decisions hang on the content; the owner's words are given again. Each
photo is moved as a whole or stays: as long as it isn't on the site in its new set, nothing is deleted.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.keys import BadNameError, ImagePath, image_path
from functions.live_photos import with_films
from functions.manage.later import MoveLeft
from functions.media_types import is_film
from functions.owner_words import owned_words
from functions.photo_originals import Originals
from functions.photo_reader import PhotoReader
from functions.photo_writer import PhotoWriter
from functions.shown_photos import NotShowableError, ShownPhotos


class NotMovedError(KinpicsError):
    """A photo stays where it is; the message says why."""


@dataclass
class Begun:
    """Photos that were copied, and those that can't be moved, by `<set>/<file>`, with the reason."""

    moves: list[MoveLeft] = field(default_factory=list)
    refused: dict[str, KinpicsError] = field(default_factory=dict)


@dataclass(frozen=True)
class PhotoMoves:
    """Moves photos of one site."""

    photos: PhotoReader
    writer: PhotoWriter
    originals: Originals

    def begin(self, paths: Iterable[ImagePath], set_name: str) -> Begun:
        """Copy photos into a set. A copy that is there already, from an earlier try, counts."""
        begun = Begun()
        # Films first: a film whose photo has gone before it would get a tile of its own for a moment.
        paths = sorted(with_films(self.photos, paths), key=lambda path: not is_film(path.file))
        there = self.photos.find_rows(paths)
        for path in paths:
            if path.is_shown_from_elsewhere:
                begun.refused[str(path)] = NotMovedError(
                    f"it is only shown there: move {path.original}",
                    code="OnlyShown",
                    values={"photo": str(path.original)},
                )
            elif path.set_name == set_name:
                begun.refused[str(path)] = NotMovedError("it is in this set already", code="ThereAlready")
            elif path not in there:
                begun.refused[str(path)] = NotMovedError(
                    "it isn't on the site, or is still being processed", code="PhotoNotFound"
                )
            else:
                self._copy(path, set_name, begun)
        return begun

    def finish(self, move: MoveLeft) -> bool:
        """Finish a move if the photo is on the site in its new set; False if it isn't yet."""
        source, target = move.source_path, move.target_path
        copied = self.originals.find(target)
        if copied is None:
            return True  # somebody has deleted the copy: the photo stays where it was
        row = self.photos.get_photo(target)
        if row is None or row.etag != copied.etag:
            return False
        original = self.originals.find(source)
        if original is None or original.etag != move.etag:
            return True  # done by an earlier try, or another file took its place, which stays
        self._take_words_along(source, target)
        self._show_again(source, target)
        self.originals.delete([source.key])
        return True

    def _copy(self, path: ImagePath, set_name: str, begun: Begun) -> None:
        try:
            target = image_path(set_name, path.file)
        except BadNameError as error:
            begun.refused[str(path)] = error
            return
        original, other = self.originals.find(path), self.originals.find(target)
        if original is None:
            begun.refused[str(path)] = NotMovedError("its original isn't in the bucket", code="NoOriginal")
        elif other and not other.is_same(original):
            begun.refused[str(path)] = NotMovedError(
                f"{set_name} has another photo called {path.file}", code="NameTaken", values={"file": path.file}
            )
        else:
            if other is None:
                self.originals.copy(path, target)
            begun.moves.append(MoveLeft(str(path), str(target), original.etag))

    def _take_words_along(self, source: ImagePath, target: ImagePath) -> None:
        old = self.photos.get_photo(source)
        words = owned_words(old) if old else {}
        if words:
            self.writer.reword_photo(target, words, timestamp())

    def _show_again(self, source: ImagePath, target: ImagePath) -> None:
        """Let other sets that show the photo show it from where it is now, unless not everybody may see that set."""
        old = self.photos.get_photo(source)
        shown = ShownPhotos(self.photos)
        for row in shown.find(source) if old and old.shown_elsewhere else []:
            with contextlib.suppress(NotShowableError):
                shown.show(target, row.set_name, timestamp())
