"""The people that pages show, read from the public files that the people function writes into the site bucket.

Whoever is hidden or forgotten is in none of them, and who is only in sets that are for fewer people than the site is,
is in these sets' own lists alone. A file of another release counts as missing: the function writes it anew.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from functions.addresses import address
from functions.aws_errors import is_not_found
from functions.keys import ImagePath, parse_image_path
from functions.people.boxes import Box
from functions.people.public_files import person_key, person_pages
from functions.photo_rows import Photo
from functions.public_lists import PEOPLE_KEY, VERSION, lists_of_nobody, set_list_key
from scripts.common.bucket import etag_of, list_objects
from scripts.common.stack import Stack
from scripts.site.browser_config import UNKNOWN_HEIGHT, UNKNOWN_WIDTH
from scripts.site.shown import ShownSet, path_of

# A person's page shows at most so many others who are often with them; the first ones.
MAX_WITH = 12
# Stands for the person in the address of the page that shows several (site/pages.json).
_SEVERAL = "+"
_WORKERS = 8


@dataclass(frozen=True)
class Portrait:
    """A face in a photo, to be shown in a circle."""

    path: ImagePath
    box: Box
    width: int
    height: int
    # The name of the picture cut for it; None if there is none yet.
    name: str | None = None


@dataclass(frozen=True)
class ShownPerson:
    """Somebody with a name; ``days`` are the first and the last on which a photo was taken, if any photo says."""

    name: str
    slug: str
    photos: int
    days: tuple[date, date] | None
    portrait: Portrait
    has_page: bool = True

    @property
    def path(self) -> str:
        """Their page on the site; empty if they have none."""
        return f"/people/{address(self.slug)}/" if self.has_page else ""

    @property
    def years(self) -> str:
        """The years of their photos, first and last; empty if no photo says."""
        if not self.days:
            return ""
        first, last = (day.year for day in self.days)
        return str(first) if first == last else f"{first}\N{EN DASH}{last}"


@dataclass(frozen=True)
class UnknownPerson:
    """Somebody without a name: a search for ``face`` finds their photos."""

    face: str
    photos: int
    portrait: Portrait


@dataclass(frozen=True)
class Together:
    """Somebody who is on photos with a person, on how many, and the page of these."""

    person: ShownPerson
    photos: int
    path: str


@dataclass(frozen=True)
class PersonPage:
    """What a person's page shows: their photos by time, and who is with them."""

    person: ShownPerson
    photos: list[Photo]
    together: list[Together]
    # How the page's script knows that nothing has changed since.
    etag: str


@dataclass(frozen=True)
class KnownPerson:
    """A published page: the fingerprint of what is on it, and the slugs of those who are on it too."""

    fingerprint: str
    together: list[str]


@dataclass(frozen=True)
class People:
    """Everyone the site shows, most photographed first; ``etag`` is that of the list."""

    people: list[ShownPerson] = field(default_factory=list)
    unknown: list[UnknownPerson] = field(default_factory=list)
    etag: str = ""

    @cached_property
    def by_slug(self) -> Mapping[str, ShownPerson]:
        """The people, by their part of an address."""
        return {person.slug: person for person in self.people}

    @property
    def names(self) -> set[tuple[str, str]]:
        """Their parts of an address and their names."""
        return {(person.slug, person.name) for person in self.people}


def read_people(stack: Stack) -> People:
    """The people of a site; none if it has no list, which is so before the people function has first run."""
    content, etag = _read(stack, PEOPLE_KEY)
    if content is None:
        return People(etag=_etag_of_nobody(PEOPLE_KEY))
    return People(
        [_person(entry) for entry in content["people"]],
        [UnknownPerson(entry["face"], entry["photos"], _portrait(entry["portrait"])) for entry in content["unknown"]],
        etag,
    )


def read_person(stack: Stack, people: People, person: ShownPerson) -> PersonPage | None:
    """What a person's page shows; None if their photos went since the list was read."""
    content, etag = _read(stack, person_key(person.slug))
    if content is None:
        return None
    together = [
        Together(people.by_slug[other["slug"]], other["photos"], _path_of(person.slug, other["slug"]))
        for other in content["with"]
        if other["slug"] in people.by_slug
    ]
    return PersonPage(person, [_photo(entry) for entry in content["photos"]], together[:MAX_WITH], etag)


def list_person_etags(stack: Stack) -> Mapping[str, str]:
    """The ETag of the photos of each person who has a page, by slug: the people function deletes the page of somebody
    who isn't shown."""
    listed = list_objects(stack.s3, stack.outputs.site_bucket, "people/")
    etags = {item["Key"]: item["ETag"].strip('"') for item in listed}
    slugs = {key.split("/")[1] for key in etags}
    return {
        slug: etags[person_key(slug)] for slug in slugs if {person_key(slug), person_pages(slug)[0]} <= etags.keys()
    }


def list_pages_of_nobody(stack: Stack) -> list[str]:
    """Keys of the pages of people who have no photos, or aren't shown, any more."""
    keys = {item["Key"] for item in list_objects(stack.s3, stack.outputs.site_bucket, "people/")}
    slugs = {key.split("/")[1] for key in keys if key.count("/") > 1} - {_SEVERAL}
    return [
        page for slug in sorted(slugs) if person_key(slug) not in keys for page in person_pages(slug) if page in keys
    ]


