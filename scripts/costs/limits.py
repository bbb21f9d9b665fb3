"""What limits visitors: a deployment's parameters, read where template.yaml and policies/visitor.json use them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts.common.config import ROOT
from scripts.common.template import load_defaults, load_template

# What AWS lets a new account run at once, where nothing is reserved for visitors' functions.
NEW_ACCOUNT_CONCURRENCY = 10


@dataclass(frozen=True)
class TableLimit:
    """A table, by its output of the template, or one of its indexes, with its maxima."""

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
class FunctionLimit:
    """A function that visitors may call."""

    memory_mb: int
    # 0: as many as the account may run.
    concurrency: int
    # By its output of the template.
    name: str = ""


@dataclass(frozen=True)
class Limits:
    """What limits visitors.

    ``account_concurrency`` limits the functions for which nothing is reserved. ``unlimited`` says in words what has no
    maximum, with placeholders for prices by unit (`{s3_gets_million}`: of a million).
    """

    daily_searches: int
    tables: tuple[TableLimit, ...]
    functions: tuple[FunctionLimit, ...]
    account_concurrency: int
    unlimited: tuple[str, ...]


def read_limits(parameters: dict[str, str], account_concurrency: int = NEW_ACCOUNT_CONCURRENCY) -> Limits:
    """The limits of a deployment with these ``parameters``; one of an earlier release may lack some."""
    template = load_template()
    resources = template["Resources"]
    named = {key: value for key, value in parameters.items() if key in template["Parameters"]}
    missing = [name for name in ("MaxReads", "MaxWrites", "MaxVisitorUnits") if name not in named]
    unlimited = [] if not missing else ["DynamoDB reads and writes, until you run `kinpics deploy`, which sets maxima"]
    functions = tuple(_functions(resources, named))
    # Where only the owner sends photos, visitors don't reach that table.
    unreached = set() if any(one.name == "UploadsFunction" for one in functions) else {"ContributionsTable"}
    return Limits(
        daily_searches=int(named["DailySearches"]),
        tables=tuple(table for table in _tables(resources, named) if table.name not in unreached),
        functions=functions,
        account_concurrency=account_concurrency,
        unlimited=(*unlimited, *_unlimited(parameters)),
    )


def count_reserved(searches: int) -> int:
    """How many executions the template reserves for visitors' functions where it reserves ``searches`` for searches."""
    limits = read_limits(load_defaults() | {"SearchConcurrency": str(searches), "RoomToReserve": "yes"})
    return sum(function.concurrency for function in limits.functions)


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


def _functions(resources: dict[str, Any], parameters: dict[str, str]) -> Iterator[FunctionLimit]:
    policy = json.loads((ROOT / "policies" / "visitor.json").read_text())["Statement"]
    for statement in policy:
        if statement["Action"] == "lambda:InvokeFunction":
            name = statement["Resource"]["Fn::GetAtt"][0]
            properties = resources[name]["Properties"]
            reserved = properties["ReservedConcurrentExecutions"]["Fn::If"][1]
            is_reserved = int(parameters["SearchConcurrency"]) > 0 and parameters.get("RoomToReserve", "yes") == "yes"
            concurrency = int(_value(reserved, parameters) or 0) if is_reserved else 0
            if is_reserved and not concurrency:
                continue  # Lambda refuses every call of it
            yield FunctionLimit(int(properties["MemorySize"]), concurrency, name)


def _value(value: Any, parameters: dict[str, str]) -> Any:
    return parameters.get(value["Ref"]) if isinstance(value, dict) else value


def _unlimited(parameters: dict[str, str]) -> Iterator[str]:
    plan = ", unless a CloudFront plan covers it (`kinpics doctor`)" if parameters.get("WebAclArn") else ""
    prices = "{cloudfront_gb:.3f} a GB, {cloudfront_requests_million:.2f} a million requests"
    yield f"traffic through CloudFront{plan}: {prices}"
    yield "reads from S3 that CloudFront's caches don't answer: {s3_gets_million:.2f} a million"
    # Before there was a choice, anybody could make an account.
    if parameters.get("SignUp", "yes") == "yes":
        yield "accounts that visitors create: {cognito_users:.4f} each beyond the first 10,000 a month"
