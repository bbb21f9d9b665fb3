"""The command `kinpics`. Results go to stdout, progress and complaints to stderr; the exit code tells the truth:
0 done, 1 something failed, 2 wrong usage."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from functions.keys import BadNameError, check_picset
from scripts.config import ROOT, ConfigError
from scripts.publish import build_and_publish
from scripts.stack import Stack, StackError, connect

_DATA = ROOT / ".kinpics"

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=_DATA,
    envvar="KINPICS_DATA",
    show_default=".kinpics",
    help="Folder of the laptop stack's data.",
)
local_options = [
    click.option(
        "--site-port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of the site."
    ),
    click.option(
        "--api-port", type=click.IntRange(1, 65535), default=4566, show_default=True, help="Port of the AWS API."
    ),
    click.option(
        "--rekognition-tps",
        type=click.FloatRange(min=0, min_open=True),
        help="Refuse more calls a second of a Rekognition operation than this, as AWS does; no limit by default.",
    ),
]
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, without progress.")
concurrency_option = click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Files at once."
)


class Context:
    """Which stack the commands work on; found when first needed."""

    def __init__(self, stack_name: str, data: Path):
        self._stack_name = stack_name
        self.data = data
        self._stack: Stack | None = None

    @property
    def stack(self) -> Stack:
        if self._stack is None:
            self._stack = connect(self._stack_name, self.data)
        return self._stack


class Commands(click.Group):
    """Turns what goes wrong into one line that says what to do."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command; errors that a person can act on end as a `click` error."""
        from build import BuildError
        from local.state_folder import StateFolderError
        from scripts.manage import NothingThereError
        from scripts.plan import PlanError

        try:
            return super().invoke(context)
        except (
            StackError,
            BuildError,
            ConfigError,
            PlanError,
            NothingThereError,
            StateFolderError,
        ) as error:
            raise click.ClickException(str(error)) from None
        except ClientError as error:
            details = error.response["Error"]
            raise click.ClickException(
                f"AWS refused {error.operation_name}: {details.get('Code')}: {details.get('Message')}"
            ) from None
        except (BotoCoreError, OSError) as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kinpics")
@click.option(
    "--stack",
    "stack_name",
    default="kinpics",
    envvar="KINPICS_STACK",
    show_default=True,
    help="CloudFormation stack of the album.",
)
@data_option
@click.pass_context
def main(context: click.Context, stack_name: str, data: Path) -> None:
    """A photo album without a server, searchable by face.

    Commands work on the stack that the standard AWS variables point to; with none set, on the one that runs on this
    laptop.
    """
    context.obj = Context(stack_name, data.resolve())


def with_local_options(command: Callable) -> Callable:
    """Add the options of a stack on this laptop."""
    for option in reversed(local_options):
        command = option(command)
    return command


@main.command()
@data_option
@with_local_options
@click.pass_obj
def local(context: Context, data: Path, **options: Any) -> None:
    """Run the whole album on this laptop, until Ctrl-C."""
    _run_local(_chosen(context, data), options, demo=False)


@main.command()
@data_option
@with_local_options
@click.pass_obj
def demo(context: Context, data: Path, **options: Any) -> None:
    """Run the album on this laptop with three sets of demo photos."""
    _run_local(_chosen(context, data), options, demo=True)


def _chosen(context: Context, data: Path) -> Path:
    """`--data` may stand before or after the command."""
    return context.data if data == _DATA else data.resolve()


def _run_local(data: Path, options: dict[str, Any], *, demo: bool) -> None:
    from local.deploy import DeployError
    from local.stack import Options, PortBusyError, run
    from local.state_folder import Running
    from scripts import local_site

    async def prepare(running: Running) -> None:
        def ready() -> None:
            click.echo(f"kinpics is ready: {running.site_url} (AWS API {running.api_url})")

        await local_site.prepare(running, data, ready, demo=demo)

    try:
        run(Options(data, **options), ROOT, prepare)
    except (PortBusyError, DeployError) as error:
        raise click.ClickException(str(error)) from None
    except local_site.PrepareError as error:
        if str(error):
            click.echo(str(error), err=True)
        sys.exit(1)


