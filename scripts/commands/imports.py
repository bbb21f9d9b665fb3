"""Importing what other services gave."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.addresses import address
from scripts.commands.options import Context, concurrency_option, json_option, no_build_option
from scripts.commands.upload import print_remarks
from scripts.common.folders import Refusal
from scripts.common.stack import Stack, StackError
from scripts.common.terminal import echo, echo_json, printable
from scripts.common.words import count, size_in_words
from scripts.deployment.publish import build_and_publish, is_behind

if TYPE_CHECKING:
    from scripts.imports.carrying import ImportReport
    from scripts.imports.found import Unplaced
    from scripts.imports.import_plan import ImportPlan

# More than a screen takes are written to a file.
_MAX_LISTED = 20
_MAX_SETS = 40
_LISTED = "import-left-out.txt"


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SOURCE...")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["instagram", "takeout", "flickr", "icloud", "folder"]),
    help="What the sources are; by default, kinpics finds out.",
)
@click.option(
    "--sets",
    type=click.Choice(["year", "month", "one"]),
    default="year",
    show_default=True,
    help="Sets for photos that are in no album.",
)
@click.option(
    "--with",
    "extras",
    multiple=True,
    type=click.Choice(["stories", "profile", "archived"]),
    help="From Instagram, and archived from Google too, also take these; repeat it for several.",
)
@click.option("--copies", is_flag=True, help="Also take smaller or unedited copies of photos.")
@click.option("--deleted", is_flag=True, help="Also take photos that were deleted from the site.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@no_build_option
@concurrency_option
@json_option
@click.pass_obj
def import_command(
    context: Context,
    sources: tuple[Path, ...],
    kind: str | None,
    sets: str,
    extras: tuple[str, ...],
    copies: bool,
    deleted: bool,
    dry_run: bool,
    no_build: bool,
    concurrency: int,
    as_json: bool,
) -> None:
    """Import what a service gave you, or folders of photos.

    SOURCE is a zip or a folder: an export of Instagram, Google Photos (Takeout), Flickr or iCloud Photos, or any
    folders of photos. Give all zips of an export together; nothing is unpacked. Albums become sets, and photos keep
    their dates, captions, titles, keywords and names.

    Run it again with a newer export: only what is new goes up, and what you changed here stays. Exits with 1 if
    something could not be imported; the rest is imported all the same.
    """
    from scripts.common.progress import Progress
    from scripts.imports.carrying import carry_import
    from scripts.imports.found_table import telling_of_full_disk
    from scripts.imports.import_plan import Wishes, make_import_plan
    from scripts.photos.withholding import withhold_hidden_names

    stack = _stack(context, is_needed=not dry_run)
    progress = Progress(quiet=as_json)
    wishes = Wishes(kind, sets, frozenset(extras), copies, deleted)
    with telling_of_full_disk():
        plan = make_import_plan(sources, wishes, stack, concurrency, progress)
    try:
        if not as_json:
            _print_plan(plan, is_dry=dry_run, knows_site=stack is not None)
            _print_unplaced(list(plan.unplaced()), context.data)
            if dry_run:
                _print_cost(plan)
        if dry_run or stack is None:
            if as_json:
                echo_json(plan.as_json())
            sys.exit(bool(plan.failures))
        with telling_of_full_disk():
            report = carry_import(stack, plan, concurrency, progress)
        has_news = report.processed or report.words or report.shown
        if not no_build and (has_news or is_behind(stack, [one.name for one in plan.sets()])):
            withhold_hidden_names(stack)
            build_and_publish(stack)
        if as_json:
            echo_json({"plan": plan.as_json(), "report": report.as_json()})
        else:
            _print_report(stack, report, plan.failures)
        if report.failures or plan.failures:
            sys.exit(1)
    finally:
        plan.close()


def _stack(context: Context, *, is_needed: bool) -> Stack | None:
    """The site; None if there is none yet and only a plan is asked for."""
    try:
        return context.stack
    except StackError:
        if is_needed:
            raise
        return None


def _print_plan(plan: "ImportPlan", *, is_dry: bool, knows_site: bool) -> None:
    for container, kind in plan.sources:
        if any(container.names()):  # a zip that can't be read is of no kind
            echo(f"{printable(container.label)}: {kind}")
    sets = list(plan.sets())
    for one in sets[:_MAX_SETS] if is_dry else ():
        echo(f"  {one.name}: {one.uploads} to upload ({size_in_words(one.size)}), {one.present} already there")
    if is_dry and len(sets) > _MAX_SETS:
        echo(f"  … and {count(len(sets) - _MAX_SETS, 'more set')}: --json lists all")
    whole = size_in_words(sum(one.size for one in sets))
    present = sum(one.present for one in sets)
    photos = f"{count(plan.uploads, 'photo')} to upload ({whole}) in {count(len(sets), 'set')}"
    echo(f"{photos}, {present:,} already there")
    if plan.same:
        echo(f"  {count(plan.same, 'file')} repeat another, byte for byte")
    if plan.elsewhere:
        verb = "is" if plan.elsewhere == 1 else "are"
        photos = f"{count(plan.elsewhere, 'photo')} {verb} in several albums"
        echo(f"  {photos}: placed in the first, and shown in each that the same people see")
    if plan.apart:
        verb = "is" if plan.apart == 1 else "are"
        photos = f"{count(plan.apart, 'photo')} {verb} on the site already, in another set than in this export"
        echo(f"  {photos}: `kinpics show PHOTO SET` adds a photo to a second set")
    if plan.copies:
        echo(f"  {count(plan.copies, 'copy', 'copies')} of larger or edited photos left out: --copies takes them")
    if plan.deleted:
        echo(f"  {count(plan.deleted, 'photo')} left out that you deleted here: --deleted takes them")
    for note in plan.notes:
        echo(f"  note      {note}")
    if is_dry and not knows_site:
        echo("  note      there is no site yet, so this is as if it were empty")


def _print_cost(plan: "ImportPlan") -> None:
    photos = sum(one.uploads + one.present for one in plan.sets())
    if photos:
        echo(f"What it costs on AWS: kinpics cost --photos {photos} --visitors 100 --searches 1000")


def _print_unplaced(unplaced: "list[Unplaced]", data: Path) -> None:
    """What doesn't go in; all of it in a file if it is long."""
    failures = [Refusal(printable(one.name), one.reason) for one in unplaced if one.is_failure]
    left_out = [Refusal(printable(one.name), one.reason) for one in unplaced if not one.is_failure]
    print_remarks(failures[:_MAX_LISTED], left_out, [])
    if len(unplaced) > _MAX_LISTED:
        data.mkdir(parents=True, exist_ok=True)
        listed = data / _LISTED
        lines = (f"{printable(one.name)}\t{one.reason}\n" for one in unplaced)
        listed.write_text("".join(lines), encoding="utf-8")
        echo(f"  {count(len(unplaced), 'file')} in all, each with its reason: {listed}")


def _print_report(stack: Stack, report: "ImportReport", failed_before: int) -> None:
    """What an import did; the files that had failed before it began are listed already."""
    echo(
        f"{count(report.processed, 'photo')} with {count(report.faces, 'face')} in {report.seconds:.1f} s, "
        f"{report.already_there} already there, {failed_before + len(report.failures)} failed"
    )
    if report.words:
        echo(f"  words     {count(report.words, 'text')}")
    if report.names:
        echo(f"  names     in {count(report.names, 'photo')}, from sidecars")
    if report.people:
        photos = count(report.people, "photo")
        echo(f'  people    {photos} with names that the page "Who is this?" suggests for their faces')
    if report.shown:
        echo(f"  albums    {count(report.shown, 'photo')} shown in another album too")
    for (own, other, reason), number in report.hidden.most_common(_MAX_LISTED):
        which = f"{count(number, 'photo')} of {printable(own)}"
        echo(f"  note      {which} not shown in {printable(other)} too: {printable(reason)}")
    print_remarks([Refusal(printable(one.name), one.reason) for one in report.failures[:_MAX_LISTED]], [], [])
    for name in report.sets[:_MAX_LISTED]:
        echo(f"  {stack.site_address(f'/sets/{address(name)}/')}")
