"""Writes docs/costs.md: `python -m scripts.reference.costs_page`; a test holds the file to it."""

from pathlib import Path

from functions.uploads.upload_limits import GUEST_FILES, SET_FILES
from scripts.common.template import load_defaults
from scripts.costs.crowd import CALL_SECONDS, Crowd, cost_of_crowd, until_all_shown, until_all_wait
from scripts.costs.estimate import (
    FILM_PEOPLE,
    FILM_PICTURES,
    FILM_SECONDS,
    PROCESS_SECONDS,
    SEARCH_SECONDS,
    ServiceCost,
    Usage,
    cost_by_service,
    count_month,
    count_upload,
    list_unchecked_prices,
    load_prices,
)
from scripts.costs.limits import read_limits
from scripts.costs.worst_case import (
    ARRIVAL_SECONDS,
    cost_of_films,
    cost_of_sent_photos,
    list_unlimited,
    more_with_pass,
    sums,
    worst_of_strangers,
)

PATH = Path(__file__).parents[2] / "docs" / "costs.md"
# Members, and how often each of them comes in a month.
_MEMBERS, _VISITS_EACH = 1_000, 4
_USAGES = (Usage(1_000, 500, 200), Usage(10_000, 2_000, 1_000), Usage(100_000, 10_000, 5_000))
# Guests who send at once, with as much as docs/events.md says to deploy; and a deployment for more of them.
_CROWD, _UPLOAD_CONCURRENCY, _PROCESS_CONCURRENCY = Crowd(500, 5), "2", "20"
_FASTER = {
    "ProcessConcurrency": _PROCESS_CONCURRENCY,
    "MaxWrites": "50",
    "MaxPrivateReads": "50",
    "UploadConcurrency": "8",
}
_REGION = "us-east-1"
_MIN_SHOWN = 0.005


def render() -> str:
    """The whole page."""
    months = [cost_by_service(count_month(usage), _REGION) for usage in _USAGES]
    uploads = [cost_by_service(count_upload(usage), _REGION) for usage in _USAGES]
    idle = cost_by_service(count_month(Usage(1000, 0, 0)), _REGION)
    head = "| | " + " | ".join(
        f"{usage.photos:,} photos, {usage.visits:,} visits, {usage.searches:,} searches" for usage in _USAGES
    )
    parts = [
        _HEAD.format(
            unchecked=", ".join(list_unchecked_prices(_REGION)),
            megabytes=_USAGES[0].photo_mb,
            photo=PROCESS_SECONDS,
            search=SEARCH_SECONDS,
        ),
        "\n".join([f"{head} |", "|---|---|---|---|", *_rows(months), *_sums(months)]),
        _ONCE.format(idle=sum(cost.due for cost in idle), **_of_members()),
        "\n".join([f"{head} |", "|---|---|---|---|", *_rows(uploads), *_sums(uploads)]),
        _WORST.format(
            indexing=int(load_defaults()["DailyIndexing"]),
            call=load_prices(_REGION)["rekognition_calls"],
            uploads=int(load_defaults()["DailyUploads"]),
            sent=cost_of_sent_photos(_REGION).day,
            films=int(load_defaults()["DailyFilms"]),
            cut=cost_of_films(_REGION).day,
            minute=load_prices(_REGION)["mediaconvert_minutes"],
            minutes=int(load_defaults()["DailyConvertedMinutes"]),
            converted=cost_of_films(_REGION, converts=True).day,
            **_of_a_film(),
        ),
        _worst(),
        _REST_OF_WORST,
        _of_event(),
        _REST,
    ]
    return "\n".join(parts)


