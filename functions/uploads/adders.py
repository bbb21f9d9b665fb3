"""Who added photos that an event's set shows, by the first names that guests gave: the projector says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.keys import ImagePath
from functions.photo_reader import PhotoReader
from functions.uploads.contributions import Contributions


@dataclass(frozen=True)
class Adders:
    """Reads the photos' rows, and those of who sent them."""

    photos: PhotoReader
    contributions: Contributions

    def of(self, set_name: str, files: Sequence[str]) -> list[dict[str, Any]]:
        """The answer to `added` (functions/uploads/handler.py)."""
        digests: dict[ImagePath, str] = self.photos.get_attribute(
            [ImagePath(set_name, file) for file in files], "sha256"
        )
        placed = self.contributions.get_placed(set_name, digests.values())
        # Who sent a photo first, where several have sent it.
        ids = {sha256: min(photo.by) for sha256, photo in placed.items() if photo.by}
        rows = self.contributions.get_all(set_name, ids.values())
        names: dict[str, str] = {}
        counts: dict[str, int] = {}
        for sha256 in digests.values():
            row = rows.get(ids.get(sha256, ""))
            if row is not None and row.who and row.event:
                names[row.who] = row.name or names.get(row.who, "")
                counts[row.who] = counts.get(row.who, 0) + 1
        return [{"name": names[who], "photos": counts[who]} for who in counts]
