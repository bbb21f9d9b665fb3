"""The command `kinpics`. Results go to stdout, progress and complaints to stderr; the exit code tells the truth:
0 done, 1 something failed, 2 wrong usage, 130 stopped with Ctrl-C."""

import re
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_errors import code_of, message_of
from functions.errors import KinpicsError
from scripts.commands import collection, deployment, gallery, health, laptop, people, photos
from scripts.commands.options import Context, data_option
from scripts.common.config import load_aws_config
from scripts.common.terminal import printable

_EMPTY = re.compile(r"(--[\w-]+=)?")


class Commands(click.Group):
    """Turns what goes wrong into one line that says what to do."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Refuse empty arguments: an unset shell variable must not come to mean the whole site, or this folder.

        `deploy` takes them, to clear a setting.
        """
        if any(map(_EMPTY.fullmatch, args)) and "deploy" not in args:
            context.fail("an argument is empty; maybe a shell variable is not set")
        return super().parse_args(context, args)

    def invoke(self, context: click.Context) -> Any:
        """Run a command; errors that a person can act on end as a `click` error."""
        try:
            return self._invoke(context)
        except click.ClickException as error:
            error.message = "\n".join(map(printable, error.message.splitlines()))
            raise
        except KeyboardInterrupt:
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
    envvar="KINPICS_STACK",
    help="CloudFormation stack of the site; by default the one in kinpics.toml, else `kinpics`.",
)
@data_option
@click.pass_context
def main(context: click.Context, stack_name: str | None, data: Path) -> None:
    """A photo album without a server, searchable by face.

    Commands work on the stack that the standard AWS variables and kinpics.toml point to; without AWS credentials, on
    the one running on this laptop.
    """
    context.obj = Context(stack_name or load_aws_config().stack, data.resolve())


for command in (
    *(laptop.local, laptop.demo, laptop.env),
    *(photos.upload, photos.reprocess, photos.delete, photos.export),
    *(deployment.deploy, deployment.publish, deployment.destroy, deployment.cost),
    *(health.doctor, health.reconcile, health.dead_letters_group, health.close, health.open_site),
    gallery.gallery,
    collection.collection,
    people.people,
):
    main.add_command(command)