def _of_members() -> dict[str, float]:
    """What members' visits take, and what they cost more than guests'."""
    visits = _MEMBERS * _VISITS_EACH
    guests, members = (count_month(Usage(1_000, visits, 0, members=number)) for number in (0, _MEMBERS))
    # What Cognito charges at list price is free for ten times as many.
    del members["cognito_users"]
    dearer = [
        sum(getattr(cost, kind) for cost in cost_by_service(members, _REGION))
        - sum(getattr(cost, kind) for cost in cost_by_service(guests, _REGION))
        for kind in ("listed", "due")
    ]
    return {
        "members": _MEMBERS,
        "each": _VISITS_EACH,
        "visits": visits,
        "runs": round(members["lambda_requests"]),
        "store": round(members["cloudfront_store_reads"]),
        "more": dearer[0],
        "due": dearer[1],
    }


def _of_event() -> str:
    """A crowd that all sends at once, at the template's defaults but for who may send."""
    parameters = {**load_defaults(), "UploadConcurrency": _UPLOAD_CONCURRENCY}
    parts = (
        (until_all_wait, "until all wait for the owner"),
        (until_all_shown, "from letting all in until all are shown"),
    )
    tables = []
    for limits, title in parts:
        rows = [
            f"| {limit.what} | {limit.limit} | {limit.needed:,.0f} | {limit.rate:g} a second | {limit.seconds / 60:.0f} |"
            for limit in limits(_CROWD, parameters)
        ]
        tables.append(
            "\n".join([f"| {title} | limited by | needed | given | minutes |", "|---|---|---|---|---|", *rows])
        )
    costs = cost_of_crowd(_CROWD, parameters, _REGION)
    wait, shown = (limits(_CROWD, parameters)[0].seconds / 60 for limits, _ in parts)
    dearest = ", ".join(f"{cost.service} {cost.listed:.2f}" for cost in costs if cost.listed >= _MIN_SHOWN)
    return _EVENT.format(
        guests=_CROWD.guests,
        each=_CROWD.photos_each,
        photos=_CROWD.photos,
        megabytes=_CROWD.photo_mb,
        wait=wait,
        shown=shown,
        waiting_table=tables[0],
        shown_table=tables[1],
        cost=sum(cost.listed for cost in costs),
        dearest=dearest,
        daily=int(parameters["DailyUploads"]),
        set_files=SET_FILES,
        guest_files=GUEST_FILES,
        call=CALL_SECONDS,
        arrival=ARRIVAL_SECONDS,
        process=PROCESS_SECONDS,
        faster=_PROCESS_CONCURRENCY,
        fast_wait=until_all_wait(_CROWD, {**parameters, **_FASTER})[0].seconds / 60,
        fast_shown=until_all_shown(_CROWD, {**parameters, **_FASTER})[0].seconds / 60,
    )


def _of_a_film() -> dict[str, float]:
    """What a film of a minute costs once, and to keep for a month."""
    with_films, without = (Usage(0, 0, 0, films=films) for films in (1_001, 1))
    once, month = (
        sum(cost.listed for cost in cost_by_service(count(with_films), _REGION))
        - sum(cost.listed for cost in cost_by_service(count(without), _REGION))
        for count in (count_upload, count_month)
    )
    return {
        "film": once / 1_000,
        "kept": month / 1_000,
        "waiting": _dearer(Usage(1_000, 0, 0, films=1), Usage(1_000, 0, 0)),
        "film_seconds": FILM_SECONDS,
        "pictures": FILM_PICTURES,
        "people": FILM_PEOPLE,
    }


def _dearer(one: Usage, other: Usage) -> float:
    """How much more there is to pay for a month of the first."""
    paid = [sum(cost.due for cost in cost_by_service(count_month(usage), _REGION)) for usage in (one, other)]
    return paid[0] - paid[1]


