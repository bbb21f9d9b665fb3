"""Fill a site with up to a hundred thousand photos by simulation, and look for what breaks first; `million` fills it
with a million.

The process and search functions' own code runs on an AWS in memory (`bench/simulated/`) that keeps to AWS's documented
rates, on a clock of its own. The report goes to stdout, and its chart to docs/scale.svg; docs/scale.md explains both.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.simulated.chart import BAD_DAY, draw
from bench.simulated.client import Faults
from bench.simulated.filling import Outcome, Plan, Site
from bench.simulated.quotas import QUOTAS
from scripts.costs.estimate import Usage, cost_by_service, count_month, count_processing

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
CHART = Path(__file__).parents[1] / "docs" / "scale.svg"
REGION = "us-east-1"

# Of a million calls a thousand refused and five hundred failed, one photo in two hundred hit by a crash.
BAD_DAY_FAULTS = Faults(
    throttled=0.001, failed=0.0005, unanswered=0.00002, crashed=0.0002, reported_twice=0.005, given_out_twice=0.001
)
# Photos that the owner replaces or deletes meanwhile, and files that are no photo.
_CHANGES = {"replaced": 0.002, "deleted": 0.002, "broken": 0.001}
# What uses Rekognition's whole rate, where it is 5 calls a second and where it is 50.
SLOW = Plan(photos=0, concurrency=16)
FAST = Plan(
    photos=0,
    calls=QUOTAS["rekognition_calls_large"].value,
    concurrency=160,
    max_reads=300,
    max_writes=150,
    sets_at_once=4,
)


def run() -> Iterator[str]:
    """Lines of the report."""
    yield from _quietly(_report(SIZES))


def run_million() -> Iterator[str]:
    """The same for a million photos."""
    yield from _quietly(_report_sizes((MILLION,)))


def _report(sizes: tuple[int, ...]) -> Iterator[str]:
    measured = {}
    yield "nothing goes wrong: seconds, and the same by Rekognition's rate"
    for name, plan in (("5 calls a second", SLOW), ("50 calls a second", FAST)):
        plan = replace(plan, photos=10_000)
        found = Site(plan).fill()
        measured[name] = [(plan.photos, found.seconds)]
        more = found.seconds * plan.calls / plan.photos - 1
        yield f"  {name}: {plan.photos:,} photos in {found.seconds:,.0f} s, {more:+.1%}; {_state(found)}"
    yield from _report_sizes(sizes, measured.setdefault(BAD_DAY, []))
    yield "what breaks first"
    for what, plan in _probes():
        found = Site(plan).fill()
        yield f"  {what}: {_told(plan, found)}"
    draw(CHART, measured)


def _report_sizes(sizes: tuple[int, ...], measured: list[tuple[int, float]] | None = None) -> Iterator[str]:
    yield "a bad day, at 5 calls a second"
    for photos in sizes:
        plan = replace(SLOW, photos=photos, faults=BAD_DAY_FAULTS, **_CHANGES)
        began = time.process_time()
        found = Site(plan).fill()
        seconds = time.process_time() - began
        if measured is not None:
            measured.append((photos, found.seconds))
        yield f"  {photos:,} photos: {_told(plan, found)}; simulated in {seconds:,.0f} s"
        yield f"    {_costs(photos, found)}"


def _probes() -> Iterator[tuple[str, Plan]]:
    few = replace(SLOW, photos=2_000)
    yield "as deployed without options, 5 photos at once", replace(few, concurrency=0)
    yield "more photos than DailyIndexing, here 1,000", replace(few, daily_indexing=1_000)
    yield "one search a second meanwhile", replace(few, searches=1.0)
    yield "… with 10,000 searches a day", replace(few, searches=1.0, daily_searches=10_000)
    yield "100 photos at once where 5 calls a second pass", replace(few, concurrency=100)
    yield "50 calls a second, but MaxWrites still 10", replace(FAST, photos=2_000, max_writes=0)
    yield "50 calls a second, but MaxReads still 30", replace(FAST, photos=2_000, max_reads=0)
    yield "50 calls a second, all photos in one set", replace(FAST, photos=4_000, photos_a_set=4_000, sets_at_once=1)
    yield "50 calls a second, four sets at once", replace(FAST, photos=4_000)
    crash = Faults(crashed=0.002)
    yield "a function in twenty crashes, in an empty collection", replace(few, photos=400, faults=crash)
    yield "… with 2,400,000 faces", replace(few, photos=400, faults=crash, faces_before=2_400_000)


def _told(plan: Plan, found: Outcome) -> str:
    rate = plan.photos / found.seconds
    parts = [
        f"{found.seconds / 3600:.2f} hours, {rate:.2f} photos/s",
        f"{found.lambda_seconds / plan.photos:.1f} s a photo",
    ]
    parts.append(f"{found.tally.units['rekognition_calls'] / plan.photos:.3f} paid calls")
    if found.crashes:
        parts.append(f"{found.crashes} crashes")
    refused = found.tally.refused
    parts += [
        f"{refused[name]:,} {name} refused" for name, _ in refused.most_common(2) if refused[name] > plan.photos / 50
    ]
    if conflicts := found.conflicts:
        parts.append(f"{conflicts:,} conflicts")
    for result, seconds in found.searches.items():
        half, most = (sorted(seconds)[int(len(seconds) * share)] for share in (0.5, 0.95))
        parts.append(f"{len(seconds)} searches answered {result}, p50 {half:.2f} s, p95 {most:.2f} s")
    return "; ".join([*parts, _state(found)])


def _state(found: Outcome) -> str:
    """What is lost, doubled or given up."""
    letters = ", ".join(f"{count:,} {code}" for code, count in found.named.items()) or "none"
    wrong = f"WRONG: {found.wrong[:3]}" if found.wrong else "nothing lost or doubled"
    unnamed = f", {found.unnamed} without a reason" if found.unnamed else ""
    return f"{wrong}, dead letters {letters}{unnamed}, at most {found.most_in_flight} messages out"


def _costs(photos: int, found: Outcome) -> str:
    usage = Usage(photos, visits=0, searches=0)
    simulated = sum(cost.listed for cost in cost_by_service(found.tally.units, REGION))
    estimated = sum(cost.listed for cost in cost_by_service(count_processing(usage), REGION))
    month = sum(cost.due for cost in cost_by_service(count_month(usage), REGION))
    return (
        f"cost of filling {simulated:,.2f} USD ({estimated:,.2f} by `kinpics cost`, {simulated / estimated - 1:+.1%}), "
        "but for recognising people; "
        f"a month without visitors {month:,.2f} USD"
    )


def _quietly(lines: Iterator[str]) -> Iterator[str]:
    """Without the functions' own logs: at this size they are as long as a book."""
    logging.disable(logging.CRITICAL)
    try:
        yield from lines
    finally:
        logging.disable(logging.NOTSET)
