"""Checking the site's health, and repairing what doesn't agree."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scripts.access.audience_change import finish_changes
from scripts.commands.options import Context, json_option, print_failures, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.migration import remove_old_rows
from scripts.deployment.publish import build_and_publish

if TYPE_CHECKING:
    from scripts.health.drift import Drift

_MARKS = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  "}


@click.command()
@click.option("--no-round-trip", is_flag=True, help="Don't send a test picture through (it costs one paid call).")
@click.option("--all", "whole", is_flag=True, help="Compare all photos. By default a sample, on sites of over 2,000.")
@click.option(
    "--originals",
    type=click.Choice(["sample", "all", "none"]),
    default="sample",
    show_default=True,
    help="Which originals to check for damage. A sample is at most 50 photos and 200 MB.",
)
@json_option
@click.pass_obj
def doctor(context: Context, no_round_trip: bool, whole: bool, originals: str, as_json: bool) -> None:
    """Check the site's health.

    Says what to do about each problem. If you stop it while it looks at all photos, the next run goes on from there.
    Exits with 1 if something is wrong; warnings don't count.
    """
    from scripts.common.progress import Progress
    from scripts.deployment.deploy import Target
    from scripts.health.doctor import examine

    stack = context.stack
    findings = []
    checks = examine(
        Target.chosen(),
        stack,
        context.data,
        Progress(quiet=as_json),
        round_trip=not no_round_trip,
        whole=whole,
        originals=originals,
    )
    for finding in checks:
        findings.append(finding)
        if not as_json:
            echo(f"{_MARKS[finding.state]} {finding.check}: {finding.text}")
            if finding.advice:
                echo(f"        {finding.advice}")
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what doesn't agree, and change nothing.")
@yes_option
@json_option
@click.pass_obj
def reconcile(context: Context, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Make thumbnails, rows and faces agree with the originals.

    Processes what is missing, and removes what doesn't belong to any photo. Does the same for the portraits of the
    gallery. If a run was stopped, run it again: it goes on from there. Exits with 1 if something could not be repaired.
    """
    from scripts.common.progress import Progress
    from scripts.health.reconcile import mend
    from scripts.health.stocktaking import survey_file

    found: list[str] = []

    def tell(drift: "Drift") -> bool:
        found.extend(drift.lines())
        if not as_json:
            for line in found:
                echo(f"  {line}")
        paid = count(drift.paid_calls, "paid call")
        question = f"Repair {count(len(drift), 'disagreement')}? This takes at most {paid}."
        return bool(len(drift)) and not dry_run and (yes or as_json or click.confirm(question, err=True, abort=True))

    if not dry_run:
        finish_changes(context.stack)
    mended = mend(context.stack, Progress(quiet=as_json), tell, survey_file(context.data, context.stack))
    if not dry_run:
        remove_old_rows(context.stack)
    if mended.photos or mended.sets or mended.rows:
        build_and_publish(context.stack, whole=True)
    failures = dict(sorted(mended.failed.items()))
    if as_json:
        numbers = {
            "rows": mended.rows,
            "pics": mended.photos,
            "portraits": mended.portraits,
            "removed": mended.removed,
            "sets": mended.sets,
        }
        echo_json({"found": found, "mended": numbers, "failures": failures})
    elif not found and not failures:
        echo("everything agrees")
    elif not dry_run:
        moved = f"{count(mended.rows, 'row')} moved, " if mended.rows else ""
        echo(
            f"{moved}{count(mended.photos, 'photo')} and {count(mended.portraits, 'portrait')} repaired, "
            f"{count(mended.removed, 'leftover')} removed, {count(mended.sets, 'set')} counted again, "
            f"{len(failures)} failed"
        )
    if not as_json:
        print_failures(failures.items())
    if failures or (dry_run and found):
        sys.exit(1)
