"""What somebody may see, by the pass they show: the question that every function asks before it answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from functions.access.access_rows import LinkRow, MemberRow
from functions.access.access_table import AccessTable
from functions.access.audiences import ALBUM, LINK, PUBLIC, Access
from functions.access.passes import BadPassError, MemberSubject, Subject, read_pass


@dataclass(frozen=True)
class Sight:
    """What may be seen of the album that ``access`` describes.

    ``opened`` has what opened links lead to: names of sets, or ``ALBUM``. A ``member`` sees every set, or those in
    ``member.sets``. ``is_owner`` sees everything.
    """

    access: Access = Access()
    opened: frozenset[str] = field(default_factory=frozenset)
    member: MemberRow | None = None
    is_owner: bool = False

    @classmethod
    def by_pass(cls, table: AccessTable, text: str | None, now: float) -> Self:
        """What the pass ``text`` shows at ``now``, seconds since 1970; a bad one, or none, shows what strangers see.

        Reads whether its links and its member are still there. An album where nothing is private costs one small read.
        """
        access = table.read_access()
        if not text or not access.has_private:
            return cls(access)
        try:
            subjects = read_pass(text, table.read_keys(), now)
        except BadPassError:
            return cls(access)
        return cls.of_subjects(access, subjects, table.find_subjects(subjects))

    @classmethod
    def of_subjects(cls, access: Access, subjects: Iterable[Subject], found: Iterable[LinkRow | MemberRow]) -> Self:
        """What these subjects show, of which ``found`` are still there."""
        since = {subject.id: subject.since for subject in subjects if isinstance(subject, MemberSubject)}
        opened: set[str] = set()
        member = None
        for row in found:
            if isinstance(row, LinkRow):
                opened.add(row.opens)
            elif since.get(row.id) == row.since:
                member = row
        return cls(access, frozenset(opened), member, is_owner=bool(member and member.is_owner))

    @property
    def sees_album(self) -> bool:
        """Whether the album's own pages may be seen: its front page, search, people, lookalike."""
        if self.access.album == PUBLIC or self.is_owner or (self.member and self.member.sets is None):
            return True
        return self.access.album == LINK and ALBUM in self.opened

    def sees(self, set_name: str) -> bool:
        """Whether a set may be seen, if it exists."""
        audience = self.access.audience_of(set_name)
        if audience == PUBLIC or self.is_owner:
            return True
        if self.member and (self.member.sets is None or set_name in self.member.sets):
            return True
        if audience != LINK:
            return False
        return (ALBUM if set_name not in self.access.sets else set_name) in self.opened

    @property
    def sees_anything(self) -> bool:
        """Whether there may be anything for them at all: else a search of the album needn't be paid for."""
        return self.sees_album or self.member is not None or any(map(self.sees, self.access.sets))
