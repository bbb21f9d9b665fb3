"""Photos that a set shows though they lie in another: one original, shown in several albums.

Such a photo has a row of its own in the set that shows it. Its file name there is the original's path,
``<set>/<file>``, which no file can be called, so whoever reads the row knows whose pictures to show
(`ImagePath.original`). It holds what a tile needs; all else is read from the original's own row, and only that leads
to faces. The original's row counts how often it has been shown so (``shown_elsewhere``): where that is missing, nobody
has to look for such rows.

Pictures are served by the path of the original, so a photo may be shown elsewhere only if whoever may see that set may
see its own too (`functions/access/showing.py`). Each transaction checks that. Who may see a set can't change without
taking such rows back first where that ends (`functions/access/moving.py`), nor can a member be limited to sets
(`functions/access/limiting.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.access.audiences import PUBLIC
from functions.access.showing import Showing
from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.photo_reader import PhotoReader, key_of
from functions.photo_rows import Photo, grid_key
from functions.set_counts import SetCounts
from functions.transactions import MAX_ATTEMPTS, StaleRowError, Write, is_unchanged, transact

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (sort keys)
_MAX_SORT_KEY_BYTES = 1024


class NotShowableError(KinpicsError):
    """A photo can't be shown in another set; the message says why."""


class DifferentPeopleError(NotShowableError):
    """No photo of a set can be shown in another, for who may see them."""


