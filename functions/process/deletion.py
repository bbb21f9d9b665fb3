"""What is deleted when a photo's original is gone from S3, or can't be shown.

In this order:

1. the photo's faces in the collection, except those that another photo with the same bytes also has. The answers that
   the ledger keeps are then out of date;
2. its thumbnails, large rendition, card and download copy, and the names kept from its file;
3. its row, its part of the row by image id, and its place in the set: the counts, the featured photo, and with the last
   photo the set itself (`photo_writer`);
4. its page.

Faces go first: while the row is there, a worker that dies in between can still find them. The page goes last: where
`kinpics publish` has just written it once more, either it goes now, or publishing sees that the row is gone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from functions.face_collection import ALBUM_COLLECTION, FaceCollection
from functions.kept_regions import KeptRegions
from functions.keys import ImagePath
from functions.ledger import Ledger
from functions.photo_rows import Photo
from functions.photo_writer import PhotoWriter
from functions.process.objects import Objects
from functions.process.photo_pages import PhotoPages


@dataclass(frozen=True)
class PhotoDeletion:
    """Deletes what the site keeps of a photo beside its original."""

    objects: Objects
    regions: KeptRegions
    pages: PhotoPages
    faces: FaceCollection
    writer: PhotoWriter
    ledger: Ledger

    def delete_photo(self, path: ImagePath, now: str) -> None:
        """Delete everything the site keeps of a photo."""
        old = self.writer.photos.get_photo(path)
        self.delete_faces(path, old, keep=set())
        self.objects.delete_served(path)
        self.regions.delete(path)
        self.writer.remove_photo(path, now)
        self.pages.delete(path)

    def delete_faces(
        self, path: ImagePath, old: Photo | None, keep: set[str], leftovers: Collection[str] = frozenset()
    ) -> None:
        """Delete the faces of a photo's ``old`` row, and ``leftovers`` that no row knows, but those to ``keep``."""
        known = (old.face_ids if old else set()).union(leftovers)
        if old and known - keep:
            keep = keep | self.writer.images.find_shared_faces(path, old)
        self.faces.delete(known - keep)
        if known or keep:
            self.ledger.note_change(ALBUM_COLLECTION)