def _worst() -> str:
    limits = read_limits(load_defaults())
    costs = worst_of_strangers(limits, _REGION)
    without_transfer, together = sums(costs)
    told = [(cost.service, cost) for cost in costs]
    told += [(f"**{without_transfer.service}**", without_transfer), (together.service, together)]
    rows = [f"| {name} | {cost.hour:.2f} | {cost.day:.2f} |" for name, cost in told]
    more = more_with_pass(limits, _REGION)
    rows.append(f"| {more.service}, more | {more.hour:.2f} | {more.day:.2f} |")
    unlimited = [f"- {text}" for text in list_unlimited(limits, _REGION)]
    return "\n".join(["| | an hour | a day |", "|---|---|---|", *rows, "", "Without any limit:", "", *unlimited])


def _rows(columns: list[list[ServiceCost]]) -> list[str]:
    services = sorted({cost.service for column in columns for cost in column})
    found = [{cost.service: cost.listed for cost in column} for column in columns]
    return [
        f"| {service} | " + " | ".join(f"{column.get(service, 0):.2f}" for column in found) + " |"
        for service in services
        if any(column.get(service, 0) >= _MIN_SHOWN for column in found)
    ]


def _sums(columns: list[list[ServiceCost]]) -> list[str]:
    listed = " | ".join(f"{sum(cost.listed for cost in column):.2f}" for column in columns)
    due = " | ".join(f"**{sum(cost.due for cost in column):.2f}**" for column in columns)
    return [f"| at list price | {listed} |", f"| **to pay**, less what AWS gives every account for free | {due} |"]


_HEAD = """# What it costs

Generated by `python -m scripts.reference.costs_page` from the same figures as `kinpics cost --photos N --visitors N --searches N`:
billed units, counted on the laptop stack (`scripts/costs/counted.json`, made by `make bench ARGS=calls`), times AWS's list prices in
us-east-1, without tax. `scripts/costs/prices.json` says when each price was checked against stored copies of pages that state it. These
prices are still **from memory**: {unchecked}. The figures assume originals of {megabytes:g} MB. A laptop can't tell how long functions run
on AWS; the figures assume {photo:g} seconds for a photo and {search:g} for a search. They leave out the lookalike gallery: `--people N` adds, for
each of its people, two calls (IndexFaces, and AssociateFaces at the same assumed price), a face, and a user vector, whose price was not found and
is assumed to be a face's. They also leave out labels (`labels = true` in `kinpics.toml`): `--labels` adds one call (DetectLabels) for each photo; and
the people you name: `--named N` adds up to five calls (SearchFaces) for each. They count one call (SearchFaces) for each face, because it may have to be searched to know
whose it is. Mostly there are fewer: one for each group of faces that are alike, and none for faces of somebody you named. There are at most `DailyPeople` of both a day.
`--posted N` adds the files of visitors' [private addresses](posted.md), which are written anew when more photos come; a visit to one reads two files.

## A month, in USD
"""

_ONCE = """
While nobody is visiting, you pay only for storing photos and faces: about {idle:.2f} USD a month for 1,000 photos. Each photo is stored twice:
whole for you, and without private metadata for visitors (only once with `downloads = "large"` or `"none"` in `kinpics.toml`). CloudWatch's
list price is for metrics, alarms and the dashboard; every account gets that many for free.

What isn't [public](private.md) costs nothing more while nobody looks. A member's visit enters by the door function, which also reads the rows for them: {members:,} members who
come {each} times a month each, {visits:,} visits in all, make {runs:,} function calls and {store:,} reads of CloudFront's key-value store, {more:.2f} USD more at list price than
the same visits to a public site, of which {due:.2f} is to be paid. Cognito charges nothing for them: the first 10,000 members who sign in in a month are free. `kinpics cost --members N` counts yours.

## Once, for uploading the photos, in USD
"""

