"""The films that a site takes: none, all, or on a laptop those that fit into its memory."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.common.words import size_in_words

if TYPE_CHECKING:
    from scripts.common.stack import Stack

NO_FILMS = "a film, and this site takes none: set `films = true` in kinpics.toml, then run `kinpics deploy`"
# A laptop's S3 holds a file in memory as it arrives and as it is read, up to three times at once.
_PART_OF_MEMORY = 8


@dataclass(frozen=True)
class FilmsTaken:
    """Which films a site takes: ``most`` is how many bytes one may have there; None for as many as S3 takes."""

    any: bool = True
    most: int | None = None

    def is_too_large(self, size: int) -> bool:
        """Whether a film of so many bytes doesn't fit, where films are taken at all."""
        return self.any and self.most is not None and size > self.most

    def why_not(self, size: int) -> str:
        """Why a film of so many bytes isn't taken; empty if it is."""
        if not self.any:
            return NO_FILMS
        if self.most is not None and size > self.most:
            return (
                f"the film has {size_in_words(size)}, and a site on this computer takes films of up to "
                f"{size_in_words(self.most)}, an eighth of its memory: make it smaller, or publish the site on AWS"
            )
        return ""


def films_taken(stack: "Stack | None") -> FilmsTaken:
    """What a site takes; everything where there is none yet."""
    if stack is None:
        return FilmsTaken()
    return FilmsTaken(stack.takes_films, _memory() // _PART_OF_MEMORY if stack.endpoint_url else None)


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
