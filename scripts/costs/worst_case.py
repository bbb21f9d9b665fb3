"""The most that hostile visitors can cost in an hour and in a day, from the limits that are really set.

Everything a visitor can reach (policies/visitor.json, and the functions it names) is assumed to run at its maximum all
the time, at list price, with nothing for free. What has no maximum is named beside the sum. A request that AWS refuses
(throttled, not allowed) costs nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from functions.films.moments import MAX_MOMENTS, MAX_PEOPLE
from functions.pace import CALLS_A_SECOND
from functions.removal.posted_addresses import MAX_DAILY_ADDRESSES
from functions.uploads.upload_limits import BYTES_A_FILE
from scripts.common.template import load_defaults, load_template
from scripts.costs.estimate import (
    READ_BYTES,
    ROUND_SECONDS,
    SQS_REQUESTS_A_ROUND,
    Units,
    Usage,
    cost_by_service,
    count_films,
    count_processing,
    load_prices,
    memory_gb,
)
from scripts.costs.limits import Limits

HOUR, DAY = 3_600, 86_400
# DynamoDB saves up to five minutes of a table's unused units, and may let them pass beyond the maximum.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
_SAVED_SECONDS = 300
_WRITE_BYTES = 1024
# Bytes that leave AWS for each byte that a read counts, at most; measured with rows as IndexFaces makes them. Visitors'
# own rows can be lists of empty texts, which count one byte each and leave as nine. Only functions read the ledger, and
# their answers are less than half of what they read.
_WIRE = {("PicsTable", ""): 2.0, ("PicsTable", "grid"): 1.5, ("LedgerTable", ""): 0.0}
_WIRE |= {("PrivatePicsTable", index): _WIRE["PicsTable", index] for index in ("", "grid")} | {("AccessTable", ""): 0.0}
# What was sent is answered in about half of its rows' bytes.
_WIRE |= {("ContributionsTable", ""): 0.5, ("ContributionsTable", "waiting"): 0.5}
_OWN_WIRE = 9.0
# Functions read the first and write the second only for somebody with a good pass or an event's secret, or who signs in
# as a member: a stranger's call ends before.
_READ_WITH_PASS = {"PrivatePicsTable", "ContributionsTable"}
_WRITTEN_WITH_PASS = {"AccessTable", "ContributionsTable"}
# One line a call, with its metrics; an answer without photos, with its headers.
_LOG_BYTES, _ANSWER_BYTES = 350, 1_000
# A photo from a browser is put into the incoming bucket, to where it waits, and into its set; the arrivals function
# looks at it twice, for so long.
PUTS_A_SENT_PHOTO, CALLS_A_SENT_PHOTO, ARRIVAL_SECONDS = 3, 2, 1.5
# Whoever keeps or ends a private address asks for a round of the people function, which collects what it is asked for
# `PeopleWait`, two of it at most; a round keeps a handful of files, and an address has two.
_ROUNDS_AN_ADDRESS, _ROUNDS_AT_ONCE = 2, 2
_PUTS_A_ROUND, _PUTS_AN_ADDRESS = 6, 2
# These log nothing but their own failures.
_SILENT = {"RemovalFunction", "DoorFunction", "UploadsFunction"}


@dataclass(frozen=True)
class WorstCost:
    """The most that a service can cost in USD."""

    service: str
    hour: float
    day: float


def count_worst(limits: Limits, seconds: int, *, with_pass: bool = False) -> Units:
    """Billed units of an hour or a day; what is written is stored for a month.

    ``with_pass``: by people who were let into a private set, instead of strangers.
    """
    units: Units = defaultdict(float)
    # In the last hour of a day in which nobody has searched, all of them.
    units["rekognition_calls"] = limits.daily_searches
    for table in limits.tables:
        reads, writes = (rate * (seconds + _SAVED_SECONDS) for rate in (table.reads, table.writes))
        reads *= with_pass or table.name not in _READ_WITH_PASS
        writes *= with_pass or table.name not in _WRITTEN_WITH_PASS
        units["dynamodb_reads"] += reads
        units["dynamodb_writes"] += writes
        units["dynamodb_gb"] += writes * _WRITE_BYTES / 1e9
        units["dynamodb_backup_gb"] += writes * _WRITE_BYTES / 1e9 * table.is_backed_up
        wire = _OWN_WIRE if table.writes else 1.0
        units["transfer_gb"] += reads * 2 * READ_BYTES * _WIRE.get((table.name, table.index), wire) / 1e9
    for concurrency, memory_mb, is_logged in _running(limits):
        calls = CALLS_A_SECOND * concurrency * seconds
        units["lambda_requests"] += calls
        units["lambda_gb_seconds"] += concurrency * seconds * memory_mb / 1024
        units["cloudwatch_log_gb"] += calls * _LOG_BYTES * is_logged / 1e9
        units["transfer_gb"] += calls * _ANSWER_BYTES / 1e9
    return units


def worst_of_strangers(limits: Limits, region: str) -> list[WorstCost]:
    """The most that each service can cost, and the rounds that private addresses ask for. Raises
    ``UnknownRegionError``."""
    return [*worst_by_service(limits, region), cost_of_addresses(region)]


def worst_by_service(limits: Limits, region: str, *, with_pass: bool = False) -> list[WorstCost]:
    """The most that each service can cost, dearest first, as `count_worst`. Raises ``UnknownRegionError``."""
    hour = {
        cost.service: cost.listed for cost in cost_by_service(count_worst(limits, HOUR, with_pass=with_pass), region)
    }
    day = cost_by_service(count_worst(limits, DAY, with_pass=with_pass), region)
    return [WorstCost(cost.service, hour[cost.service], cost.listed) for cost in day]


def sums(costs: list[WorstCost]) -> tuple[WorstCost, WorstCost]:
    """The sum without the bytes that leave AWS (transfer), and the whole sum."""
    without = [cost for cost in costs if cost.service != "transfer"]
    return (
        WorstCost("without transfer", sum(cost.hour for cost in without), sum(cost.day for cost in without)),
        WorstCost("together", sum(cost.hour for cost in costs), sum(cost.day for cost in costs)),
    )


def more_with_pass(limits: Limits, region: str) -> WorstCost:
    """What people who were let into a private set can cost beyond what strangers can. Raises ``UnknownRegionError``."""
    (_, strangers), (_, let_in) = (sums(worst_by_service(limits, region, with_pass=known)) for known in (False, True))
    return WorstCost("with a pass to a private album", let_in.hour - strangers.hour, let_in.day - strangers.day)


def cost_of_sent_photos(region: str) -> WorstCost:
    """What as many photos cost as may be sent from browsers in a day: each comes, waits, is let in and processed.

    Raises ``UnknownRegionError``.
    """
    files = int(load_defaults()["DailyUploads"])
    units = count_processing(Usage(files, 0, 0))
    megabytes = BYTES_A_FILE / 1e6
    units["s3_puts"] += files * PUTS_A_SENT_PHOTO
    units["lambda_requests"] += files * CALLS_A_SENT_PHOTO
    units["lambda_gb_seconds"] += files * CALLS_A_SENT_PHOTO * ARRIVAL_SECONDS * memory_gb("ArrivalsFunction")
    units["s3_gb"] = 2 * files * megabytes / 1e3
    day = sum(cost.listed for cost in cost_by_service(units, region))
    return WorstCost("sent photos", day, day)


def cost_of_addresses(region: str) -> WorstCost:
    """What the rounds cost that private addresses ask for, if somebody makes and ends as many as a day has.

    Raises ``UnknownRegionError``.
    """
    wait = int(load_defaults()["PeopleWait"])
    asked = MAX_DAILY_ADDRESSES * _ROUNDS_AN_ADDRESS

    def listed(seconds: int) -> float:
        rounds = min(asked, seconds / wait * _ROUNDS_AT_ONCE)
        units: Units = {
            "lambda_requests": rounds,
            "lambda_gb_seconds": rounds * ROUND_SECONDS * memory_gb("PeopleFunction"),
            "sqs_requests": asked * SQS_REQUESTS_A_ROUND,
            "s3_puts": rounds * _PUTS_A_ROUND + MAX_DAILY_ADDRESSES * _PUTS_AN_ADDRESS,
        }
        return sum(cost.listed for cost in cost_by_service(units, region))

    return WorstCost("private addresses", listed(HOUR), listed(DAY))


def cost_of_films(region: str, *, converts: bool = False) -> WorstCost:
    """The most that the owner's films can cost in a day: as many as may be cut, each for all the time there is.

    With ``converts``, also as many minutes as MediaConvert may convert.

    Raises ``UnknownRegionError``.
    """
    films, seconds = (
        int(load_defaults()["DailyFilms"]),
        load_template()["Resources"]["FilmsFunction"]["Properties"]["Timeout"],
    )
    units = count_films(films, seconds, MAX_MOMENTS + MAX_PEOPLE)
    if converts:
        units["mediaconvert_minutes"] = int(load_defaults()["DailyConvertedMinutes"])
    day = sum(cost.listed for cost in cost_by_service(units, region))
    return WorstCost("films", day, day)


def list_unlimited(limits: Limits, region: str) -> list[str]:
    """What has no maximum, with its price in USD. Raises ``UnknownRegionError``."""
    prices = load_prices(region)
    millions = {f"{name}_million": value * 1e6 for name, value in prices.items()}
    return [text.format(**prices, **millions) for text in limits.unlimited]


def format_worst(costs: list[WorstCost], more: list[WorstCost], unlimited: list[str], region: str) -> list[str]:
    """Lines of text: the sums by service, what comes on top of them, and what has no maximum."""
    shown = [f"{'':20}{'an hour':>10}{'a day':>10}"]
    shown += [f"  {cost.service:18}{cost.hour:10.2f}{cost.day:10.2f}" for cost in (*costs, *sums(costs))]
    shown += [f"{one.service}: {one.hour:.2f} an hour, {one.day:.2f} a day more" for one in more]
    shown += ["without any limit:", *(f"  {text}" for text in unlimited)]
    shown.append(
        f"USD in {region} at list price, ignoring free allowances; transfer is what tables and functions send out."
    )
    return shown


def _running(limits: Limits) -> Iterator[tuple[int, int, bool]]:
    """How many environments run at once, the memory of each in MB, and whether each call logs a line."""
    for function in limits.functions:
        if function.concurrency:
            yield function.concurrency, function.memory_mb, function.name not in _SILENT
    shared = [function.memory_mb for function in limits.functions if not function.concurrency]
    if shared:
        yield limits.account_concurrency, max(shared), True
