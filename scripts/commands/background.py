"""Running the laptop's site in the background, every day."""

import os
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from scripts.commands.laptop import chosen_data, local_command, with_local_options
from scripts.commands.options import data_option
from scripts.common.terminal import echo
from scripts.laptop.service_files import Kind, Service, ServiceError, data_of, find_kind, install, uninstall

_SYSTEMD = Path("/run/systemd/system")


@click.group()
def service() -> None:
    """Start the laptop's site by itself, and keep it running."""


@service.command("install")
@data_option
@with_local_options
@click.option("--print", "only_print", is_flag=True, help="Only print the file; write nothing.")
@click.pass_context
def install_command(click_context: click.Context, /, data: Path, only_print: bool, **options: Any) -> None:
    """Run `kinpics local`, with these options, as a service.

    Writes a systemd user unit, or a launchd agent on a Mac, and prints the command that starts it.
    """
    folder = chosen_data(click_context.obj, data)
    kind = find_kind(sys.platform, has_systemd=only_print or _SYSTEMD.exists())
    if options["hosts"] and not only_print:
        _check_password(folder)
    content = kind.render(_service_of(click_context, folder, options))
    if only_print:
        sys.stdout.buffer.write(content)
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = Path.home() / kind.place
    echo(f"{'Written' if install(file, content) else 'Unchanged'}: {file}")
    echo(f"Start it now and at every login: {_filled(kind.enable, file)}")
    if kind.note:
        echo(kind.note)


@service.command("uninstall")
def uninstall_command() -> None:
    """Remove the service's file; photos and data stay.

    Prints the command that stops the service, in case it is running.
    """
    kind, file = _place()
    if uninstall(file, kind):
        echo(f"Removed: {file}")
        echo(f"If it is running, stop it: {_filled(kind.stop, file)}")
    else:
        echo(f"No service is installed: {file} is not there.")


@service.command("status")
def status_command() -> None:
    """Say whether the service is installed and running."""
    from local.state_folder import StateFolder

    _, file = _place()
    folder = data_of(file) if file.exists() else None
    if folder is None:
        echo(f"No service is installed: {file} is not there, or kinpics did not make it.")
        sys.exit(1)
    running = StateFolder(folder).running()
    echo(f"Installed: {file} (data in {folder})")
    if running is None:
        echo("Not running.")
        sys.exit(1)
    echo(f"Running: {', '.join((running.site_url, *running.home_urls))}")


def _place() -> tuple[Kind, Path]:
    kind = find_kind(sys.platform, has_systemd=True)
    return kind, Path.home() / kind.place


def _service_of(click_context: click.Context, data: Path, options: dict[str, Any]) -> Service:
    """`kinpics local` with the options that were given, its paths made absolute."""
    words = [sys.executable, "-m", "scripts", "--data", str(data), "local"]
    writes = []
    for parameter in click_context.command.params:
        name = str(parameter.name)
        if name in options and click_context.get_parameter_source(name) != ParameterSource.DEFAULT:
            value = options[name]
            for one in value if isinstance(value, tuple) else [value]:
                words += [parameter.opts[0], str(one.resolve() if isinstance(one, Path) else one)]
    if options["call_log"]:
        writes.append(options["call_log"].resolve().parent)
    return Service(tuple(words), data, tuple(writes), os.environ.get("PATH", os.defpath))


def _check_password(data: Path) -> None:
    """A service can't ask for the home network's password."""
    from local.home.passwords import PasswordFile

    if not PasswordFile(data).path.exists():
        raise ServiceError(f"--host needs a password: set one with `{local_command(data)} password`")


def _filled(command: str, file: Path) -> str:
    return command.format(user=os.getuid(), file=f"'{file}'" if " " in str(file) else file)
