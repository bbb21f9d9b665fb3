"""The sets somebody may add to, with the titles that pages show."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from functions.photo_reader import PhotoReader
from functions.shapes import PhotoSet


@dataclass(frozen=True)
class OpenSets:
    """Reads the sets of both tables, of those that everybody may see and of the others."""

    public: PhotoReader
    private: PhotoReader

    def list(self, names: Collection[str] | None) -> list[dict[str, Any]]:
        """Name and title of each set, or of those with these names, newest name first."""
        found: dict[str, PhotoSet] = {}
        for shown in self.public.list_sets():
            found[shown.sortkey] = shown
        for shown in self.private.list_sets():
            found[shown.sortkey] = shown
        wanted = sorted(found, reverse=True) if names is None else sorted(set(names) & set(found), reverse=True)
        return [{"name": name, "title": found[name].shown_title} for name in wanted]
