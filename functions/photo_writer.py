"""Writes and removes photos: a photo's row, its row by image id and its set's counts change in one transaction.

What the rows hold is in `functions/shapes.py`.
"""

from dataclasses import dataclass

from functions.image_links import ImageLinks
from functions.keys import ImagePath
from functions.photo_reader import PhotoReader, key_of
from functions.set_counts import SetCounts
from functions.shapes import Photo
from functions.transactions import MAX_ATTEMPTS, StaleRowError, Write, is_unchanged, transact


@dataclass(frozen=True)
class PhotoWriter:
    """Writes to the tables of ``photos`` and ``images``; every method raises ``StaleRowError`` where others keep
    changing the same rows.
    """

    photos: PhotoReader
    images: ImageLinks

    def put_photo(self, path: ImagePath, photo: Photo, now: str) -> Photo | None:
        """Write a photo's rows and count it into its set. Returns the row it replaces."""
        for attempt in range(MAX_ATTEMPTS):
            old = self.photos.get_photo(path)
            item = (old.unknown if old else {}) | photo.to_item()
            writes: list[Write] = [
                {"Put": {"TableName": self.photos.name, "Item": item, **_is_same(old)}},
                self._sets.join(path, photo, old, now, attempt),
            ]
            if photo.image_id:
                writes += self.images.join(photo.image_id, path, photo)
            if old and old.image_id and old.image_id != photo.image_id:
                writes += self.images.leave(old.image_id, str(path))
            if transact(self.photos.client, writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be written: other writers kept changing them")

    def remove_photo(self, path: ImagePath, now: str) -> Photo | None:
        """Remove a photo's rows, count it out of its set, and replace it where it was featured. Returns the old row."""
        for attempt in range(MAX_ATTEMPTS):
            old = self.photos.get_photo(path)
            if old is None:
                return None
            writes: list[Write] = [
                {"Delete": {"TableName": self.photos.name, "Key": key_of(path), **_is_same(old)}},
                *self._sets.leave(path, old, now),
            ]
            if old.image_id:
                writes += self.images.leave(old.image_id, str(path))
            if transact(self.photos.client, writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be removed: other writers kept changing them")

    def leave_record(self, image_id: str, path: str) -> None:
        """Stop a row by image id from leading to the image path ``path``."""
        for attempt in range(MAX_ATTEMPTS):
            writes = self.images.leave(image_id, path)
            if not writes or transact(self.photos.client, writes, attempt):
                return
        raise StaleRowError(f"the row of image {image_id} could not be changed: other writers kept changing it")

    @property
    def _sets(self) -> SetCounts:
        return SetCounts(self.photos)


def _is_same(old: Photo | None) -> Write:
    """The condition that a photo's row still is what was read."""
    if old is None:
        return {"ConditionExpression": "attribute_not_exists(sortkey)"}
    return is_unchanged(old, "etag", "processed_at")