def fingerprint_of_person(people: People, slug: str, together: Iterable[str], etag: str) -> str:
    """What a person's page is made from, as a short hash; ``together`` are the slugs of the others on it."""
    shown = [people.by_slug.get(other) for other in (slug, *together)]
    return hashlib.sha256(f"{etag} {shown!r}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class InSet:
    """Somebody who is on photos of a set, and on how many."""

    person: ShownPerson
    photos: int


@dataclass(frozen=True)
class SetPeople:
    """Who is on the photos that a set shows, most photographed first; and who is on each, by the file of one of its own
    and by the path of another set's, from left to right."""

    people: list[InSet] = field(default_factory=list)
    on_photos: Mapping[str, list[ShownPerson]] = field(default_factory=dict)


def read_set_people(stack: Stack, people: People, shown: ShownSet, *, is_everywhere: bool = True) -> SetPeople:
    """Who is on the photos that a set shows, those of other sets too; only a set that isn't everywhere may show
    somebody who has no page.

    Whoever sees the set sees these others (`functions/access/showing.py`).
    """
    photos: dict[str, dict[str, Photo]] = defaultdict(dict)
    for photo in shown.photos:
        photos[photo.primarykey][photo.sortkey] = photo
    without_page: dict[str, ShownPerson] = {}
    on_photos: dict[str, list[ShownPerson]] = {}
    for set_name, own in photos.items():
        content: Any = _read(stack, set_list_key(set_name))[0] if people.people or not is_everywhere else None
        if content is None:
            continue
        known: Mapping[str, ShownPerson] = people.by_slug
        if not is_everywhere:
            for person in _without_pages(content, own):
                without_page.setdefault(person.slug, person)
            known = {**without_page, **people.by_slug}
        listed = [known.get(slug) for slug, *_ in content["people"]]
        for file, photo in own.items():
            # Somebody may be on a photo twice.
            indices = dict.fromkeys(index for _, index, _ in content["photos"].get(file, ()))
            on_photos[shown.file_of(photo)] = [person for index in indices if (person := listed[index])]
    counts = Counter(person for on_photo in on_photos.values() for person in on_photo)
    found = [InSet(person, count) for person, count in counts.items()]
    return SetPeople(sorted(found, key=lambda one: (-one.photos, one.person.slug)), on_photos)


def _without_pages(content: Any, own: Mapping[str, Photo]) -> Iterator[ShownPerson]:
    """The people of a set's list who have no page, each with their first face on these photos of it as the portrait."""
    portraits: dict[int, Portrait] = {}
    photos: Counter[int] = Counter()
    for file, faces in content["photos"].items():
        if photo := own.get(file):
            photos.update({index for _, index, _ in faces})
            size = photo.width or UNKNOWN_WIDTH, photo.height or UNKNOWN_HEIGHT
            for box, index, _ in faces:
                portraits.setdefault(index, Portrait(path_of(photo), Box(*box), *size))
    for index, (slug, name, *has_page) in enumerate(content["people"]):
        if has_page == [False] and index in portraits:
            yield ShownPerson(name, slug, photos[index], None, portraits[index], has_page=False)


def whose_face(stack: Stack, people: People, path: ImagePath, face_id: str) -> ShownPerson | None:
    """Whose face in a photo it is, if that is somebody with a name."""
    content: Any = _read(stack, set_list_key(path.set_name))[0] if people.people else None
    faces = content["photos"].get(path.file, ()) if content else ()
    for _, index, face in faces:
        if face == face_id:
            return people.by_slug.get(content["people"][index][0])
    return None


def set_etags(stack: Stack, set_names: Iterable[str]) -> Mapping[str, str]:
    """The ETag of the people in each of these sets, by its name; a set without a file shows nobody."""

    def etag(set_name: str) -> str:
        try:
            head = stack.s3.head_object(Bucket=stack.outputs.site_bucket, Key=set_list_key(set_name))
        except ClientError as error:
            if is_not_found(error):
                return _etag_of_nobody(set_list_key(set_name), set_name)
            raise
        return head["ETag"].strip('"')

    names = list(set_names)
    with ThreadPoolExecutor(_WORKERS) as pool:
        return dict(zip(names, pool.map(etag, names), strict=True))


def _etag_of_nobody(key: str, *set_names: str) -> str:
    """The ETag of a file that isn't there yet, as it will be written."""
    return etag_of(lists_of_nobody(set_names)[key])


def _read(stack: Stack, key: str) -> tuple[Any, str]:
    """A public file's content and ETag; None and an empty text if there is none that this release can read."""
    try:
        answer = stack.s3.get_object(Bucket=stack.outputs.site_bucket, Key=key)
    except ClientError as error:
        if is_not_found(error):
            return None, ""
        raise
    content = json.loads(answer["Body"].read())
    return (content, answer["ETag"].strip('"')) if content["v"] == VERSION else (None, "")


def _person(entry: Mapping[str, Any]) -> ShownPerson:
    days = (date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"])) if entry["from"] else None
    return ShownPerson(entry["name"], entry["slug"], entry["photos"], days, _portrait(entry["portrait"]))


def _portrait(entry: Mapping[str, Any]) -> Portrait:
    return Portrait(parse_image_path(entry["path"]), Box(*entry["box"]), *_size(entry), entry.get("picture"))


def _size(entry: Mapping[str, Any]) -> tuple[int, int]:
    """A photo's; rows written by other programs may lack it."""
    width, height = entry["width"], entry["height"]
    return (width, height) if width and height else (UNKNOWN_WIDTH, UNKNOWN_HEIGHT)


def _photo(entry: Mapping[str, Any]) -> Photo:
    path = parse_image_path(entry["path"])
    width, height = _size(entry)
    return Photo(
        primarykey=path.set_name,
        sortkey=path.file,
        width=width,
        height=height,
        placeholder=entry["placeholder"] or None,
        taken_at=entry["taken_at"],
    )


def _path_of(*slugs: str) -> str:
    """The page of photos that show all of these people; site/js/photos/urls.js writes the same."""
    return f"/people/{'+'.join(address(slug) for slug in slugs)}/"
