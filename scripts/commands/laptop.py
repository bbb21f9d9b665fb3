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
    click.option(
        "--host",
        "hosts",
        metavar="NAME",
        multiple=True,
        help="Open the site to your home network, under this name or address of this machine. Can be repeated.",
    ),
    click.option(
        "--https-port",
        type=click.IntRange(1, 65535),
        default=8443,
        show_default=True,
        help="Port for the home network.",
    ),
    click.option(
        "--certificate",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Your own certificate for --host, with its chain, as a PEM file. By default one is made.",
    ),
    click.option("--key", type=click.Path(path_type=Path, dir_okay=False), help="The key of --certificate."),
]


def with_local_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a stack that runs on this laptop."""
    for option in reversed(local_options):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@data_option
@with_local_options
@click.pass_context
def local(click_context: click.Context, /, data: Path, **options: Any) -> None:
    """Run the site on this laptop.

    Runs until Ctrl-C.
    """
    context: Context = click_context.obj
    context.data = chosen_data(context, data)
    if click_context.invoked_subcommand is None:
        _run_local(context.data, options, demo=False)


@local.command()
@data_option
@click.pass_obj
def password(context: Context, data: Path) -> None:
    """Set the password for your home network.

    Asks for it, or reads a line from standard input. Everyone who is logged in has to log in again.
    """
    folder = chosen_data(context, data)
    _ask_for_password(folder)
    echo("The password is set. Everyone who was logged in has to log in again.")


@click.command()
@data_option
@with_local_options
@click.pass_obj
def demo(context: Context, /, data: Path, **options: Any) -> None:
    """Run the site on this laptop, with demo photos.

    Runs until Ctrl-C.
    """
    _run_local(chosen_data(context, data), options, demo=True)


def chosen_data(context: Context, data: Path) -> Path:
    """`--data` can come before or after the command."""
    return context.data if data == DATA else data.resolve()


def local_command(data: Path) -> str:
    """`kinpics local` as the owner has to type it for a data folder."""
    return "kinpics local" if data == DATA else f"kinpics --data {shlex.quote(str(data))} local"


def _run_local(data: Path, options: dict[str, Any], *, demo: bool) -> None:
    from local.state_folder import Running
    from scripts.deployment.cloudformation import DeployError

    hosts, port = options.pop("hosts"), options.pop("https_port")
    certificate, key = options.pop("certificate"), options.pop("key")
    if bool(certificate) != bool(key):
        raise click.UsageError("--certificate and --key belong together: give both")
    if certificate and not hosts:
        raise click.UsageError("--certificate is for the home network: give --host, the name it is for")
    try:
        from local.home.front_door import HOME_PAGE
        from local.home.network import HomeOptions
        from local.home.passwords import PasswordFile
        from local.launcher import Options, PortBusyError, run
        from scripts.laptop import laptop_site
        from scripts.laptop.home_pages import code_of
        from scripts.laptop.laptop_deployment import make_project
        from scripts.laptop.laptop_owner import sign_in_link
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the laptop stack's packages are not installed ({error.name} is missing): run `make setup`, "
            "or `pip install -e '.[local]'`"
        ) from None

    async def prepare(running: Running) -> None:
        def ready() -> None:
            echo(f"kinpics is ready: {running.site_url} (AWS API {running.api_url})")
            echo(f"Sign in as the owner: {sign_in_link(running, data)}")
            if running.home_urls:
                echo(f"In your home network: {running.home_urls[0]} (help: {running.site_url}{HOME_PAGE})")
                if sys.stdout.isatty():
                    code_of(running.home_urls[0]).terminal(compact=True)

        await laptop_site.prepare(running, data, ready, demo=demo)

    home = HomeOptions(hosts, port, certificate, key) if hosts else None
    if home and not PasswordFile(data).path.exists():
        command = f"{local_command(data)} password"
        if not sys.stdin.isatty():
            raise click.ClickException(f"--host needs a password: set one with `{command}`")
        echo(f"Choose a password for your home network. You can change it with `{command}`.", err=True)
        _ask_for_password(data)
    try:
        run(Options(data, **options, home=home), make_project(ROOT, prepare))
    except (PortBusyError, DeployError) as error:
        raise click.ClickException(str(error)) from None
    except laptop_site.PrepareError as error:
        for line in str(error).splitlines():
            echo(line, err=True)
        sys.exit(1)


def _ask_for_password(data: Path) -> None:
    """Ask for the home network's password, twice, or read it from standard input. Never from the command line, which
    other programs can see."""
    from local.home.passwords import MIN_LENGTH, PasswordFile

    if sys.stdin.isatty():
        text = f"New password (at least {MIN_LENGTH} characters)"
        typed = click.prompt(text, hide_input=True, confirmation_prompt="Again", err=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    PasswordFile(data).write(typed)


@click.command()
@data_option
@click.pass_obj
def env(context: Context, data: Path) -> None:
    """Print variables that point AWS clients at this laptop.

    Use them with eval "$(kinpics env)".
    """
    from local.state_folder import StateFolder

    folder = chosen_data(context, data)
    running = StateFolder(folder).running()
    if running is None:
        raise click.ClickException(f"no site is using {folder}: start one with `{local_command(folder)}`")
    for name, value in running.environment().items():
        echo(f"export {name}={shlex.quote(value)}")
