"""Audiences: who may see the album, and each set that differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.errors import KinpicsError

# Everybody; who has the link; who was invited. From wide to narrow.
PUBLIC, LINK, MEMBERS = "public", "link", "members"
AUDIENCES = (PUBLIC, LINK, MEMBERS)
# Stands for the album where a set's name could be: no set has this name.
ALBUM = "/"


class BadAudienceError(KinpicsError):
    """There is no such audience."""


def check_audience(text: str) -> str:
    """An audience by its name. Raises ``BadAudienceError``."""
    if text not in AUDIENCES:
        raise BadAudienceError(f"{text!r} is no audience: it is one of {', '.join(AUDIENCES)}")
    return text


def narrower(one: str, other: str) -> str:
    """The audience that fewer people belong to."""
    return max(one, other, key=AUDIENCES.index)


@dataclass(frozen=True)
class Access:
    """The album's audience, and the audience of each set that has one of its own.

    ``moving`` has the sets whose rows are on their way between the tables; while they are, their audience is the
    narrower of the old one and the new one.
    """

    album: str = PUBLIC
    sets: Mapping[str, str] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()

    def audience_of(self, set_name: str) -> str:
        """Who may see a set, whether it exists or not."""
        return self.sets.get(set_name, self.album)

    def is_private(self, set_name: str) -> bool:
        """Whether a set's rows lie in ``private_pics``: visitors can't read them by themselves."""
        return self.audience_of(set_name) != PUBLIC

    def is_everywhere(self, set_name: str) -> bool:
        """Whether all who may see the album's own pages may see this set: only then these pages show it.

        A set with a link of its own isn't everywhere in an album that has a link: that is another link.
        """
        audience = self.audience_of(set_name)
        inherits = set_name not in self.sets
        return inherits or audience == PUBLIC or (self.album == MEMBERS and audience == LINK)

    @property
    def has_private(self) -> bool:
        """Whether anything isn't public."""
        return self.album != PUBLIC or any(audience != PUBLIC for audience in self.sets.values())
