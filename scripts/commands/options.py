"""What commands share: the stack they work on, options, and how results are printed."""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scripts.common.config import ROOT
from scripts.common.stack import Stack, choose_aws, connect
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count

if TYPE_CHECKING:
    from scripts.photos.waiting import Outcome

DATA = ROOT / ".kinpics"

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=DATA,
    envvar="KINPICS_DATA",
    show_default=".kinpics",
    help="Folder for the laptop stack's data.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, without progress.")
yes_option = click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
no_build_option = click.option(
    "--no-build", is_flag=True, help="Don't rebuild the pages. Open pages show the change anyway."
)
concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Files to transfer at once.",
)


class Context:
    """The stack that commands work on; it is looked up when first needed."""

    def __init__(self, stack_name: str, data: Path):
        self.stack_name = stack_name
        self.data = data
        self._stack: Stack | None = None

    @property
    def stack(self) -> Stack:
        if self._stack is None:
            self._stack = connect(self.stack_name, self.data)
        return self._stack

    def choose_aws(self, region: str | None) -> None:
        """Point this process at AWS or the laptop stack, in ``region`` if one is given."""
        choose_aws(self.data)
        if region:
            os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region


def print_outcome(outcome: "Outcome", done: str, as_json: bool) -> None:
    """Print how processing ended; ends the command with 1 if a photo failed."""
    failures = {str(path): reason for path, reason in sorted(outcome.failures.items())}
    if as_json:
        echo_json({"done": len(outcome.done), "failures": failures})
    else:
        echo(f"{count(len(outcome.done), 'photo')} {done}, {len(failures)} failed")
    end_with_failures(failures, as_json)


def print_failures(failures: Iterable[tuple[str, str]]) -> None:
    """Print files or photos that failed, each with the reason."""
    for name, reason in failures:
        echo(f"  failed    {name}: {reason}")


def end_with_failures(failures: Mapping[str, str], as_json: bool) -> None:
    """Print what failed, unless JSON has said it, and end the command with 1; does nothing if nothing failed."""
    if failures:
        if not as_json:
            print_failures(failures.items())
        sys.exit(1)


def note_reach(stack: Stack) -> None:
    """Say who can't open the addresses that were printed to be handed out, and what those meet who can."""
    if stack.is_here_alone:
        echo(
            "note: only this computer can open addresses at localhost, or scan their codes: "
            "`kinpics local --host` opens the site to your home network (docs/home.md)",
            err=True,
        )
    elif stack.home_url:
        echo(
            "note: these addresses are for your home network: phones first show a warning about the certificate, "
            "and ask for the home network's password: tell it to your guests (docs/events.md#on-a-laptop)",
            err=True,
        )