@dataclass(frozen=True)
class ShownPhotos:
    """Shows photos of one set in others, and takes that back.

    Every method raises ``StaleRowError`` where others keep changing the same rows, and ``SetMovingError`` while who may
    see one of the sets changes; both can be tried again.
    """

    photos: PhotoReader

    def show(self, original: ImagePath, set_name: str, now: str) -> bool:
        """Show a photo in another set too; False if it is there already. Raises ``NotShowableError``."""
        row = ImagePath(set_name, str(original))
        if original.set_name == set_name:
            raise NotShowableError(f"{original} is in {set_name} already")
        for attempt in range(MAX_ATTEMPTS):
            checks = self._check_same_people_see(original.set_name, set_name)
            source, target = self.photos.tables.settle(original.set_name), self.photos.tables.settle(set_name)
            photo = self.photos.get_photo(original)
            if photo is None or photo.is_adopted:
                raise NotShowableError(f"{original} isn't on the site, or is still being processed")
            if photo.is_beside:
                raise NotShowableError(f"{original} is the film of {photo.still}: show that")
            if self.photos.get_photo(row):
                return False
            copy = _copy(photo, row, now)
            writes: list[Write] = [
                {"Put": {"TableName": target.table, "Item": copy.to_item(), **_NEW}},
                *SetCounts(self.photos, target.table).join(row, copy, None, now, attempt, is_known=False),
                _count(source.table, original, photo, 1),
                *source.checks_of_new,
                *target.checks_of_new,
                *checks,
            ]
            if self._transact(writes, attempt):
                return True
        raise StaleRowError(f"{original} could not be shown in {set_name}: other writers kept changing the rows")

    def hide(self, row: ImagePath, now: str) -> bool:
        """Show a photo no longer in a set that isn't its own; False if it isn't shown there."""
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(row.set_name)
            old = self.photos.get_photo(row)
            if old is None:
                return False
            if self._transact([*self._leave(row, old, place.table, now), *place.checks], attempt):
                return True
        raise StaleRowError(f"the row of {row} could not be removed: other writers kept changing it")

    def find(self, original: ImagePath) -> list[ImagePath]:
        """The rows of other sets that show a photo."""
        others = (found.sortkey for found in self.photos.list_sets() if found.sortkey != original.set_name)
        return sorted(self.photos.find_rows(ImagePath(name, str(original)) for name in others))

    def hide_everywhere(self, original: ImagePath, now: str) -> None:
        """Show a photo no longer in any set but its own."""
        for row in self.find(original):
            self.hide(row, now)

    def refresh(self, original: ImagePath, photo: Photo, now: str) -> None:
        """Let every set that shows a photo show it as it is now."""
        for row in self.find(original):
            self._refresh(row, photo, now)

    def find_of_set(self, set_name: str) -> Iterator[ImagePath]:
        """The rows that show photos of other sets in this one, or photos of this one in others."""
        yield from self._list(set_name, "")
        for other in self.photos.list_sets():
            if other.sortkey != set_name:
                yield from self._list(other.sortkey, f"{set_name}/")

    def find_in(self, set_name: str) -> Iterator[ImagePath]:
        """The rows that show photos of other sets in this one."""
        return self._list(set_name, "")

    def find_all(self) -> Iterator[ImagePath]:
        """The rows of all sets that show photos of others."""
        for found in self.photos.list_sets():
            yield from self._list(found.sortkey, "")

    def withdraw(self, row: ImagePath, now: str) -> None:
        """Remove a row that may not be there any more, in the table where it lies; the set it is in may be moving.

        Its photo counts as never shown there, so that an import may show it again.
        """
        for attempt in range(MAX_ATTEMPTS):
            located = self.photos.locate_photos([row, row.original])
            if row not in located:
                return
            writes = self._leave(row, *located[row], now)
            if row.original in located:
                photo, table = located[row.original]
                if photo.shown_elsewhere:
                    writes.append(_count(table, row.original, photo, -1))
            if self._transact(writes, attempt):
                return
        raise StaleRowError(f"the row of {row} could not be removed: other writers kept changing it")

    def _refresh(self, row: ImagePath, photo: Photo, now: str) -> None:
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(row.set_name)
            old = self.photos.get_photo(row)
            if old is None:
                return
            copy = _copy(photo, row, now)
            writes: list[Write] = [
                {"Put": {"TableName": place.table, "Item": copy.to_item(), **is_unchanged(old, "processed_at")}},
                *SetCounts(self.photos, place.table).join(row, copy, old, now, attempt, is_known=False),
                *place.checks,
            ]
            if self._transact(writes, attempt):
                return
        raise StaleRowError(f"the row of {row} could not be written: other writers kept changing it")

    def _leave(self, row: ImagePath, old: Photo, table: str, now: str) -> list[Write]:
        delete = {"TableName": table, "Key": key_of(row), **is_unchanged(old, "processed_at")}
        return [{"Delete": delete}, *SetCounts(self.photos, table).leave(row, old, now)]

    def _list(self, set_name: str, prefix: str) -> Iterator[ImagePath]:
        rows = (ImagePath(set_name, file) for file in self.photos.list_files(set_name, prefix))
        return (row for row in rows if row.is_shown_from_elsewhere)

    def _check_same_people_see(self, original: str, other: str) -> list[Write]:
        """What a transaction has to check for a photo to be shown elsewhere. Raises ``DifferentPeopleError``."""
        tables = self.photos.tables
        access = tables.refresh()
        checks, limited = list[Write](), tuple[frozenset[str], ...]()
        if access.audience_of(original) != PUBLIC:
            # The row first: whoever limits a member from here on changes it.
            checks = [tables.access_table.limiting(tables.access_table.get_limits())]
            limited = tables.access_table.limited_sets()
        if reason := Showing(access, limited).why_not(original, other):
            raise DifferentPeopleError(reason)
        own = access.sets.get(original)
        return checks + ([tables.check_audience(name, own) for name in (original, other)] if own else [])

    def _transact(self, writes: list[Write], attempt: int) -> bool:
        return transact(self.photos.client, writes, attempt, self.photos.tables.note_failed)


_NEW: Write = {"ConditionExpression": "attribute_not_exists(sortkey)"}


def _copy(photo: Photo, row: ImagePath, now: str) -> Photo:
    """The row that shows a photo in another set. Raises ``NotShowableError``."""
    key = grid_key(photo.taken_at, row.file, photo.film_seconds)
    if len(key.encode()) > _MAX_SORT_KEY_BYTES:
        raise NotShowableError(f"{row.file} is too long a name to be shown in another set: move it to a shorter one")
    return Photo(
        primarykey=row.set_name,
        sortkey=row.file,
        grid_key=key,
        width=photo.width,
        height=photo.height,
        placeholder=photo.placeholder,
        face_count=photo.face_count,
        taken_at=photo.taken_at,
        processed_at=now,
    )


def _count(table: str, original: ImagePath, photo: Photo, by: int) -> Write:
    """The write that counts how often a photo is shown; whoever removes or replaces its row then knows of it."""
    same = is_unchanged(photo, "etag", "shown_elsewhere")
    values = {**same.pop("ExpressionAttributeValues", {}), ":times": (photo.shown_elsewhere or 0) + by}
    update = {"UpdateExpression": "SET shown_elsewhere = :times", "ExpressionAttributeValues": values}
    return {"Update": {"TableName": table, "Key": key_of(original), **update, **same}}
