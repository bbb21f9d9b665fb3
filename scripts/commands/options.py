"""What commands share: the stack they work on, options, and how results are printed."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from scripts.common.config import ROOT
from scripts.common.stack import Stack, choose_aws, connect
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count

DATA = ROOT / ".kinpics"

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=DATA,
    envvar="KINPICS_DATA",
    show_default=".kinpics",
    help="Folder with the laptop stack's data.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, without progress.")
yes_option = click.option("--yes", is_flag=True, help="Don't ask.")
concurrency_option = click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Files at once."
)


class Context:
    """Which stack the commands work on; found when first needed."""

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
        """Point this process at the AWS that is meant, in ``region`` if one is given."""
        choose_aws(self.data)
        if region:
            os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region


def print_outcome(outcome: Any, done: str, as_json: bool) -> None:
    """Print how processing ended; ends the command with 1 when a photo failed."""
    failures = {str(path): reason for path, reason in sorted(outcome.failed.items())}
    failures |= {str(path): "no result yet" for path in sorted(outcome.unheard)}
    if as_json:
        echo_json({"done": len(outcome.done), "failures": failures})
    else:
        echo(f"{count(len(outcome.done), 'photo')} {done}, {len(failures)} failed")
        for path, reason in failures.items():
            echo(f"  failed    {path}: {reason}")
    if failures:
        sys.exit(1)
