"""Uploading folders of photos."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.addresses import address
from functions.errors import KinpicsError
from scripts.commands.options import Context, concurrency_option, json_option, no_build_option, print_failures
from scripts.common.terminal import echo, echo_json, printable
from scripts.common.words import count, size_in_words
from scripts.deployment.publish import build_and_publish, is_behind

if TYPE_CHECKING:
    from scripts.common.folders import Refusal
    from scripts.upload.plan import Plan
    from scripts.upload.uploader import Report

# How many of the files left out for one reason are named.
_MAX_NAMES = 5


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FOLDER...")
@click.option("--set", "set_name", metavar="NAME", help="Name of the set. By default the folder's name.")
@click.option("--title", help="Title that visitors see.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@no_build_option
@concurrency_option
@json_option
@click.pass_obj
def upload(
    context: Context,
    folders: tuple[Path, ...],
    set_name: str | None,
    title: str | None,
    dry_run: bool,
    no_build: bool,
    concurrency: int,
    as_json: bool,
) -> None:
    """Upload folders of photos, each as a set.

    Photos that are already on the site aren't sent again: if an upload was stopped, run it again. Your files are never
    changed. Exits with 1 if a photo or a folder failed; the others are uploaded all the same.

    Faces that another program named, in a photo or in an XMP file beside it, keep their names.

    FOLDER may also be a whole site that `kinpics export` saved: each of its sets is uploaded, with your titles,
    captions and covers, and with everything you decided about people.
    """
    from functions.owner_texts import check_text
    from scripts.common.folders import FolderError, sets_of
    from scripts.common.progress import Progress
    from scripts.people.site_journal import OlderJournalError
    from scripts.photos.withholding import withhold_hidden_names
    from scripts.upload.uploader import carry_out, make_plan

    title = check_text("title", title) if title else None
    sets = [one for folder in folders for one in sets_of(folder)]
    if set_name and len(sets) > 1:
        raise click.UsageError(f"--set names one set, and these are {len(sets)}: give it one folder")
    progress = Progress(quiet=as_json)
    reports = []
    would_fail = False
    refused: list[KinpicsError] = []
    journals: set[Path] = set()
    for folder in sets:
        try:
            plan = make_plan(context.stack, folder, set_name, concurrency, progress)
        except FolderError as error:
            if len(sets) == 1:
                raise
            refused.append(error)
            continue
        if dry_run:
            _print_plan(plan, as_json)
            would_fail = would_fail or bool(plan.refused)
            continue
        if plan.journal and plan.journal not in journals:
            journals.add(plan.journal)
            try:
                _add_journal(context, plan.journal, as_json)
            except OlderJournalError as error:
                refused.append(error)
        report = carry_out(context.stack, plan, title, concurrency, progress)
        if report.processed or report.already_there:
            report.url = context.stack.site_address(f"/sets/{address(plan.set_name)}/")
        reports.append(report)
        if not as_json:
            _print_report(report)
    for refusal in refused:
        echo(f"Error: {refusal}", err=True)
    if dry_run:
        sys.exit(bool(refused) or would_fail)
    has_news = any(report.processed or report.words for report in reports)
    if not no_build and (has_news or is_behind(context.stack, [report.set_name for report in reports])):
        withhold_hidden_names(context.stack)
        build_and_publish(context.stack)
    if as_json:
        echo_json({"sets": [report.as_json() for report in reports]})
    if refused or any(report.failures for report in reports):
        sys.exit(1)


def _add_journal(context: Context, journal: Path, as_json: bool) -> None:
    """Take in the decisions about people that come with a folder."""
    from scripts.people.site_journal import add_journal

    added = add_journal(context.stack, journal)
    if not as_json:
        echo(f"{journal}: {count(added.new, 'decision')} about people added, {added.known} already there")
    for line in added.unread:
        echo(f"  note      {journal}, line {line.number} is kept, but not applied: {line.reason}", err=as_json)
    for line in added.refused:
        echo(f"  refused   {journal}, line {line.number}: {line.reason}", err=as_json)


def _print_plan(plan: "Plan", as_json: bool) -> None:
    if as_json:
        refused = [{"file": item.file, "reason": item.reason} for item in plan.refused]
        left_out = [{"file": item.file, "reason": item.reason} for item in plan.left_out]
        uploads = [{"file": photo.path.file, "bytes": photo.size} for photo in plan.uploads]
        result = {"set": plan.set_name, "uploads": uploads, "already_there": len(plan.present)}
        result["sidecars"] = plan.sidecars
        echo_json({**result, "refused": refused, "left_out": left_out})
        return
    whole = size_in_words(sum(photo.size for photo in plan.uploads))
    echo(f"{plan.set_name}: {len(plan.uploads)} to upload ({whole}), {len(plan.present)} already there")
    for photo in plan.uploads:
        echo(f"  upload    {photo.path.file}")
    for sidecar in plan.sidecars:
        echo(f"  names     {printable(sidecar)}")
    if plan.journal:
        echo(f"  decisions {plan.journal}")
    if plan.rows:
        echo(f"  words     {plan.rows}")
    print_remarks(plan.refused, plan.left_out, plan.warnings)


def _print_report(report: "Report") -> None:
    echo(
        f"{report.set_name}: {count(report.processed, 'photo')} with {count(report.faces, 'face')} in "
        f"{report.seconds:.1f} s, {report.already_there} already there, {len(report.failures)} failed"
    )
    if report.sidecars:
        echo(f"  names     in {count(report.sidecars, 'photo')}, from sidecars")
    if report.words:
        echo(f"  words     {count(report.words, 'text')} of yours")
    print_remarks(report.failures, report.left_out, report.warnings)
    if report.url:
        echo(f"  {report.url}")


def print_remarks(failures: "list[Refusal]", left_out: "list[Refusal]", warnings: list[str]) -> None:
    """Print what failed, what was left out for which reason, and notes."""
    print_failures((item.file, item.reason) for item in failures)
    by_reason: dict[str, list[str]] = {}
    for item in left_out:
        by_reason.setdefault(item.reason, []).append(item.file)
    for reason, files in by_reason.items():
        more = f" and {len(files) - _MAX_NAMES} more" if len(files) > _MAX_NAMES else ""
        echo(f"  left out  {', '.join(files[:_MAX_NAMES])}{more}: {reason}")
    for warning in warnings:
        echo(f"  note      {warning}")
