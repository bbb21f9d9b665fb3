"""What an album costs a month: billed units, counted on the laptop stack, times AWS's list prices.

`counted.json` says what one photo, one visit and one search come to; `make bench ARGS=calls` counts it anew from the
stack's call log. `prices.json` is the price table, with its sources. What can't be counted on a laptop,
because AWS's machines do it at their own pace, is assumed here, each in one line.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.errors import KinpicsError

_FOLDER = Path(__file__).parent
COUNTED = _FOLDER / "counted.json"
PRICES = _FOLDER / "prices.json"

# Assumed: seconds that AWS's functions take, most of them waiting for Rekognition; memory as in template.yaml.
_PROCESS_GB_SECONDS = 2.5 * 2048 / 1024
_SEARCH_GB_SECONDS = 0.5 * 512 / 1024
# Lambda asks a queue of its own for messages: five pollers, each waiting 20 seconds for one.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_IDLE_POLLS = 5 * 3 * 60 * 24 * 30
# For each message: S3 sends it, a poller receives it, Lambda deletes it.
_SQS_REQUESTS_A_PHOTO = 3
_LOG_BYTES_A_CALL = 1500
# The template's own: metrics of the functions; alarms, by the metrics they look at, of which ReadsAlarm has three; one
# dashboard.
_METRICS, _ALARMS, _DASHBOARDS = 7, 10, 1
# An original is kept twice: as it is for the owner, and as visitors may download it.
_COPIES = 2
# What has gone once to CloudFront's edges is asked of S3 again this often for each time it is looked at.
_CACHE_MISSES = 0.1

# https://aws.amazon.com/rekognition/pricing/ (of what is called here; listing and deleting is free)
# AssociateFaces is assumed to cost the same as the others.
_PAID = ("AssociateFaces", "IndexFaces", "SearchFaces", "SearchFacesByImage", "SearchUsersByImage")
# One unit reads this much, or twice as much where it may be a moment old.
READ_BYTES = 4096
_READS = ("GetItem", "Query", "BatchGetItem", "Scan")
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")


class UnknownRegionError(KinpicsError):
    """The price table knows nothing of a region."""


@dataclass(frozen=True)
class Album:
    """What is asked about: photos there are, and visits and searches a month; the mean size of an original in MB.

    ``people`` are those of the lookalike gallery, with one portrait each.
    """

    photos: int
    visits: int
    searches: int
    photo_mb: float = 4.0
    people: int = 0


@dataclass(frozen=True)
class Line:
    """What a service comes to in USD: at list price, and after what is always free."""

    service: str
    listed: float
    due: float


def units_of(calls: Iterable[dict[str, Any]]) -> Counter[str]:
    """Billed units of calls as the stack's log has them; sizes are taken from the bodies, rounded up as AWS does.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """
    units: Counter[str] = Counter()
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
            # One item has the size of the body at most; each of a transaction is written twice.
            units["dynamodb_writes"] += (len(writes) - 1 + math.ceil(call["sent"] / 1024)) * (1 + (len(writes) > 1))
        elif any(name in _READS for name in tables):
            units["dynamodb_reads"] += max(1, math.ceil(call["received"] / READ_BYTES))
    return units


def prices(region: str) -> dict[str, float]:
    """USD for each unit. Raises ``UnknownRegionError``."""
    regions = json.loads(PRICES.read_text())["regions"]
    if region not in regions:
        raise UnknownRegionError(f"{PRICES.name} has no prices of {region}; it has {', '.join(regions)}")
    own = regions[region]
    listed = {**regions.get(own.get("as"), {}), **{name: price for name, price in own.items() if name != "as"}}
    return {name: price["usd"] for name, price in listed.items()}


def unchecked(region: str) -> list[str]:
    """Units whose price was never checked against a page that states it."""
    regions = json.loads(PRICES.read_text())["regions"]
    listed = {**regions.get(regions[region].get("as"), {}), **regions[region]}
    return sorted(name for name, price in listed.items() if name != "as" and "checked" not in price)


