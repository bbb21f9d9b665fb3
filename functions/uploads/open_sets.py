"""The sets somebody may add to, with the titles that pages show."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from functions.photo_reader import PhotoReader


@dataclass(frozen=True)
class OpenSets:
    """Reads the sets, those that everybody may see and the others."""

    photos: PhotoReader

    def list(self, names: Collection[str] | None) -> list[dict[str, Any]]:
        """Name and title of each set, or of those with these names, newest name first."""
        found = {shown.sortkey: shown for shown in self.photos.list_sets()}
        wanted = sorted(found, reverse=True) if names is None else sorted(set(names) & set(found), reverse=True)
        return [{"name": name, "title": found[name].shown_title} for name in wanted]
