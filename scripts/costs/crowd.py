"""An event's guests who all send at once, on AWS: how long a deployment's limits let them wait, and what it costs.

Each limit is looked at alone: how many of its units a crowd needs, over how many it gives a second. The slowest one
says how long it takes. Units follow from the code, and tests hold them to it; seconds of functions are assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.pace import CALLS_A_SECOND
from scripts.costs.estimate import (
    PROCESS_SECONDS,
    ServiceCost,
    Units,
    Usage,
    cost_by_service,
    count_processing,
    memory_gb,
)
from scripts.costs.worst_case import ARRIVAL_SECONDS, CALLS_A_SENT_PHOTO, PUTS_A_SENT_PHOTO

# Assumed: a call of the uploads function, most of it waiting for DynamoDB.
CALL_SECONDS = 0.2
# What a guest's page asks (site/js/uploading/): what the event is, then for forms, at most six at a time; then what
# became of the photos, after 2.5 seconds, then after twice as long each time, up to two minutes.
_FORMS_A_CALL = 6
_FIRST_LOOK, _LONGEST_LOOK = 2.5, 120.0
# Reads of table `access` by each call: the event, and who may see the set.
ACCESS_READS_A_CALL = 2
# Of table `contributions`: for each photo its own row and its content's, and its own again when it arrives; for each
# look, one query of a few rows.
READS_A_PHOTO, READS_A_LOOK = 3, 0.5
# Announced, then waiting; decided, in the set under a name, shown.
WRITES_TO_WAIT, WRITES_TO_SHOW = 2, 3
# A guest's count, the set's and the site's, for each call for forms; and of each photo when it is processed.
LEDGER_WRITES_A_CALL, _LEDGER_WRITES_A_PHOTO = 3, 2


@dataclass(frozen=True)
class Bottleneck:
    """A limit: what is limited, by which parameters, how much of it a crowd needs and is given a second."""

    what: str
    limit: str
    needed: float
    rate: float

    @property
    def seconds(self) -> float:
        return self.needed / self.rate


@dataclass(frozen=True)
class Crowd:
    """So many guests, who send so many photos each, all at the same moment; the mean size of a photo in MB."""

    guests: int
    photos_each: int
    photo_mb: float = 4.0

    @property
    def photos(self) -> int:
        return self.guests * self.photos_each


def until_all_wait(crowd: Crowd, parameters: Mapping[str, str]) -> list[Bottleneck]:
    """The limits on the way to the owner, the slowest first, of a deployment with these parameters."""
    calls_for_forms = crowd.guests * -(-crowd.photos_each // _FORMS_A_CALL)
    arriving = Bottleneck(
        "photos checked (arrivals function)",
        "`ProcessConcurrency`",
        crowd.photos * ARRIVAL_SECONDS,
        float(parameters["ProcessConcurrency"]),
    )
    # While the last photos are checked, their guests look; who waits longer looks no more often for that.
    looks = crowd.guests * looks_in(arriving.seconds)
    calls = crowd.guests + calls_for_forms + looks
    reads, writes = float(parameters["MaxPrivateReads"]), float(parameters["MaxWrites"])
    calls_a_second = float(parameters["UploadConcurrency"]) * min(CALLS_A_SECOND, 1 / CALL_SECONDS)
    found = [
        arriving,
        Bottleneck("calls of guests' pages (uploads function)", "`UploadConcurrency`", calls, calls_a_second),
        Bottleneck("reads of `access`", "`MaxPrivateReads`", calls * ACCESS_READS_A_CALL, reads),
        Bottleneck(
            "reads of `contributions`", "`MaxPrivateReads`", crowd.photos * READS_A_PHOTO + looks * READS_A_LOOK, reads
        ),
        Bottleneck("writes of `contributions`", "`MaxWrites`", crowd.photos * WRITES_TO_WAIT, writes),
        Bottleneck("writes of the ledger", "`MaxWrites`", calls_for_forms * LEDGER_WRITES_A_CALL, writes),
    ]
    return sorted(found, key=lambda limit: limit.seconds, reverse=True)


def until_all_shown(crowd: Crowd, parameters: Mapping[str, str]) -> list[Bottleneck]:
    """The limits from the owner's "let all in" to the wall, likewise."""
    concurrency, writes = float(parameters["ProcessConcurrency"]), float(parameters["MaxWrites"])
    seconds = crowd.photos * (ARRIVAL_SECONDS + PROCESS_SECONDS)
    found = [
        Bottleneck("photos brought into the album and processed", "`ProcessConcurrency`", seconds, concurrency),
        Bottleneck("writes of `contributions`", "`MaxWrites`", crowd.photos * WRITES_TO_SHOW, writes),
        Bottleneck("writes of the ledger", "`MaxWrites`", crowd.photos * _LEDGER_WRITES_A_PHOTO, writes),
    ]
    return sorted(found, key=lambda limit: limit.seconds, reverse=True)


def looks_in(seconds: float) -> int:
    """How often a page looks at what became of its photos in so many seconds."""
    looks, pause = 0, _FIRST_LOOK
    while seconds >= pause:
        seconds -= pause
        looks += 1
        pause = min(2 * pause, _LONGEST_LOOK)
    return looks


def cost_of_crowd(crowd: Crowd, parameters: Mapping[str, str], region: str) -> list[ServiceCost]:
    """What a crowd's photos cost until they are shown, and kept for a month. Raises ``UnknownRegionError``."""
    units: Units = count_processing(Usage(crowd.photos, 0, 0))
    limits = {limit.what: limit.needed for limit in until_all_wait(crowd, parameters)}
    calls = limits["calls of guests' pages (uploads function)"]
    units["lambda_requests"] += calls + CALLS_A_SENT_PHOTO * crowd.photos
    units["lambda_gb_seconds"] += calls * CALL_SECONDS * memory_gb("UploadsFunction")
    units["lambda_gb_seconds"] += CALLS_A_SENT_PHOTO * crowd.photos * ARRIVAL_SECONDS * memory_gb("ArrivalsFunction")
    units["dynamodb_reads"] += limits["reads of `access`"] + limits["reads of `contributions`"]
    units["dynamodb_writes"] += crowd.photos * (WRITES_TO_WAIT + WRITES_TO_SHOW) + limits["writes of the ledger"]
    units["s3_puts"] += crowd.photos * PUTS_A_SENT_PHOTO
    units["s3_gb"] += 2 * crowd.photos * crowd.photo_mb / 1e3
    return cost_by_service(units, region)
