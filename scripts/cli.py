"""The command `kinpics`; what its commands do is in `scripts/commands/`. Results go to stdout, progress and errors to
stderr; the exit code tells the truth: 0 done, 1 something failed, 2 wrong usage, 130 stopped with Ctrl-C."""

import re
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_errors import code_of, message_of
from functions.errors import KinpicsError
from scripts.commands.background import service
from scripts.commands.backup import backup, restore
from scripts.commands.close import close, open_site
from scripts.commands.collection import collection
from scripts.commands.costs import cost
from scripts.commands.dead_letters import dead_letters
from scripts.commands.deployment import deploy, destroy, publish
from scripts.commands.events import event
from scripts.commands.gallery import gallery
from scripts.commands.guest_photos import waiting
from scripts.commands.health import doctor, reconcile
from scripts.commands.imports import import_command
from scripts.commands.laptop import demo, env, local
from scripts.commands.options import Context, data_option
from scripts.commands.owner import owner
from scripts.commands.people import people
from scripts.commands.photos import delete, export, move, reprocess, show, undelete
from scripts.commands.private import audience, link, members
from scripts.commands.upload import upload
from scripts.commands.watch import watch
from scripts.commands.wording import caption, set_command
from scripts.common.config import load_aws_config
from scripts.common.terminal import echo, printable

_EMPTY = re.compile(r"(--[\w-]+=)?")
# Commands that clear a setting if its argument is empty.
_CLEARING = frozenset({"deploy", "caption", "set", "event"})


class Commands(click.Group):
    """Lists the commands by section, and turns what goes wrong into one line that says what to do."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sections: dict[str, list[str]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add commands under a heading of their own in the help."""
        for command in commands:
            self.add_command(command)
            self._sections.setdefault(title, []).append(str(command.name))

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, section by section, in the order they were added."""
        width = max(map(len, self.commands), default=0)
        room = formatter.width - 6 - width
        for title, names in self._sections.items():
            rows = [(name.ljust(width), self.commands[name].get_short_help_str(room)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Refuse empty arguments: an unset shell variable must not come to mean the whole site, or this folder.

        Some commands take them, to clear what was set.
        """
        command = next((arg for arg in args if arg in self.commands), "")
        if any(map(_EMPTY.fullmatch, args)) and command not in _CLEARING:
            context.fail("an argument is empty: check that your shell variables are set")
        return super().parse_args(context, args)

    def invoke(self, context: click.Context) -> Any:
        """Run a command; errors that a person can act on end as a `click` error."""
        try:
            return self._invoke(context)
        except click.ClickException as error:
            error.message = "\n".join(map(printable, error.message.splitlines()))  # type: ignore[misc] # it is final
            raise
        except KeyboardInterrupt:
            echo("Stopped. Run the same command again to continue.", err=True)
            context.exit(130)

    def _invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise  # whoever read the output has gone: click ends quietly
        except KinpicsError as error:
            raise click.ClickException(str(error)) from None
        except ClientError as error:
            raise click.ClickException(
                f"AWS refused {error.operation_name}: {code_of(error)}: {message_of(error)}"
            ) from None
        except UnicodeEncodeError as error:
            raise click.ClickException(f"{error.object!r} is not valid Unicode") from None
        except (BotoCoreError, OSError) as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kinpics")
@click.option(
    "--stack",
    "stack_name",
    metavar="NAME",
    envvar="KINPICS_STACK",
    help="The site's CloudFormation stack. By default the one in kinpics.toml, or `kinpics`.",
)
@data_option
@click.pass_context
def main(context: click.Context, stack_name: str | None, data: Path) -> None:
    """Publish your photos on your own AWS account, searchable by face, without a server.

    Commands work on the site that your AWS credentials and kinpics.toml point to. Without AWS credentials, they work
    on the one running on this laptop.
    """
    context.obj = Context(stack_name or load_aws_config().stack, data.resolve())


main.add_section(
    "Photos",
    upload,
    import_command,
    watch,
    caption,
    set_command,
    event,
    waiting,
    move,
    show,
    reprocess,
    delete,
    undelete,
    export,
)
main.add_section("People", people, owner, gallery)
main.add_section("Who may see it", audience, link, members)
main.add_section("Site on AWS", deploy, publish, close, open_site, cost, destroy)
main.add_section("Health", doctor, reconcile, dead_letters, collection)
main.add_section("This laptop", local, demo, service, env, backup, restore)
