"""Which sets and people have changed since the last publish, and what is known of the others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from functions.access.audiences import Access
from functions.aws_errors import is_not_found
from functions.photo_rows import PhotoSet
from scripts.common.stack import Stack
from scripts.site.covers import Covers
from scripts.site.fingerprints import fingerprint_of_set
from scripts.site.people_shown import (
    KnownPerson,
    People,
    PersonPage,
    ShownPerson,
    fingerprint_of_person,
    list_person_etags,
    read_person,
    set_etags,
)
from scripts.site.published import KnownSet, Published
from scripts.site.search_index import Entry, read_search_index
from scripts.site.shown import read_sets


class Changes:
    """The sets of a site, by what has to be done about them.

    ``known`` are those that haven't changed since the last publish, with what the search index has of them, if it may
    have anything, in ``entries``; ``rendered`` are the others, whose photos are read here.
    """

    def __init__(
        self, stack: Stack, rows: Sequence[PhotoSet], people: People, access: Access, last: Published, site: str
    ):
        self._site = site
        now = datetime.now(UTC)
        everywhere = {row.sortkey for row in rows if access.is_everywhere(row.sortkey)}
        who = set_etags(stack, (row.sortkey for row in rows if people.people or row.sortkey not in everywhere))

        def fingerprint(row: PhotoSet, others: Iterable[str]) -> str | None:
            on_photos = "".join(who.get(name, "") for name in (row.sortkey, *others))
            return fingerprint_of_set(row, now, on_photos, "" if row.sortkey in everywhere else "narrower")

        known = {
            row.sortkey: known
            for row in rows
            if last.site == site
            and (known := last.sets.get(row.sortkey))
            and known.fingerprint == fingerprint(row, known.outline.others)
        }
        found = _read_entries(stack, last.search_index) if known else {}
        self.known: Mapping[str, KnownSet] = {
            name: one for name, one in known.items() if name in found or name not in everywhere
        }
        self.entries: Mapping[str, Entry] = {name: found[name] for name in self.known if name in everywhere}
        self.sets = read_sets(stack.photos, rows, {name: one.outline for name, one in self.known.items()})
        self.rendered = [shown for shown in self.sets if shown.name not in self.known]
        self._fingerprints = {shown.name: fingerprint(shown.row, shown.others) for shown in self.sets}

    def to_remember(
        self,
        search_index: str,
        covers: Covers,
        cards: Mapping[str, str | None],
        people: Mapping[str, KnownPerson],
    ) -> Published:
        """What the next publish has to know of this one; ``cards`` are the sets' own, by their names."""
        sets: dict[str, KnownSet | None] = {}
        for shown in self.sets:
            name, fingerprint = shown.name, self._fingerprints[shown.name]
            sets[name] = None
            if fingerprint:
                is_rated = name in covers.candidates
                sets[name] = KnownSet(
                    fingerprint,
                    shown.outlined(),
                    covers.of_sets.get(name),
                    covers.candidates.get(name),
                    is_rated,
                    cards.get(name),
                )
        return Published(self._site, search_index, sets, people)


class PeopleChanges:
    """The people of a site: ``known`` are those whose pages are as they should be, by slug; ``rendered`` the others."""

    def __init__(self, stack: Stack, people: People, last: Published, site: str):
        self._people = people
        etags = list_person_etags(stack) if people.people else {}
        self.known: Mapping[str, KnownPerson] = {
            person.slug: known
            for person in people.people
            if last.site == site
            and (known := last.people.get(person.slug))
            and known.fingerprint == self._fingerprint(person, known.together, etags.get(person.slug, ""))
        }
        others = (person for person in people.people if person.slug not in self.known)
        self.rendered: list[PersonPage] = list(filter(None, (read_person(stack, people, person) for person in others)))

    def to_remember(self) -> Mapping[str, KnownPerson]:
        """What the next publish has to know of this one."""
        new = {}
        for page in self.rendered:
            others = [other.person.slug for other in page.together]
            fingerprint = self._fingerprint(page.person, others, page.etag)
            new[page.person.slug] = KnownPerson(fingerprint, others)
        return {**self.known, **new}

    def _fingerprint(self, person: ShownPerson, together: Iterable[str], etag: str) -> str:
        return fingerprint_of_person(self._people, person.slug, together, etag)


def _read_entries(stack: Stack, key: str) -> dict[str, Entry]:
    """The entries of the search index that was published last."""
    try:
        answer = stack.s3.get_object(Bucket=stack.outputs.site_bucket, Key=key)
    except ClientError as error:
        if is_not_found(error):
            return {}
        raise
    return read_search_index(key, answer["Body"].read())
