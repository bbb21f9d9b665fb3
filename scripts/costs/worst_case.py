"""The most that hostile visitors can cost in an hour and in a day, from the limits that are really set.

Whatever a visitor can reach (policies/visitor.json, and the functions it names) is taken to run at its maximum all the
time, at list price, as if AWS gave nothing for free. What has no maximum is named beside the sum. A request that AWS
refuses (throttled, not allowed) costs nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from functions.pace import CALLS_A_SECOND
from scripts.common.config import ROOT
from scripts.common.template import load_template
from scripts.costs import estimate

HOUR, DAY = 3_600, 86_400
# DynamoDB saves up to five minutes of a table's unused units, and may let them pass beyond the maximum.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
_SAVED_SECONDS = 300
_WRITE_BYTES = 1024
# Bytes that leave AWS for each that a read counts, at most; made out with rows as IndexFaces makes them. Visitors' own
# rows can be lists of empty texts, which count one byte each and leave as nine. The ledger is read by functions alone,
# and answers tell less than half of what is read for them.
_WIRE = {("PicsTable", ""): 2.0, ("PicsTable", "grid"): 1.5, ("LedgerTable", ""): 0.0}
_OWN_WIRE = 9.0
# One line a call, with its metrics; an answer without photos, with its headers.
_LOG_BYTES, _ANSWER_BYTES = 350, 1_000
# What AWS lets a new account run at once, where nothing is reserved for visitors' functions.
NEW_ACCOUNT_CONCURRENCY = 10


@dataclass(frozen=True)
class TableLimit:
    """A table, or one of its indexes, with its maxima."""

    name: str
    index: str
    # Units a second.
    reads: float
    writes: float
    is_backed_up: bool

    @property
    def title(self) -> str:
        return f"{self.name}/{self.index}" if self.index else self.name

    @property
    def throughput(self) -> dict[str, int]:
        """As DynamoDB has it: only what has a maximum."""
        units = {"MaxReadRequestUnits": self.reads, "MaxWriteRequestUnits": self.writes}
        return {name: int(value) for name, value in units.items() if value}


@dataclass(frozen=True)
class Function:
    """A function that visitors may call."""

    memory_mb: int
    # 0: whatever the account lets run.
    concurrency: int


@dataclass(frozen=True)
class Limits:
    """What bounds visitors: a deployment's parameters, in the places where template and policies put them.

    ``account_concurrency`` bounds functions for which nothing is reserved.
    """

    daily_searches: int
    tables: tuple[TableLimit, ...]
    functions: tuple[Function, ...]
    account_concurrency: int
    # In words, with the price where there is one.
    unbounded: tuple[str, ...]


def limits(parameters: dict[str, str], account_concurrency: int = NEW_ACCOUNT_CONCURRENCY) -> Limits:
    """The limits of a deployment with these ``parameters``; one of an earlier release may lack some."""
    template = load_template(ROOT / "template.yaml")
    resources = template["Resources"]
    named = {key: value for key, value in parameters.items() if key in template["Parameters"]}
    missing = [name for name in ("MaxReads", "MaxWrites", "MaxVisitorUnits") if name not in named]
    unbounded = [] if not missing else ["DynamoDB reads and writes, until you run `kinpics deploy`, which sets maxima"]
    return Limits(
        daily_searches=int(named["DailySearches"]),
        tables=tuple(_tables(resources, named)),
        functions=tuple(_functions(resources, named)),
        account_concurrency=account_concurrency,
        unbounded=(*unbounded, *_unbounded(parameters)),
    )


def units(bounds: Limits, seconds: int) -> Counter[str]:
    """Billed units of an hour or a day; what is written is stored for a month."""
    found: Counter[str] = Counter()
    # In the last hour of a day in which nobody has searched, all of them.
    found["rekognition_calls"] = bounds.daily_searches
    for table in bounds.tables:
        reads, writes = (rate * (seconds + _SAVED_SECONDS) for rate in (table.reads, table.writes))
        found["dynamodb_reads"] += reads
        found["dynamodb_writes"] += writes
        found["dynamodb_gb"] += writes * _WRITE_BYTES / 1e9
        found["dynamodb_backup_gb"] += writes * _WRITE_BYTES / 1e9 * table.is_backed_up
        wire = _OWN_WIRE if table.writes else 1.0
        found["transfer_gb"] += reads * 2 * estimate.READ_BYTES * _WIRE.get((table.name, table.index), wire) / 1e9
    for concurrency, memory_mb in _running(bounds):
        calls = CALLS_A_SECOND * concurrency * seconds
        found["lambda_requests"] += calls
        found["lambda_gb_seconds"] += concurrency * seconds * memory_mb / 1024
        found["cloudwatch_log_gb"] += calls * _LOG_BYTES / 1e9
        found["transfer_gb"] += calls * _ANSWER_BYTES / 1e9
    return found


def table(bounds: Limits, region: str) -> list[tuple[str, float, float]]:
    """What an hour and a day come to in USD, by service, dearest first. Raises ``UnknownRegionError``."""
    hour, day = (
        {line.service: line.listed for line in estimate.lines(units(bounds, span), region)} for span in (HOUR, DAY)
    )
    return [(service, hour[service], listed) for service, listed in day.items()]


def without_transfer(rows: list[tuple[str, float, float]]) -> tuple[float, float]:
    """The sums of an hour and of a day, but for the bytes that leave AWS."""
    return (
        sum(hour for service, hour, _ in rows if service != "transfer"),
        sum(day for service, _, day in rows if service != "transfer"),
    )


def lines(rows: list[tuple[str, float, float]], unbounded: list[str], region: str) -> list[str]:
    """Lines of text: the sums by service, and what has no maximum."""
    sums = [
        ("without transfer", *without_transfer(rows)),
        ("together", *(sum(row[at] for row in rows) for at in (1, 2))),
    ]
    shown = [f"{'':20}{'an hour':>10}{'a day':>10}"]
    shown += [f"  {name:18}{hour:10.2f}{day:10.2f}" for name, hour, day in [*rows, *sums]]
    shown += ["without any limit:", *(f"  {text}" for text in unbounded)]
    shown.append(
        f"USD in {region} at list price, ignoring free allowances; transfer is what tables and functions send out."
    )
    return shown


def _running(bounds: Limits) -> Iterator[tuple[int, int]]:
    """Environments at once, and the memory of each."""
    yield from ((function.concurrency, function.memory_mb) for function in bounds.functions if function.concurrency)
    shared = [function.memory_mb for function in bounds.functions if not function.concurrency]
    if shared:
        yield bounds.account_concurrency, max(shared)


def _tables(resources: dict[str, Any], parameters: dict[str, str]) -> Iterator[TableLimit]:
    """Tables and indexes that have a maximum: those that visitors reach, as a test holds."""
    for name, resource in resources.items():
        if resource["Type"] != "AWS::DynamoDB::Table":
            continue
        properties = resource["Properties"]
        for index in ({"IndexName": "", **properties}, *properties.get("GlobalSecondaryIndexes", [])):
            throughput = index.get("OnDemandThroughput", {})
            if throughput:
                reads, writes = (
                    float(_value(throughput.get(key, 0), parameters) or 0)
                    for key in ("MaxReadRequestUnits", "MaxWriteRequestUnits")
                )
                yield TableLimit(
                    name, index["IndexName"], reads, writes, "PointInTimeRecoverySpecification" in properties
                )


def _functions(resources: dict[str, Any], parameters: dict[str, str]) -> Iterator[Function]:
    policy = json.loads((ROOT / "policies" / "visitor.json").read_text())["Statement"]
    for statement in policy:
        if statement["Action"] == "lambda:InvokeFunction":
            properties = resources[statement["Resource"]["Fn::GetAtt"][0]]["Properties"]
            reserved = properties["ReservedConcurrentExecutions"]["Fn::If"][1]
            is_reserved = int(parameters["SearchConcurrency"]) > 0 and parameters.get("RoomToReserve", "yes") == "yes"
            concurrency = int(_value(reserved, parameters) or 0) if is_reserved else 0
            yield Function(int(properties["MemorySize"]), concurrency)


def _value(value: Any, parameters: dict[str, str]) -> Any:
    return parameters.get(value["Ref"]) if isinstance(value, dict) else value


def _unbounded(parameters: dict[str, str]) -> Iterator[str]:
    plan = ", unless a CloudFront plan covers it (`kinpics doctor`)" if parameters.get("WebAclArn") else ""
    prices = "{cloudfront_gb:.3f} a GB, {cloudfront_requests_million:.2f} a million requests"
    yield f"traffic through CloudFront{plan}: {prices}"
    yield "reads from S3 that CloudFront's caches don't answer: {s3_gets_million:.2f} a million"
    # Before there was a choice, anybody could make an account.
    if parameters.get("SignUp", "yes") == "yes":
        yield "accounts that visitors create: {cognito_users:.4f} each beyond the first 10,000 a month"


def unbounded(bounds: Limits, region: str) -> list[str]:
    """What has no maximum, with its price in USD. Raises ``UnknownRegionError``."""
    listed = estimate.prices(region)
    prices = {**listed, **{f"{name}_million": value * 1e6 for name, value in listed.items()}}
    return [text.format(**prices) for text in bounds.unbounded]
