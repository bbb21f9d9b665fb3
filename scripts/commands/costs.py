"""What a site costs."""

from typing import TYPE_CHECKING, Any

import boto3
import click
from click.core import ParameterSource

from scripts.commands.options import Context, json_option
from scripts.common.stack import StackError
from scripts.common.terminal import echo, echo_json

if TYPE_CHECKING:
    from scripts.costs.estimate import Usage

# If no region is named and there is no stack.
_REGION = "us-east-1"


@click.command()
@click.option("--photos", type=click.IntRange(0), help="Number of photos.")
@click.option("--visitors", type=click.IntRange(0), help="Visits a month.")
@click.option("--searches", type=click.IntRange(0), help="New face searches a month.")
@click.option("--photo-mb", type=click.FloatRange(0), default=4.0, show_default=True, help="Average MB per photo.")
@click.option("--people", type=click.IntRange(0), default=0, show_default=True, help="People in the lookalike gallery.")
@click.option("--named", type=click.IntRange(0), default=0, show_default=True, help="People you have named.")
@click.option("--members", type=click.IntRange(0), default=0, help="Members who sign in; then all visits are theirs.")
@click.option("--posted", type=click.IntRange(0), default=0, help="Visitors who are kept posted of their photos.")
@click.option("--films", type=click.IntRange(0), default=0, show_default=True, help="Films, of a minute each.")
@click.option(
    "--converted-minutes",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Minutes of longer films, with `mediaconvert = true` in kinpics.toml.",
)
@click.option("--labels", is_flag=True, help="Count labels too (`labels = true` in kinpics.toml).")
@click.option("--worst", is_flag=True, help="Print the most that hostile visitors could cost you.")
@click.option("--region", help="AWS region. By default the site's, or us-east-1.")
@json_option
@click.pass_obj
def cost(
    context: Context,
    photos: int | None,
    visitors: int | None,
    searches: int | None,
    photo_mb: float,
    people: int,
    named: int,
    members: int,
    posted: int,
    films: int,
    converted_minutes: int,
    labels: bool,
    worst: bool,
    region: str | None,
    as_json: bool,
) -> None:
    """Estimate what a site costs on AWS.

    Give --photos, --visitors and --searches to get a month's costs by service. A repeated search costs nothing until
    photos are added or removed. --worst prints the most that hostile visitors could cost you, with the limits of the
    deployed site, or the default limits if there is none; it can't be combined with these options. Prices are AWS's
    list prices; scripts/costs/prices.json says which were checked, and when.
    """
    from scripts.costs.estimate import UnknownRegionError, Usage

    try:
        if worst:
            _refuse_usage()
            lines, usd = _worst(context, region)
        elif photos is None or visitors is None or searches is None:
            raise click.UsageError("give --photos, --visitors and --searches, or --worst")
        else:
            extent = (photo_mb, people, labels, named, members, posted, films, converted_minutes)
            usage = Usage(photos, visitors, searches, *extent)
            lines, usd = _a_month(usage, region or _REGION)
    except UnknownRegionError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        echo_json(usd)
        return
    for line in lines:
        echo(line)


def _refuse_usage() -> None:
    """Raise ``click.UsageError`` if an option says how much a site is used: the worst case depends on its limits."""
    called = click.get_current_context()
    sizes = ("photos", "visitors", "searches", "photo_mb", "people", "named", "members", "posted")
    options = (*sizes, "films", "converted_minutes", "labels")
    given = [name for name in options if called.get_parameter_source(name) != ParameterSource.DEFAULT]
    if given:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise click.UsageError(f"--worst depends only on the stack's limits: leave out {named}")


def _a_month(usage: "Usage", region: str) -> tuple[list[str], dict[str, Any]]:
    """What a site costs, in words and as data."""
    from scripts.costs.estimate import cost_by_service, count_month, count_upload, format_costs, list_unchecked_prices

    parts = {
        "a month": cost_by_service(count_month(usage), region),
        "once": cost_by_service(count_upload(usage), region),
    }
    unchecked = list_unchecked_prices(region)
    lines = [
        *format_costs(usage, parts),
        f"USD in {region}, without tax; `due` is what remains after what AWS gives every account for free.",
        f"These prices are from memory: {', '.join(unchecked)}.",
    ]
    usd = {part: {cost.service: [cost.listed, cost.due] for cost in costs} for part, costs in parts.items()}
    return lines, {"region": region, "unchecked": unchecked, "usd": usd}


def _worst(context: Context, region: str | None) -> tuple[list[str], dict[str, Any]]:
    """The most that visitors can cost, in words and as data."""
    from scripts.common.template import load_defaults
    from scripts.costs.limits import read_limits
    from scripts.costs.worst_case import (
        cost_of_films,
        format_worst,
        list_unlimited,
        more_with_pass,
        worst_of_strangers,
    )
    from scripts.deployment.account_limits import read_concurrency

    try:
        stack = context.stack
        source, region = f"the stack {stack.name}", region or stack.region
        limits = read_limits(stack.parameters, read_concurrency(boto3.Session()).total)
    except StackError:
        source, region = "the template's defaults, as there is no stack", region or _REGION
        limits = read_limits(load_defaults())
    costs, unlimited = worst_of_strangers(limits, region), list_unlimited(limits, region)
    more = more_with_pass(limits, region)
    told = format_worst(costs, [more], unlimited, region)
    lines = [f"the most that visitors can cost, with the limits of {source}:", *told]
    films, converted = cost_of_films(region), cost_of_films(region, converts=True)
    lines.append(
        f"films that you upload yourself: at most {films.day:.2f} a day (DailyFilms), with MediaConvert "
        f"{converted.day:.2f} (DailyConvertedMinutes)"
    )
    usd = {cost.service: [cost.hour, cost.day] for cost in costs}
    return lines, {
        "region": region,
        "limits": source,
        "usd": usd,
        "with_pass": [more.hour, more.day],
        "films": films.day,
        "films_converted": converted.day,
        "unbounded": unlimited,
    }