@main.command()
@data_option
@click.pass_obj
def env(context: Context, data: Path) -> None:
    """Print the variables that point any AWS client at the laptop stack: eval "$(kinpics env)"."""
    from local.state_folder import StateFolder

    folder = _chosen(context, data)
    running = StateFolder(folder).running()
    if running is None:
        raise click.ClickException(f"no stack runs on {folder}: start one with `kinpics local`")
    for name, value in running.environment().items():
        click.echo(f"export {name}={shlex.quote(value)}")


@main.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set", "picset", help="Name of the picture set; the folder's own name by default.")
@click.option("--title", help="Title shown for the set.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@click.option("--no-build", is_flag=True, help="Leave the site as it is; its pages go on live anyway.")
@concurrency_option
@json_option
@click.pass_obj
def upload(
    context: Context,
    folders: tuple[Path, ...],
    picset: str | None,
    title: str | None,
    dry_run: bool,
    no_build: bool,
    concurrency: int,
    as_json: bool,
) -> None:
    """Put folders of photos on the site, each as a picture set.

    Photos that are there already are not sent again, so a stopped upload goes on by running it again. Originals are
    never changed. Ends with 1 when a photo failed.
    """
    from scripts import upload as uploading
    from scripts.progress import Progress

    if picset and len(folders) > 1:
        raise click.UsageError("--set names one set: give one folder with it")
    progress = Progress(quiet=as_json)
    reports = []
    for folder in folders:
        plan = uploading.make_plan(context.stack, folder, picset, concurrency, progress)
        if dry_run:
            _print_plan(plan, as_json)
            continue
        report = uploading.carry_out(context.stack, plan, title, concurrency, progress)
        report.url = context.stack.site_address(f"/sets/{_quote(plan.picset)}/")
        reports.append(report)
        if not as_json:
            _print_report(report)
    if dry_run:
        return
    if not no_build and any(report.processed for report in reports):
        build_and_publish(context.stack)
    if as_json:
        click.echo(json.dumps({"sets": [report.as_json() for report in reports]}, indent=1))
    if any(report.failures for report in reports):
        sys.exit(1)


def _print_plan(plan: Any, as_json: bool) -> None:
    if as_json:
        refused = [{"file": item.file, "reason": item.reason} for item in plan.refused]
        left_out = [{"file": item.file, "reason": item.reason} for item in plan.left_out]
        uploads = [{"file": photo.path.file, "bytes": photo.size} for photo in plan.uploads]
        result = {"set": plan.picset, "uploads": uploads, "already_there": len(plan.present)}
        click.echo(json.dumps({**result, "refused": refused, "left_out": left_out}, indent=1))
        return
    size = sum(photo.size for photo in plan.uploads) / 1e6
    click.echo(f"{plan.picset}: {len(plan.uploads)} to upload ({size:.1f} MB), {len(plan.present)} there already")
    for photo in plan.uploads:
        click.echo(f"  upload    {photo.path.file}")
    _print_remarks(plan.refused, plan.left_out, plan.warnings)


def _print_report(report: Any) -> None:
    click.echo(
        f"{report.picset}: {_count(report.processed, 'photo')} with {_count(report.faces, 'face')} in "
        f"{report.seconds:.1f} s, {report.already_there} there already, {len(report.failures)} failed"
    )
    _print_remarks(report.failures, report.left_out, report.warnings)
    click.echo(f"  {report.url}")


def _print_remarks(failures: list, left_out: list, warnings: list[str]) -> None:
    for item in failures:
        click.echo(f"  failed    {item.file}: {item.reason}")
    for item in left_out:
        click.echo(f"  left out  {item.file}: {item.reason}")
    for warning in warnings:
        click.echo(f"  note      {warning}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _quote(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


@main.command("build")
@click.pass_obj
def build_command(context: Context) -> None:
    """Render the site and publish it."""
    changed = build_and_publish(context.stack)
    click.echo(f"published {_count(changed, 'changed file')}: {context.stack.site_address('/')}")


@main.command()
@click.argument("picset", required=False, metavar="[SET]")
@json_option
@click.pass_obj
def reprocess(context: Context, picset: str | None, as_json: bool) -> None:
    """Make thumbnails, faces and rows anew from the originals, of one set or of all."""
    from scripts import manage, processing
    from scripts.progress import Progress

    stack = context.stack
    paths = manage.select(stack, _checked(picset)) if picset else list(manage.originals(stack, None))
    ignore = processing.seen_dead_letters(stack)
    before = processing.processed_at(stack, paths)
    manage.ask_to_process(stack, paths, force=True)
    with Progress(quiet=as_json).bar("Processing", len(paths)) as step:
        outcome = processing.wait_again(stack, before, ignore, step)
    build_and_publish(context.stack)
    _print_outcome(outcome, "processed again", as_json)


@main.command()
@click.argument("name", metavar="SET[/PIC]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def delete(context: Context, name: str, yes: bool, as_json: bool) -> None:
    """Delete a pic, or a whole set, from the album: original, thumbnails, rows and faces."""
    from scripts import manage, processing
    from scripts.progress import Progress

    stack = context.stack
    paths = manage.select(stack, name)
    if not yes:
        click.confirm(f"Delete {_count(len(paths), 'photo')} of {name} from the album?", abort=True, err=True)
    manage.delete(stack, paths)
    with Progress(quiet=as_json).bar("Removing", len(paths)) as step:
        outcome = processing.wait_gone(stack, paths, step)
    build_and_publish(context.stack)
    _print_outcome(outcome, "deleted", as_json)


def _print_outcome(outcome: Any, done: str, as_json: bool) -> None:
    failures = {str(path): reason for path, reason in sorted(outcome.failed.items())}
    failures |= {str(path): "nothing was heard of it yet" for path in sorted(outcome.unheard)}
    if as_json:
        click.echo(json.dumps({"done": len(outcome.done), "failures": failures}, indent=1))
    else:
        click.echo(f"{_count(len(outcome.done), 'photo')} {done}, {len(failures)} failed")
        for path, reason in failures.items():
            click.echo(f"  failed    {path}: {reason}")
    if failures:
        sys.exit(1)


def _checked(picset: str) -> str:
    try:
        return check_picset(picset)
    except BadNameError as error:
        raise click.UsageError(str(error)) from None


@main.group()
def collection() -> None:
    """Work with the Rekognition collections of the account."""


@collection.command("list")
@click.pass_obj
def collection_list(context: Context) -> None:
    """Print each collection with its number of faces."""
    client = context.stack.rekognition
    for page in client.get_paginator("list_collections").paginate():
        for name in page["CollectionIds"]:
            described = client.describe_collection(CollectionId=name)
            click.echo(f"{name}\t{_count(described['FaceCount'], 'face')}")


@collection.command("create")
@click.argument("name")
@click.pass_obj
def collection_create(context: Context, name: str) -> None:
    """Create a collection."""
    context.stack.rekognition.create_collection(CollectionId=name)
    click.echo(f"created {name}")


@collection.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def collection_delete(context: Context, name: str, yes: bool) -> None:
    """Delete a collection with all its faces; originals and rows stay."""
    count = context.stack.rekognition.describe_collection(CollectionId=name)["FaceCount"]
    if not yes:
        click.confirm(
            f"Delete {name} with {_count(count, 'face')}? Searching finds none of them then.", abort=True, err=True
        )
    context.stack.rekognition.delete_collection(CollectionId=name)
    click.echo(f"deleted {name}")


@collection.command("faces")
@click.argument("name", required=False)
@click.pass_obj
def collection_faces(context: Context, name: str | None) -> None:
    """Print each face of a collection, by default the album's: face id, image id, pic."""
    from functions.faces import FaceCollection
    from functions.keys import decode_external_image_id

    faces = FaceCollection(context.stack.rekognition, name) if name else context.stack.faces
    for face in faces.faces():
        external = face.get("ExternalImageId", "")
        click.echo(f"{face['FaceId']}\t{face['ImageId']}\t{decode_external_image_id(external) or external}")
