"""What a site costs a month: billed units, counted on the laptop stack, times AWS's list prices.

`counted.json` says how many units one photo, one visit and one search take; `make bench ARGS=calls` counts them again
from the stack's call log. `prices.json` has the prices, with their sources. What can't be counted on a laptop, because
AWS's machines work at their own pace, is assumed here, each in one line.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from functions.errors import KinpicsError
from scripts.common.template import load_template

_FOLDER = Path(__file__).parent
COUNTED = _FOLDER / "counted.json"
PRICES = _FOLDER / "prices.json"

# Assumed: seconds that AWS's functions take, most of them waiting for Rekognition.
PROCESS_SECONDS, SEARCH_SECONDS, ROUND_SECONDS = 2.5, 0.5, 5.0
# Of a film of a minute, in 1080p: seconds that the films function takes, pictures in which faces are looked for,
# people, MB of the original and of what plays.
FILM_SECONDS, FILM_PICTURES, FILM_PEOPLE, FILM_MB, FILM_PLAYED_MB = 90.0, 10, 4, 60.0, 15.0
# Lambda's disk is free up to this size.
_FREE_DISK_GB = 0.5
# Photos whose people are recognised in one round: those that are processed within `PeopleWait`.
_PHOTOS_A_ROUND = 60
# At most (functions/people/recognition.py): for each person who has a name, and for each face that isn't recognised.
SEARCHES_A_PERSON, _SEARCHES_A_FACE = 5, 1
# Lambda polls the queues even while they are empty: five pollers and, where two may run at once, two; so too of films,
# where the site takes them. Each waits 20 seconds for a message.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_POLLS = 3 * 60 * 24 * 30
_IDLE_POLLS, _IDLE_POLLS_FOR_FILMS = (5 + 2) * _POLLS, 2 * _POLLS
# For each message: S3 sends it, a poller receives it, the function hides it for its time, Lambda deletes it; then
# one is sent to the people function, received and deleted.
SQS_REQUESTS_A_ROUND = 3
_SQS_REQUESTS_A_PHOTO = 4 + SQS_REQUESTS_A_ROUND
# A private address has two files, which a round writes anew where they show another photo: at most with each.
_PUTS_AN_ADDRESS = 2
_LOG_BYTES_A_CALL = 1500
# The template's own: metrics of the functions; alarms, by the metrics they look at, of which ReadsAlarm has three; one
# dashboard.
_METRICS, ALARMS, _DASHBOARDS = 8, 10, 1
# An original is kept twice: as it is for the owner, and as visitors may download it.
_COPIES = 2
# How often CloudFront asks S3 again for each request, once its edges have a file.
_CACHE_MISSES = 0.1

# What the gate reads of CloudFront's key-value store at each request: who may see the album; if it isn't public, also
# whether the set differs, the key of the pass, and whether its link or member is still there.
_STORE_READS, _STORE_READS_OF_MEMBERS = 1, 4
# A member's visit enters by the door once, and what a guest reads by itself, the door reads for a member: each time it
# looks up who may see what, the keys of passes, and the member.
_ENTERING, _DOOR_READS, _DOOR_SECONDS = 1, 3, 0.15

# https://aws.amazon.com/rekognition/pricing/ (of what is called here; listing and deleting is free)
# AssociateFaces is assumed to cost the same as the others.
_PAID = ("AssociateFaces", "DetectLabels", "IndexFaces", "SearchFaces", "SearchFacesByImage", "SearchUsersByImage")
# One unit reads this much, or twice as much where it may be a moment old.
READ_BYTES = 4096
_READS = ("GetItem", "Query", "BatchGetItem", "Scan")
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")

# Billed units by their names in prices.json; a name begins with its service's.
Units = dict[str, float]


class UnknownRegionError(KinpicsError):
    """The price table knows nothing of a region."""


@dataclass(frozen=True)
class Usage:
    """How much a site is used: photos there are, and visits and searches a month; the mean size of an original in MB.

    ``people`` are those of the lookalike gallery, with one portrait each; ``named`` have a name in the photos. With
    ``labels``, each photo gets them; ``posted`` visitors have a private address. Where there are ``members``, as many
    sign in a month, and all visits are theirs.
    ``films`` last a minute each, and come on top of the photos. Of longer ones, MediaConvert converts
    ``converted_minutes``.
    """

    photos: int
    visits: int
    searches: int
    photo_mb: float = 4.0
    people: int = 0
    labels: bool = False
    named: int = 0
    members: int = 0
    posted: int = 0
    films: int = 0
    converted_minutes: int = 0


@dataclass(frozen=True)
class ServiceCost:
    """What a service costs in USD: at list price, and what is due after what is always free."""

    service: str
    listed: float
    due: float


class CountedPhoto(TypedDict):
    """What one photo takes: units, bytes of its renditions and rows, faces; the mean of ``counted_photos``."""

    units: Units
    rendition_bytes: int
    row_bytes: int
    faces: float
    counted_photos: int


class CountedVisitor(TypedDict):
    """What one visit, or one search, takes: units, and requests to CloudFront with their bytes."""

    units: Units
    requests: int
    bytes: int


class Counted(TypedDict):
    """`counted.json`; ``counted`` is the day."""

    counted: str
    photo: CountedPhoto
    visit: CountedVisitor
    search: CountedVisitor


def count_units(calls: Iterable[dict[str, Any]]) -> Units:
    """Billed units of calls as the stack's log has them; sizes are taken from the bodies, rounded up as AWS does.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """
    units: Units = defaultdict(float)
    for call in calls:
        names = [action.split(":") for action in call["actions"]]
        for service, name in names:
            if service == "s3":
                units["s3_puts" if name in ("PutObject", "ListBucket") else "s3_gets"] += name != "DeleteObject"
            elif service == "rekognition" and name in _PAID:
                units["rekognition_calls"] += 1
            elif service == "lambda":
                units["lambda_requests"] += 1
        tables = [name for service, name in names if service == "dynamodb"]
        writes = [name for name in tables if name in _WRITES]
        if writes:
            # One item is as large as the body at most; each item of a transaction is written twice.
            units["dynamodb_writes"] += (len(writes) - 1 + math.ceil(call["sent"] / 1024)) * (1 + (len(writes) > 1))
        elif any(name in _READS for name in tables):
            units["dynamodb_reads"] += max(1, math.ceil(call["received"] / READ_BYTES))
    return units