_WORST = """
Clicking the same face again costs nothing until photos are added or removed. Recognising faces in uploads costs at most `DailyIndexing` ({indexing:,})
x {call:g} USD a day; any further photos wait. Of those, guests of events and members send at most `DailyUploads` ({uploads:,}) a day from their
browsers, once you let them (`UploadConcurrency`): about {sent:.2f} USD with their processing and a month's storage; beyond it, they are refused before they are sent.

A [film](films.md) of a minute costs about {film:.3f} USD once (`kinpics cost --films N`): {film_seconds:g} seconds of the films function, {pictures} pictures in which faces are indexed and {people} searches are assumed; and {kept:.4f} USD for
each month it is kept. A site that takes films (`films = true` in `kinpics.toml`) pays {waiting:.2f} USD a month more even while it has none, because Lambda asks their queue for work. Only you can send films; `DailyFilms` ({films}) of them can cost at most {cut:.2f} USD a day, if each takes all the time and calls there are.
With `mediaconvert = true` too, MediaConvert converts films that are beyond that function, for about {minute:g} USD a minute (`kinpics cost --converted-minutes N`; HDR films cost more), at most `DailyConvertedMinutes` ({minutes}) a day: then a day's films
can cost at most {converted:.2f} USD.

## The most that hostile visitors can cost, in USD

`kinpics cost --worst` prints this for your own stack's limits; these are the figures for the template's defaults ([deploying.md](deploying.md#ceilings)).
It assumes that everything a visitor can reach runs at its maximum all the time, at list price, with no free allowance: paid searches
(`DailySearches`); functions' time and calls (`SearchConcurrency`, `DoorConcurrency`, ten calls a second each) with what they log; reads
and writes of tables (`MaxReads`, `MaxPrivateReads`, `MaxWrites`, `MaxVisitorUnits`); a month's storage of what was written; and the rounds of the people function, at five
seconds each, that as many [private addresses](posted.md) ask for as a day has. Transfer is what tables and functions send
to the internet, limited by the same reads; the first 100 GB a month are free. Requests that AWS refuses cost nothing.
"""

_EVENT = """## An event: {guests} guests who add {each} photos each at the same moment

On paper, with the template's defaults and `UploadConcurrency` 2 ([events.md](events.md)), originals of {megabytes:g} MB. Functions are assumed to
take {call:g} seconds for a guest's call, {arrival:g} to check a photo, {process:g} to process it. All {photos:,} photos wait for the owner after **{wait:.0f} minutes**:

{waiting_table}

What one limit refuses comes again by itself: guests' pages ask more and more seldom and say that the site is busy, messages stay in the queue.
Nobody is told that a photo failed. Once the owner lets all of them in, all are shown after **{shown:.0f} minutes**, the first after seconds:

{shown_table}

`kinpics deploy --process-concurrency {faster} --max-writes 50 --max-private-reads 50 --upload-concurrency 8` makes that {fast_wait:.0f} and {fast_shown:.0f} minutes, where Rekognition lets you call it as
often. All of it costs **{cost:.2f} USD** at list price ({dearest}), with a month's storage. The limits of a day let such a crowd in: {daily:,} photos for the site (`DailyUploads`),
{set_files:,} for an album, {guest_files} for a guest. For a larger one, raise `--daily-uploads`.
"""

_REST_OF_WORST = """
CloudFront gives 1 TB and 10 million requests a month for free. With `--email`, you get a mail long before that is used up, and
[CloudFront's Free plan](deploying.md#cloudfronts-free-plan) never bills traffic. An asynchronous function call costs no more than any
other: it is counted and limited the same way, is not retried, and is dropped after a minute.
"""

_REST = """
## Compared with the alternatives

| | USD a month |
|---|---|
| this site, 1,000 photos, 500 visits, 200 searches | see above |
| a lookalike service that this project learned from: API Gateway 3.52, Rekognition 10.00 (10,000 calls), Lambda 0.20, an idle relational database 111.80 | 125.52 |
| the same site on servers that always run, without any visitors: t4g.small 12.26, db.t4g.micro with 20 GB 13.98, load balancer 16.43 | 42.67 |

Servers would make the same Rekognition calls. Their prices are on-demand list prices in us-east-1 for 730 hours, from memory.
"""


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
