"""Running the site on this laptop."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scripts.commands.options import DATA, Context, data_option
from scripts.common.config import ROOT
from scripts.common.terminal import echo

local_options = [
    click.option(
        "--site-port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port for the site."
    ),
    click.option(
        "--api-port", type=click.IntRange(1, 65535), default=4566, show_default=True, help="Port for the AWS API."
    ),
    click.option(
        "--rekognition-tps",
        type=click.FloatRange(min=0, min_open=True),
        help="Maximum calls a second to each Rekognition operation; extra calls are refused. No limit by default.",
    ),
    click.option(
        "--call-log",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Log each AWS call to this file, as a line of JSON.",
    ),
]


def with_local_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a stack that runs on this laptop."""
    for option in reversed(local_options):
        command = option(command)
    return command


@click.command()
@data_option
@with_local_options
@click.pass_obj
def local(context: Context, /, data: Path, **options: Any) -> None:
    """Run the site on this laptop.

    Runs until Ctrl-C.
    """
    _run_local(_chosen(context, data), options, demo=False)


@click.command()
@data_option
@with_local_options
@click.pass_obj
def demo(context: Context, /, data: Path, **options: Any) -> None:
    """Run the site on this laptop, with demo photos.

    Runs until Ctrl-C.
    """
    _run_local(_chosen(context, data), options, demo=True)


def _chosen(context: Context, data: Path) -> Path:
    """`--data` can come before or after the command."""
    return context.data if data == DATA else data.resolve()


def _run_local(data: Path, options: dict[str, Any], *, demo: bool) -> None:
    from local.state_folder import Running
    from scripts.deployment.cloudformation import DeployError

    try:
        from local.launcher import Options, PortBusyError, run
        from scripts.laptop import laptop_site
        from scripts.laptop.laptop_deployment import make_project
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the laptop stack's packages are not installed ({error.name} is missing): run `make setup`, "
            "or `pip install -e '.[local]'`"
        ) from None

    async def prepare(running: Running) -> None:
        def ready() -> None:
            echo(f"kinpics is ready: {running.site_url} (AWS API {running.api_url})")

        await laptop_site.prepare(running, data, ready, demo=demo)

    try:
        run(Options(data, **options), make_project(ROOT, prepare))
    except (PortBusyError, DeployError) as error:
        raise click.ClickException(str(error)) from None
    except laptop_site.PrepareError as error:
        for line in str(error).splitlines():
            echo(line, err=True)
        sys.exit(1)


@click.command()
@data_option
@click.pass_obj
def env(context: Context, data: Path) -> None:
    """Print variables that point AWS clients at this laptop.

    Use them with eval "$(kinpics env)".
    """
    from local.state_folder import StateFolder

    folder = _chosen(context, data)
    running = StateFolder(folder).running()
    if running is None:
        raise click.ClickException(f"no site is using {folder}: start one with `kinpics local`")
    for name, value in running.environment().items():
        echo(f"export {name}={shlex.quote(value)}")
