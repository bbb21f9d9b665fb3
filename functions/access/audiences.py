"""Audiences: who may see the album, and each set that differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.errors import KinpicsError

# Everybody; who has the link; who was invited. From wide to narrow.
PUBLIC, LINK, MEMBERS = "public", "link", "members"
AUDIENCES = (PUBLIC, LINK, MEMBERS)
# Stands for the album where a set's name could be: no set has this name.
ALBUM = "/"
# Where the rows of a set lie that not everybody may see: not an audience, but beside "public" the other place.
PRIVATE = "private"


class BadAudienceError(KinpicsError):
    """There is no such audience."""


def check_audience(text: str) -> str:
    """An audience by its name. Raises ``BadAudienceError``."""
    if text not in AUDIENCES:
        raise BadAudienceError(f"{text!r} isn't an audience: give one of {', '.join(AUDIENCES)}")
    return text


def narrower(one: str, other: str) -> str:
    """The audience that fewer people belong to."""
    return max(one, other, key=AUDIENCES.index)


@dataclass(frozen=True)
class Access:
    """The album's audience, and the audience of each set that has one of its own.

    ``moving`` has the sets whose rows are on their way between the tables, and the album (``ALBUM``) while those of all
    sets that inherit are: each with where they come from, "public" or "private". Until they have arrived, the audience
    is the narrower of the old one and the new one.
    """

    album: str = PUBLIC
    sets: Mapping[str, str] = field(default_factory=dict)
    moving: Mapping[str, str] = field(default_factory=dict)

    def audience_of(self, set_name: str) -> str:
        """Who may see a set, whether it exists or not."""
        return self.sets.get(set_name, self.album)

    def is_private(self, set_name: str) -> bool:
        """Whether a set's rows lie in ``private_pics``: visitors can't read them by themselves."""
        return self.audience_of(set_name) != PUBLIC

    def is_moving(self, set_name: str) -> bool:
        """Whether a set's rows are on their way from one table to the other."""
        return self.comes_from(set_name) is not None

    def comes_from(self, set_name: str) -> str | None:
        """Where the rows of a set that moves come from: "public" or "private"; None for one that doesn't."""
        return self.moving.get(set_name) or (None if set_name in self.sets else self.moving.get(ALBUM))

    def is_everywhere(self, set_name: str) -> bool:
        """Whether all who may see the album's own pages may see this set: only then these pages show it.

        A set with a link of its own isn't everywhere in an album that has a link: that is another link.
        """
        audience = self.audience_of(set_name)
        inherits = set_name not in self.sets
        return inherits or audience == PUBLIC or (self.album == MEMBERS and audience == LINK)

    @property
    def narrowest(self) -> str:
        """The audience of those that may see everything, the album and each set."""
        return max((self.album, *self.sets.values()), key=AUDIENCES.index)

    @property
    def has_private(self) -> bool:
        """Whether anything isn't public."""
        return self.narrowest != PUBLIC
