"""Checks from outside that what isn't public gives nothing away: what a stranger asks for over HTTP, and with the
credentials that every guest gets."""

import http.client
import json
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.access.audiences import PUBLIC, Access
from functions.addresses import (
    CARD_FOLDER,
    DOWNLOAD_FOLDER,
    FILM_FACES_FOLDER,
    FILM_FOLDER,
    LARGE_FOLDER,
    THUMBNAIL_FOLDER,
    address,
)
from functions.keys import ImagePath
from functions.photo_page import page_url
from functions.photo_rows import SETS_PARTITION, Photo
from functions.public_lists import PEOPLE_KEY
from scripts.common.bucket import list_objects
from scripts.common.stack import Stack
from scripts.common.words import count
from scripts.deployment.closing import new_guest
from scripts.health.finding import Finding
from scripts.site.announcements import FEED
from scripts.site.search_index import SEARCH_INDEX
from scripts.site.shown import TITLES

_HTTP_SECONDS = 15
_CHECK = "private"
# So many sets that aren't public are tried, and of each so many photos.
_SETS, _PHOTOS = 20, 2


@dataclass(frozen=True)
class PrivateSet:
    """A set that isn't public, with some of its photos."""

    name: str
    photos: list[Photo]


def check_private(stack: Stack) -> Finding:
    """Whether a stranger gets anything of what isn't public."""
    access = stack.access.read_access()
    if not access.has_private:
        return Finding(_CHECK, "ok", "everything is public")
    sets = list(islice(_private_sets(stack, access), _SETS))
    tried, leaks = 0, []
    if stack.site_url:
        for path in _private_addresses(stack, access, sets):
            tried += 1
            if _is_let_in(stack.site_url, path):
                leaks.append(path)
    guest = new_guest(stack)
    leaks += _leaks_of_rows(stack, guest, access, sets)
    leaks += _leaks_of_functions(stack, guest, access, sets)
    if leaks:
        told = ", ".join(leaks[:5]) + (f" and {len(leaks) - 5} more" if len(leaks) > 5 else "")
        advice = "close the site with `kinpics close`, then run `kinpics publish` and `kinpics deploy` and look again"
        return Finding(_CHECK, "wrong", f"a stranger gets {told}", advice)
    of_site = "the site" if access.album != PUBLIC else ""
    what = " and ".join(filter(None, (of_site, count(len(sets), "set"))))
    return Finding(_CHECK, "ok", f"a stranger gets nothing at {count(tried, 'address', 'addresses')} of {what}")


def _private_sets(stack: Stack, access: Access) -> Iterator[PrivateSet]:
    for row in stack.photos.list_sets():
        if access.is_private(row.sortkey):
            yield PrivateSet(row.sortkey, list(islice(stack.photos.list_photos(row.sortkey), _PHOTOS)))


def _private_addresses(stack: Stack, access: Access, sets: Iterable[PrivateSet]) -> Iterator[str]:
    """Addresses that a stranger must get nothing at."""
    if access.album != PUBLIC:
        yield from ("/", "/index.html", "/people/", "/search/", f"/{FEED}", f"/{PEOPLE_KEY}", f"/{TITLES}")
        for item in list_objects(stack.s3, stack.outputs.site_bucket, SEARCH_INDEX):
            yield f"/{item['Key']}"
    for one in sets:
        folder = f"/sets/{address(one.name)}/"
        yield from (folder, f"{folder}index.html", f"{folder}all/", f"{folder}people.json", f"{folder}{FEED}")
        for photo in one.photos:
            path = ImagePath(one.name, photo.sortkey)
            yield page_url(path)
            folders = (THUMBNAIL_FOLDER, LARGE_FOLDER, CARD_FOLDER, DOWNLOAD_FOLDER)
            of_films = (FILM_FOLDER, FILM_FACES_FOLDER) if photo.film_seconds is not None else ()
            yield from (served + address(*path) for served in (*folders, *of_films))


def _is_let_in(site_url: str, path: str) -> bool:
    """Whether a stranger gets something at an address; being led to where one signs in is nothing."""
    parts = urllib.parse.urlsplit(site_url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=_HTTP_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status in (200, 206, 304)
    finally:
        connection.close()


def _leaks_of_rows(stack: Stack, guest: boto3.Session, access: Access, sets: Iterable[PrivateSet]) -> Iterator[str]:
    """What a guest's credentials read that isn't public."""
    client: Any = guest.client("dynamodb")
    outputs = stack.outputs

    def partition(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.query(
            TableName=outputs.pics_table,
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": {"S": name}},
        )["Items"]
        return found

    for item in partition(SETS_PARTITION):
        if access.is_private(name := item["sortkey"]["S"]):
            yield f"the row of the set {name}"
    for one in sets:
        if partition(one.name):
            yield f"rows of the set {one.name}"
    for table in (outputs.private_pics_table, outputs.access_table):
        try:
            client.scan(TableName=table, Limit=1)
        except ClientError:
            continue
        yield f"rows of the table {table}"


def _leaks_of_functions(
    stack: Stack, guest: boto3.Session, access: Access, sets: Iterable[PrivateSet]
) -> Iterator[str]:
    """What the functions that guests invoke say of what isn't public."""
    client: Any = guest.client("lambda")

    def ask(function: str, **event: Any) -> dict[str, Any]:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        content: dict[str, Any] = json.loads(answer["Payload"].read())
        return content

    door, search = stack.outputs.door_function, stack.outputs.search_function
    if ask(door, action="sets").get("output"):
        yield "sets from the door"
    for one in sets:
        if ask(door, action="photos", set=one.name).get("output"):
            yield f"photos of {one.name} from the door"
        faces = [record["Face"]["FaceId"] for photo in one.photos for record in photo.face_records]
        for face in faces[:1]:
            # What is public may show the same person; but whose only photo is private must not be known.
            found = ask(search, faceid=face).get("output", [])
            if hidden := [entry["image_path"] for entry in found if _is_hidden(access, entry["image_path"])]:
                yield f"{hidden[0]} from a search"


def _is_hidden(access: Access, image_path: str) -> bool:
    return access.is_private(image_path.partition("/")[0])
