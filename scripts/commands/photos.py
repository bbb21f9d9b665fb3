"""Putting photos on the site and taking them off."""

import sys
from pathlib import Path
from typing import Any

import click

from functions.addresses import address
from functions.keys import BadNameError, check_set_name
from scripts.commands.options import Context, concurrency_option, json_option, print_outcome, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish, picture_paths

# How many of the files left out for one reason are named.
_MAX_NAMES = 5


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set", "set_name", help="Name of the set; by default the folder's own name.")
@click.option("--title", help="Title that visitors see.")
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
@click.option("--no-build", is_flag=True, help="Don't rebuild the site; open pages show the new photos anyway.")
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
    """Put folders of photos on the site, each as a set.

    Photos that are there already are not sent again: if an upload was stopped, run it again. Originals are never
    changed. Exits with 1 if a photo or a folder failed; the others go up all the same.
    """
    from scripts.common.progress import Progress
    from scripts.upload import uploader as uploading
    from scripts.upload.plan import PlanError

    if set_name and len(folders) > 1:
        raise click.UsageError("--set names one set: give it one folder")
    progress = Progress(quiet=as_json)
    reports = []
    would_fail = False
    refused: list[PlanError] = []
    for folder in folders:
        try:
            plan = uploading.make_plan(context.stack, folder, set_name, concurrency, progress)
        except PlanError as error:
            if len(folders) == 1:
                raise
            refused.append(error)
            continue
        if dry_run:
            _print_plan(plan, as_json)
            would_fail = would_fail or bool(plan.refused)
            continue
        report = uploading.carry_out(context.stack, plan, title, concurrency, progress)
        report.url = context.stack.site_address(f"/sets/{address(plan.set_name)}/")
        reports.append(report)
        if not as_json:
            _print_report(report)
    for error in refused:
        echo(f"Error: {error}", err=True)
    if dry_run:
        sys.exit(bool(refused) or would_fail)
    if not no_build and any(report.processed for report in reports):
        build_and_publish(context.stack)
    if as_json:
        echo_json({"sets": [report.as_json() for report in reports]})
    if refused or any(report.failures for report in reports):
        sys.exit(1)


def _print_plan(plan: Any, as_json: bool) -> None:
    if as_json:
        refused = [{"file": item.file, "reason": item.reason} for item in plan.refused]
        left_out = [{"file": item.file, "reason": item.reason} for item in plan.left_out]
        uploads = [{"file": photo.path.file, "bytes": photo.size} for photo in plan.uploads]
        result = {"set": plan.set_name, "uploads": uploads, "already_there": len(plan.present)}
        echo_json({**result, "refused": refused, "left_out": left_out})
        return
    size = sum(photo.size for photo in plan.uploads) / 1e6
    echo(f"{plan.set_name}: {len(plan.uploads)} to upload ({size:.1f} MB), {len(plan.present)} there already")
    for photo in plan.uploads:
        echo(f"  upload    {photo.path.file}")
    _print_remarks(plan.refused, plan.left_out, plan.warnings)


def _print_report(report: Any) -> None:
    echo(
        f"{report.set_name}: {count(report.processed, 'photo')} with {count(report.faces, 'face')} in "
        f"{report.seconds:.1f} s, {report.already_there} there already, {len(report.failures)} failed"
    )
    _print_remarks(report.failures, report.left_out, report.warnings)
    echo(f"  {report.url}")


def _print_remarks(failures: list, left_out: list, warnings: list[str]) -> None:
    for item in failures:
        echo(f"  failed    {item.file}: {item.reason}")
    by_reason: dict[str, list[str]] = {}
    for item in left_out:
        by_reason.setdefault(item.reason, []).append(item.file)
    for reason, files in by_reason.items():
        more = f" and {len(files) - _MAX_NAMES} more" if len(files) > _MAX_NAMES else ""
        echo(f"  left out  {', '.join(files[:_MAX_NAMES])}{more}: {reason}")
    for warning in warnings:
        echo(f"  note      {warning}")


@click.command()
@click.argument("set_name", required=False, metavar="[SET]")
@json_option
@click.pass_obj
def reprocess(context: Context, set_name: str | None, as_json: bool) -> None:
    """Make thumbnails, faces and rows again from the originals of one set, or of all."""
    from scripts.common.progress import Progress
    from scripts.photos import manage, processing

    stack = context.stack
    paths = manage.select(stack, _checked(set_name)) if set_name else list(manage.originals(stack, None))
    ignore = processing.seen_dead_letters(stack)
    before = processing.processed_at(stack, paths)
    manage.ask_to_process(stack, paths, force=True)
    with Progress(quiet=as_json).bar("Processing", len(paths)) as step:
        outcome = processing.wait_again(stack, before, ignore, step)
    build_and_publish(context.stack)
    print_outcome(outcome, "processed again", as_json)


@click.command()
@click.argument("name", metavar="SET[/PHOTO]")
@click.option("--for-good", is_flag=True, help="Also delete the old versions S3 keeps for 30 days.")
@yes_option
@json_option
@click.pass_obj
def delete(context: Context, name: str, for_good: bool, yes: bool, as_json: bool) -> None:
    """Delete a photo or a whole set: originals, thumbnails, rows and faces."""
    from scripts.common.progress import Progress
    from scripts.photos import manage, processing

    stack = context.stack
    paths = manage.select(stack, name, also_deleted=for_good)
    if not yes:
        click.confirm(f"Delete {count(len(paths), 'photo')} of {name}?", abort=True, err=True)
    manage.delete(stack, paths, for_good=for_good)
    with Progress(quiet=as_json).bar("Removing", len(paths)) as step:
        outcome = processing.wait_gone(stack, paths, step)
    build_and_publish(stack)
    stack.invalidate(picture_paths({path.set_name for path in paths}))
    print_outcome(outcome, "deleted", as_json)


def _checked(set_name: str) -> str:
    try:
        return check_set_name(set_name)
    except BadNameError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@concurrency_option
@json_option
@click.pass_obj
def export(context: Context, folder: Path, concurrency: int, as_json: bool) -> None:
    """Write every original to a folder, with everything known about it as JSON.

    Photos that are there already are not fetched again: if an export was stopped, run it again. Uploading the folders
    under `photos` makes the same site elsewhere.
    """
    from scripts.common.progress import Progress
    from scripts.photos.export import export as take_out

    written, present, failures = take_out(context.stack, folder, concurrency, Progress(quiet=as_json))
    if as_json:
        echo_json({"written": written, "already_there": present, "failures": failures})
    else:
        echo(f"{count(written, 'photo')} written to {folder}, {present} there already, {len(failures)} failed")
        for name, reason in sorted(failures.items()):
            echo(f"  failed    {name}: {reason}")
    if failures:
        sys.exit(1)
