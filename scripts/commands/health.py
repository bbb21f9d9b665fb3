"""Looking after a deployed site."""

import functools
import sys
from collections.abc import Callable
from dataclasses import asdict

import boto3
import click

from scripts.commands.options import Context, json_option, print_outcome, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.migration import remove_old_rows
from scripts.deployment.publish import build_and_publish

_MARKS = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  "}


@click.command()
@click.option("--no-round-trip", is_flag=True, help="Don't send a test picture through (it costs one IndexFaces call).")
@click.option(
    "--originals",
    type=click.Choice(["sample", "all", "none"]),
    default="sample",
    show_default=True,
    help="How many originals to read for damage; a sample is at most 50 photos and 200 MB.",
)
@json_option
@click.pass_obj
def doctor(context: Context, no_round_trip: bool, originals: str, as_json: bool) -> None:
    """Check the site's health, and say what to do about each problem.

    Exits with 1 if something is wrong; warnings don't count.
    """
    from scripts.deployment.deploy import Target
    from scripts.health.doctor import examine

    stack = context.stack
    findings = []
    checks = examine(Target.chosen(), stack, context.data, round_trip=not no_round_trip, originals=originals)
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


def _close_or_open(context: Context, *, closed: bool, as_json: bool) -> None:
    from scripts.deployment.closing import find_entrance, list_ways_in, new_guest, try_new_guest, watch_ways_in

    stack = context.stack
    entrance = find_entrance(boto3.Session(), stack.outputs)
    guest: Callable[[], boto3.Session] | None = functools.partial(new_guest, stack)
    if closed:
        inside = try_new_guest(stack)
        guest = inside and (lambda: inside)
        entrance.close()
    else:
        entrance.open()
    took: dict[str, float] = {}

    def tell(name: str, seconds: float) -> None:
        took[name] = round(seconds, 1)
        if not as_json:
            echo(f"  {'closed' if closed else 'open'} after {seconds:5.1f} s: {name}", err=True)

    left = watch_ways_in(list_ways_in(stack, guest), closed=closed, tell=tell)
    if as_json:
        echo_json({"closed" if closed else "open": took, "left": left})
    elif left:
        wrong = "still let in" if closed else "still refused"
        echo(f"after five minutes, {', '.join(left)} are {wrong}: run the command again, then `kinpics doctor`")
    elif closed:
        echo("the site is closed to visitors, and stays so through deployments; open it with `kinpics open`")
    else:
        echo("the site is open to visitors")
    if left:
        sys.exit(1)


@click.command()
@json_option
@click.pass_obj
def close(context: Context, as_json: bool) -> None:
    """Close the site to visitors at once: pages, pictures, rows and searches.

    Visitors see a page that says so. Nothing is deleted, and you can work on as before. Prints how long each part took
    to close, as a visitor sees it. If a run was stopped, run it again. Exits with 1 if something is still open.
    """
    _close_or_open(context, closed=True, as_json=as_json)


@click.command("open")
@json_option
@click.pass_obj
def open_site(context: Context, as_json: bool) -> None:
    """Open the site to visitors again, exactly as it was before it closed.

    Exits with 1 if something is still closed.
    """
    _close_or_open(context, closed=False, as_json=as_json)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only print what does not agree.")
@yes_option
@json_option
@click.pass_obj
def reconcile(context: Context, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Make thumbnails, rows and faces agree with the originals in S3, and the gallery with its portraits.

    Processes what is missing and removes what belongs to no photo and no portrait. If a run was stopped, run it again.
    Exits with 1 if something could not be mended.
    """
    from scripts.common.progress import Progress
    from scripts.health import reconcile as mending
    from scripts.health.survey import Drift

    found: list[str] = []

    def tell(drift: Drift) -> bool:
        found.extend(drift.lines())
        if not as_json:
            for line in found:
                echo(f"  {line}")
        paid = count(drift.paid_calls, "paid IndexFaces call")
        question = f"Mend {count(len(drift), 'disagreement')}? At most {paid}."
        return bool(len(drift)) and not dry_run and (yes or as_json or click.confirm(question, err=True, abort=True))

    try:
        mended = mending.reconcile(context.stack, Progress(quiet=as_json), tell)
    except mending.BusyError as error:
        raise click.ClickException(str(error)) from None
    if not dry_run:
        remove_old_rows(context.stack)
    if mended.pics or mended.sets:
        build_and_publish(context.stack)
    failures = {str(path): reason for path, reason in sorted(mended.failed.items())}
    if as_json:
        done = {name: getattr(mended, name) for name in ("pics", "portraits", "removed", "sets")}
        echo_json({"found": found, "mended": done, "failures": failures})
    elif not found and not failures:
        echo("everything agrees")
    elif not dry_run:
        echo(
            f"{count(mended.pics, 'photo')} and {count(mended.portraits, 'portrait')} mended, "
            f"{count(mended.removed, 'leftover')} removed, {count(mended.sets, 'set')} counted anew, "
            f"{len(failures)} failed"
        )
    if not as_json:
        for path, reason in failures.items():
            echo(f"  failed    {path}: {reason}")
    if failures or (dry_run and found):
        sys.exit(1)


@click.group("dead-letters")
def dead_letters_group() -> None:
    """Work with the photos that could not be processed."""


@dead_letters_group.command("list")
@json_option
@click.pass_obj
def dead_letters_list(context: Context, as_json: bool) -> None:
    """Print each photo that could not be processed, with the reason."""
    from scripts.photos import dead_letters

    letters = dead_letters.read(context.stack.sqs, context.stack.outputs.dead_letter_queue)
    if as_json:
        shown = [{"key": letter.key, "code": letter.code, "reason": letter.reason} for letter in letters]
        echo_json(shown)
    elif not letters:
        echo("every photo could be processed", err=True)
    for letter in [] if as_json else sorted(letters, key=lambda letter: letter.key):
        echo(letter.key, letter.code, letter.reason)


@dead_letters_group.command("redrive")
@click.argument("pics", nargs=-1, metavar="[SET/PHOTO]...")
@click.option("--code", help="Only photos with this code, as `list` prints it, e.g. CeilingReached.")
@json_option
@click.pass_obj
def dead_letters_redrive(context: Context, pics: tuple[str, ...], code: str | None, as_json: bool) -> None:
    """Process these photos again, or all that could not be processed, and wait.

    Exits with 1 if one fails again.
    """
    from scripts.common.progress import Progress
    from scripts.photos import dead_letters, processing

    stack = context.stack
    letters = dead_letters.read(stack.sqs, stack.outputs.dead_letter_queue)
    sent = dead_letters.redrive(stack, dead_letters.keys_of(pics, letters), code)
    waiting = {letter.path for letter in sent if letter.path}
    with Progress(quiet=as_json).bar("Processing", len(waiting)) as step:
        outcome = processing.wait_in_sync(stack, waiting, {letter.message_id for letter in letters}, step)
    if outcome.done:
        build_and_publish(stack)
    print_outcome(outcome, "processed", as_json)