def counted() -> dict[str, dict[str, float]]:
    """Units of one photo, visit and search, and bytes of one photo's renditions and rows."""
    return json.loads(COUNTED.read_text())


def once(album: Album) -> Counter[str]:
    """Units of putting the photos up, which are paid for once."""
    photo = counted()["photo"]
    units = Counter({name: value * album.photos for name, value in photo["units"].items()})
    # Each portrait is indexed, and its face given to its person.
    units["rekognition_calls"] += 2 * album.people
    units["lambda_requests"] += album.photos
    units["lambda_gb_seconds"] += album.photos * _PROCESS_GB_SECONDS
    units["sqs_requests"] += album.photos * _SQS_REQUESTS_A_PHOTO
    units["cloudwatch_log_gb"] += album.photos * _LOG_BYTES_A_CALL / 1e9
    return units


def monthly(album: Album) -> Counter[str]:
    """Units of keeping the album for a month and of its visitors; the most it can be, with alarms."""
    data = counted()
    photo, visit, search = data["photo"], data["visit"], data["search"]
    units: Counter[str] = Counter()
    for source, times in ((visit, album.visits), (search, album.searches)):
        units.update({name: value * times for name, value in source["units"].items()})
    gigabytes = album.photos * photo["rendition_bytes"] / 1e9
    units["s3_gb"] = album.photos * album.photo_mb * _COPIES / 1000 + gigabytes
    units["dynamodb_gb"] = units["dynamodb_backup_gb"] = album.photos * photo["row_bytes"] / 1e9
    units["rekognition_faces"] = album.photos * photo["faces"] + album.people
    units["rekognition_users"] = album.people
    units["transfer_gb"] = units["dynamodb_reads"] * READ_BYTES / 1e9
    units["cloudfront_gb"] = (album.visits * visit["bytes"] + album.searches * search["bytes"]) / 1e9
    units["cloudfront_requests"] = album.visits * visit["requests"] + album.searches * search["requests"]
    units["cloudfront_functions"] = units["cloudfront_requests"]
    units["s3_gets"] += units["cloudfront_requests"] * _CACHE_MISSES
    units["lambda_gb_seconds"] += album.searches * _SEARCH_GB_SECONDS
    units["sqs_requests"] += _IDLE_POLLS
    units["cloudwatch_log_gb"] += album.searches * _LOG_BYTES_A_CALL / 1e9
    units["cloudwatch_metrics"] = _METRICS
    units["cloudwatch_alarms"] = _ALARMS
    units["cloudwatch_dashboards"] = _DASHBOARDS
    return units


def lines(units: Counter[str], region: str) -> list[Line]:
    """A line for each service, dearest first. Raises ``UnknownRegionError``."""
    table = prices(region)
    free = json.loads(PRICES.read_text())["always_free"]
    listed: Counter[str] = Counter()
    due: Counter[str] = Counter()
    for name, amount in units.items():
        service = name.partition("_")[0]
        listed[service] += amount * table[name]
        due[service] += max(0.0, amount - free.get(name, 0)) * table[name]
    return [Line(service, value, due[service]) for service, value in listed.most_common()]


def table(album: Album, parts: dict[str, list[Line]]) -> list[str]:
    """Lines of text: what each part comes to, by service."""
    shown = []
    for part, services in parts.items():
        what = "photos put up" if part == "once" else f"photos, {album.visits:,} visits, {album.searches:,} searches"
        shown.append(f"{part}: {album.photos:,} {what}".ljust(60) + f"{'listed':>10}{'due':>10}")
        rows = [line for line in services if line.listed >= 0.005]
        shown += [f"  {line.service:58}{line.listed:10.2f}{line.due:10.2f}" for line in rows]
        listed, due = sum(line.listed for line in services), sum(line.due for line in services)
        shown.append(f"  {'together':58}{listed:10.2f}{due:10.2f}")
    return shown
