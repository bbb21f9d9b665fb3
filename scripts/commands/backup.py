"""Backups of a laptop stack, and putting them back."""

import sys
from pathlib import Path

import click

from scripts.commands.laptop import local_command
from scripts.commands.options import Context
from scripts.common.terminal import echo
from scripts.common.words import count, size_in_words

_folder = click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")


@click.command()
@_folder
@click.option(
    "--check", "checks", is_flag=True, help="Back nothing up, but compare every file in DIR with its checksum."
)
@click.pass_obj
def backup(context: Context, folder: Path, checks: bool) -> None:
    """Back up this laptop's site to a folder.

    The site can keep running: the backup shows it as it was at one moment. A second backup to the same folder copies
    only what is new. Exits with 1 if something could not be read. For a site on AWS, see docs/backups.md.
    """
    from local.backup.checksums import find_wrong, note_wrong, read_list
    from local.backup.making import make_backup
    from scripts.common.progress import Progress

    progress = Progress(quiet=False)
    if checks:
        digests = read_list(folder)
        with progress.bar("Reading", len(digests)) as step:
            found = dict(find_wrong(folder, digests, step))
        note_wrong(folder, {path: digests[path] for path in found})
        wrong = [f"{path} {reason}" for path, reason in found.items()]
        told = f"{count(len(digests), 'file')} checked, {len(wrong)} wrong"
        if wrong:
            told += ". Run `kinpics backup` again: it copies them again"
    else:
        made = make_backup(context.data, folder)
        wrong = made.problems
        told = (
            f"{context.data} is backed up to {folder}: {count(made.files, 'file')}, {made.copied:,} of them copied "
            f"({size_in_words(made.copied_bytes)})"
        )
    for problem in wrong:
        echo(f"  failed    {problem}")
    echo(told)
    sys.exit(1 if wrong else 0)


@click.command()
@_folder
@click.pass_obj
def restore(context: Context, folder: Path) -> None:
    """Put a backup back into an empty data folder.

    Name that folder with --data before the command: kinpics --data FOLDER restore DIR. If it is stopped, run it again.
    """
    from local.backup.restoring import restore_backup

    files, wrong = restore_backup(folder, context.data)
    for problem in wrong:
        echo(f"  failed    {problem}: it was put back as it is in the backup")
    echo(f"{count(files, 'file')} put back into {context.data}: start the site with `{local_command(context.data)}`")
    sys.exit(1 if wrong else 0)
