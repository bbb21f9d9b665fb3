"""Writes and removes photos: a photo's row, its row by image id and its set's counts change in one transaction.

What the rows hold is in `functions/photo_rows.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from functions.image_links import ImageLinks
from functions.keys import ImagePath
from functions.owner_words import keep_owner_words, reword
from functions.photo_reader import PhotoReader, key_of, set_key
from functions.photo_rows import Photo, grid_key
from functions.photo_tables import SettledPlace
from functions.set_counts import SetCounts
from functions.shown_photos import ShownPhotos
from functions.transactions import MAX_ATTEMPTS, StaleRowError, Write, is_unchanged, transact

# What the owner may change in a photo's row.
_WORDS = ("title", "caption", "owner_words")


@dataclass(frozen=True)
class PhotoWriter:
    """Writes to the tables of ``photos`` and ``images``.

    Every method raises ``StaleRowError`` where others keep changing the same rows, and ``SetMovingError`` while the
    set's rows move from one table to the other; both can be tried again.
    """

    photos: PhotoReader
    images: ImageLinks

    def put_photo(self, path: ImagePath, photo: Photo, now: str) -> Photo | None:
        """Write a photo's rows, with the owner's words, and count it into its set. Returns the row it replaces."""
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(path.set_name)
            old = self.photos.get_photo(path)
            if self._replace(path, photo, old, place, attempt, now):
                return old
        raise StaleRowError(f"the rows of {path} could not be written: other writers kept changing them")

    def put_film(self, path: ImagePath, etag: str, film: dict[str, Any] | None, now: str) -> bool:
        """Give a photo the film behind it, or none; False if it isn't the photo with this ``etag`` any more."""
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(path.set_name)
            old = self.photos.get_photo(path)
            if old is None or old.etag != etag:
                return False
            new = replace(old, film=film)
            new = replace(new, grid_key=grid_key(old.taken_at, path.file, new.film_seconds if film else None))
            if self._replace(path, new, old, place, attempt, now):
                return True
        raise StaleRowError(f"the rows of {path} could not be written: other writers kept changing them")

    def _replace(
        self, path: ImagePath, photo: Photo, old: Photo | None, place: SettledPlace, attempt: int, now: str
    ) -> bool:
        """Write a photo's rows in place of ``old``; False where others have changed them meanwhile."""
        # A set that this process has seen there must still be there: its own row moves before all others.
        is_known = not attempt and not photo.is_beside and (path.set_name, place.table) in self.photos.tables.seen
        whole = replace(keep_owner_words(photo, old), shown_elsewhere=old.shown_elsewhere if old else None)
        if old and old.shown_elsewhere:
            # First: whoever stops in between comes back, for this row isn't new yet.
            ShownPhotos(self.photos).refresh(path, whole, now)
        item = (old.unknown if old else {}) | whole.to_item()
        writes: list[Write] = [
            {"Put": {"TableName": place.table, "Item": item, **_is_same(old)}},
            *SetCounts(self.photos, place.table).join(path, photo, old, now, attempt, is_known=is_known),
            *([] if is_known else place.checks_of_new),
        ]
        if photo.image_id:
            writes += self.images.join(photo.image_id, path, photo)
        if old and old.image_id and old.image_id != photo.image_id:
            writes += self.images.leave(old.image_id, str(path))
        if not self._transact(writes, attempt):
            return False
        if not photo.is_beside:
            self.photos.tables.seen.add((path.set_name, place.table))
        return True

    def reword_photo(
        self,
        path: ImagePath,
        words: Mapping[str, str | None],
        now: str,
        in_file: Mapping[str, str | None] | None = None,
    ) -> bool:
        """Give a photo the owner's ``words``, as `owner_words.reword` does; False if there is no such photo."""
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(path.set_name)
            old = self.photos.get_photo(path)
            if old is None:
                return False
            new = reword(old, words, in_file)
            if old.shown_elsewhere:
                ShownPhotos(self.photos).refresh(path, new, now)
            changed = new.to_item()
            texts = {name: changed.get(name) for name in _WORDS}
            writes = [_update(place.table, key_of(path), texts, _is_same(old)), *place.checks]
            if self.photos.get_set(path.set_name):
                seen = {"ConditionExpression": "attribute_exists(sortkey)"}
                writes.append(_update(place.table, set_key(path.set_name), {"updated_at": now}, seen))
            if self._transact(writes, attempt):
                return True
        raise StaleRowError(f"the row of {path} could not be changed: other writers kept changing it")

    def describe_set(self, set_name: str, texts: Mapping[str, str], now: str) -> None:
        """Give a set the owner's words (``SET_TEXTS``), empty for none; its row may come before its first photo."""
        values = {**{name: text or None for name, text in texts.items()}, "updated_at": now}
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(set_name)
            writes = [_update(place.table, set_key(set_name), values, {}), *place.checks_of_new]
            if self._transact(writes, attempt):
                return
        raise StaleRowError(f"the row of {set_name} could not be changed: other writers kept changing it")

    def choose_cover(self, path: ImagePath, now: str) -> bool:
        """Show a photo for its set, as the owner chose; False if there is no such photo."""
        there = {"ConditionExpression": "attribute_exists(sortkey)"}
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(path.set_name)
            if self.photos.get_photo(path) is None:
                return False
            values = {"pic": path.file, "pic_chosen": True, "updated_at": now}
            writes: list[Write] = [
                _update(place.table, set_key(path.set_name), values, there),
                {"ConditionCheck": {"TableName": place.table, "Key": key_of(path), **there}},
                *place.checks,
            ]
            if self._transact(writes, attempt):
                return True
        raise StaleRowError(f"the cover of {path.set_name} could not be changed: other writers kept changing its rows")

    def remove_photo(self, path: ImagePath, now: str) -> Photo | None:
        """Remove a photo's rows, count it out of its set, and replace it where it was featured. Returns the old row."""
        for attempt in range(MAX_ATTEMPTS):
            place = self.photos.tables.settle(path.set_name)
            old = self.photos.get_photo(path)
            if old is None:
                return None
            if old.shown_elsewhere:
                ShownPhotos(self.photos).hide_everywhere(path, now)
            writes: list[Write] = [
                {"Delete": {"TableName": place.table, "Key": key_of(path), **_is_same(old)}},
                *SetCounts(self.photos, place.table).leave(path, old, now),
                *place.checks,
            ]
            if old.image_id:
                writes += self.images.leave(old.image_id, str(path))
            if self._transact(writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be removed: other writers kept changing them")

    def leave_record(self, image_id: str, path: str) -> None:
        """Stop a row by image id from leading to the image path ``path``."""
        for attempt in range(MAX_ATTEMPTS):
            writes = self.images.leave(image_id, path)
            if not writes or self._transact(writes, attempt):
                return
        raise StaleRowError(f"the row of image {image_id} could not be changed: other writers kept changing it")

    def _transact(self, writes: list[Write], attempt: int) -> bool:
        """As `transact`; a set whose rows have moved is looked for again."""
        return transact(self.photos.client, writes, attempt, self.photos.tables.note_failed)


def _is_same(old: Photo | None) -> Write:
    """The condition that a photo's row still is what was read."""
    if old is None:
        return {"ConditionExpression": "attribute_not_exists(sortkey)"}
    return is_unchanged(old, "etag", "processed_at", "shown_elsewhere", *_WORDS)


def _update(table: str, key: dict[str, str], values: Mapping[str, Any], condition: Write) -> Write:
    """The write that sets these attributes of a row, and removes those that are None."""
    kept = {name: value for name, value in values.items() if value is not None}
    gone = [name for name in values if name not in kept]
    sets = "SET " + ", ".join(f"{name} = :{name}" for name in kept) if kept else ""
    removes = " REMOVE " + ", ".join(gone) if gone else ""
    new = {f":{name}": value for name, value in kept.items()} | condition.get("ExpressionAttributeValues", {})
    update = {"TableName": table, "Key": key, **condition, "UpdateExpression": (sets + removes).strip()}
    return {"Update": update | ({"ExpressionAttributeValues": new} if new else {})}