def without_rounds(calls: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The calls but for the people function's: a round takes as many whatever the number of its photos."""
    return [call for call in calls if "-PeopleRole-" not in call["caller"]]


def load_prices(region: str) -> dict[str, float]:
    """USD for each unit. Raises ``UnknownRegionError``."""
    regions = json.loads(PRICES.read_text())["regions"]
    if region not in regions:
        raise UnknownRegionError(f"{PRICES.name} has no prices for {region}: choose one of {', '.join(regions)}")
    own = regions[region]
    listed = {**regions.get(own.get("as"), {}), **{name: price for name, price in own.items() if name != "as"}}
    return {name: price["usd"] for name, price in listed.items()}


def list_unchecked_prices(region: str) -> list[str]:
    """Units whose price was never checked against a page that states it."""
    regions = json.loads(PRICES.read_text())["regions"]
    listed = {**regions.get(regions[region].get("as"), {}), **regions[region]}
    return sorted(name for name, price in listed.items() if name != "as" and "checked" not in price)


def load_counted() -> Counted:
    """What one photo, one visit and one search take."""
    counted: Counted = json.loads(COUNTED.read_text())
    return counted


def count_upload(usage: Usage) -> Units:
    """Units of uploading the photos and of recognising who is in them, which are paid for once."""
    units = count_processing(usage)
    units["rekognition_calls"] += SEARCHES_A_PERSON * usage.named
    units["rekognition_calls"] += usage.photos * load_counted()["photo"]["faces"] * _SEARCHES_A_FACE
    rounds = math.ceil(usage.photos / _PHOTOS_A_ROUND)
    units["lambda_requests"] += rounds
    units["lambda_gb_seconds"] += rounds * ROUND_SECONDS * memory_gb("PeopleFunction")
    units["s3_puts"] += rounds * usage.posted * _PUTS_AN_ADDRESS
    return units


def count_processing(usage: Usage) -> Units:
    """Units of uploading the photos and processing them, and of the gallery's portraits."""
    photo = load_counted()["photo"]
    units: Units = defaultdict(float, {name: value * usage.photos for name, value in photo["units"].items()})
    # Each portrait is indexed, and its face given to its person.
    units["rekognition_calls"] += 2 * usage.people + usage.photos * usage.labels
    units["lambda_requests"] += usage.photos
    units["lambda_gb_seconds"] += usage.photos * PROCESS_SECONDS * memory_gb("ProcessFunction")
    units["sqs_requests"] += usage.photos * _SQS_REQUESTS_A_PHOTO
    units["cloudwatch_log_gb"] += usage.photos * _LOG_BYTES_A_CALL / 1e9
    for name, value in count_films(usage.films, FILM_SECONDS, FILM_PICTURES + FILM_PEOPLE).items():
        units[name] += value
    units["mediaconvert_minutes"] += usage.converted_minutes
    return units


def count_films(films: int, seconds: float, calls: int) -> Units:
    """Units of cutting films for so many seconds each, with so many paid calls for the faces in each."""
    template = load_template()["Resources"]["FilmsFunction"]["Properties"]
    disk_gb = template["EphemeralStorage"]["Size"] / 1024 - _FREE_DISK_GB
    return {
        "rekognition_calls": films * calls,
        "lambda_requests": films * 2,  # the process function hands it on
        "lambda_gb_seconds": films * seconds * memory_gb("FilmsFunction"),
        "lambda_disk_gb_seconds": films * seconds * disk_gb,
        "sqs_requests": films * _SQS_REQUESTS_A_PHOTO * 2,
        "s3_puts": films * 10,
    }


def count_month(usage: Usage) -> Units:
    """Units of keeping the site for a month and of its visitors; the most it can be, with alarms."""
    data = load_counted()
    photo, visit, search = data["photo"], data["visit"], data["search"]
    units: Units = defaultdict(float)
    for source, times in ((visit, usage.visits), (search, usage.searches)):
        for name, value in source["units"].items():
            units[name] += value * times
    gigabytes = usage.photos * photo["rendition_bytes"] / 1e9
    units["s3_gb"] = usage.photos * usage.photo_mb * _COPIES / 1000 + gigabytes
    units["s3_gb"] += usage.films * (FILM_MB * _COPIES + FILM_PLAYED_MB) / 1000
    units["dynamodb_gb"] = units["dynamodb_backup_gb"] = usage.photos * photo["row_bytes"] / 1e9
    units["rekognition_faces"] = usage.photos * photo["faces"] + usage.people + usage.films * FILM_PEOPLE
    units["rekognition_users"] = usage.people
    units["transfer_gb"] = units["dynamodb_reads"] * READ_BYTES / 1e9
    units["cloudfront_gb"] = (usage.visits * visit["bytes"] + usage.searches * search["bytes"]) / 1e9
    units["cloudfront_requests"] = usage.visits * visit["requests"] + usage.searches * search["requests"]
    units["cloudfront_functions"] = units["cloudfront_requests"]
    reads = _STORE_READS_OF_MEMBERS if usage.members else _STORE_READS
    units["cloudfront_store_reads"] = units["cloudfront_requests"] * reads
    units["s3_gets"] += units["cloudfront_requests"] * _CACHE_MISSES
    if usage.members:
        calls = usage.visits * (_ENTERING + visit["units"]["dynamodb_reads"])
        units["cognito_users"] = usage.members
        units["lambda_requests"] += calls
        units["lambda_gb_seconds"] += calls * _DOOR_SECONDS * memory_gb("DoorFunction")
        units["dynamodb_reads"] += calls * _DOOR_READS + usage.searches * _DOOR_READS
        units["cloudwatch_log_gb"] += calls * _LOG_BYTES_A_CALL / 1e9
    units["lambda_gb_seconds"] += usage.searches * SEARCH_SECONDS * memory_gb("SearchFunction")
    units["sqs_requests"] += _IDLE_POLLS + _IDLE_POLLS_FOR_FILMS * (usage.films > 0)
    units["cloudwatch_log_gb"] += usage.searches * _LOG_BYTES_A_CALL / 1e9
    units["cloudwatch_metrics"] = _METRICS
    units["cloudwatch_alarms"] = ALARMS
    units["cloudwatch_dashboards"] = _DASHBOARDS
    return units


def cost_by_service(units: Units, region: str) -> list[ServiceCost]:
    """What each service costs, dearest first. Raises ``UnknownRegionError``."""
    prices = load_prices(region)
    free = json.loads(PRICES.read_text())["always_free"]
    listed: dict[str, float] = defaultdict(float)
    due: dict[str, float] = defaultdict(float)
    for name, amount in units.items():
        service = name.partition("_")[0]
        listed[service] += amount * prices[name]
        due[service] += max(0.0, amount - free.get(name, 0)) * prices[name]
    costs = [ServiceCost(service, value, due[service]) for service, value in listed.items()]
    return sorted(costs, key=lambda cost: cost.listed, reverse=True)


def format_costs(usage: Usage, parts: dict[str, list[ServiceCost]]) -> list[str]:
    """Lines of text: what each part (`a month`, `once`) costs, by service."""
    shown = []
    for part, costs in parts.items():
        what = "photos uploaded" if part == "once" else f"photos, {usage.visits:,} visits, {usage.searches:,} searches"
        shown.append(f"{part}: {usage.photos:,} {what}".ljust(60) + f"{'listed':>10}{'due':>10}")
        rows = [cost for cost in costs if cost.listed >= 0.005]
        shown += [f"  {cost.service:58}{cost.listed:10.2f}{cost.due:10.2f}" for cost in rows]
        listed, due = sum(cost.listed for cost in costs), sum(cost.due for cost in costs)
        shown.append(f"  {'together':58}{listed:10.2f}{due:10.2f}")
    return shown


def memory_gb(function: str) -> float:
    """The memory that the template gives a function, by its name there."""
    memory_mb: int = load_template()["Resources"][function]["Properties"]["MemorySize"]
    return memory_mb / 1024
