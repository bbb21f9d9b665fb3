"""What an import will do: made before anything goes up. `--dry-run` prints it, `carrying` walks it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scripts.common.folders import FolderError
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.imports.deleted import leave_out_deleted
from scripts.imports.doubles import count_candidates, join_same, leave_out_copies
from scripts.imports.found import Album, Found, Note, Unplaced
from scripts.imports.found_table import SAME, FoundTable
from scripts.imports.placing import check_names, note_stored, place, skip_present
from scripts.imports.readers.reading import Choices
from scripts.imports.recognising import READERS, Source, open_sources
from scripts.imports.seeing import look
from scripts.upload.films_taken import films_taken


@dataclass(frozen=True)
class Wishes:
    """What the owner asks of an import: the kind of the sources if they say so, how photos of no album are put into
    sets, which extras are taken too, and whether copies are, and what was deleted here."""

    kind: str | None = None
    sets: str = "year"
    extras: frozenset[str] = frozenset()
    copies: bool = False
    deleted: bool = False


class PlannedSet(NamedTuple):
    """A set: photos that go up and their bytes, and those the site has already."""

    name: str
    uploads: int
    size: int
    present: int


@dataclass
class ImportPlan:
    """The photos with their places. ``albums`` has what each set is called, ``same`` the files that others repeat byte
    for byte, ``copies`` those left out because a larger one goes in, ``deleted`` those left out because they were
    deleted here, ``elsewhere`` photos that belong to more albums than the one they are placed in, ``apart`` those that
    the site has in another set than their album's."""

    sources: list[Source]
    table: FoundTable
    albums: dict[str, Album] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    found: int = 0
    same: int = 0
    copies: int = 0
    deleted: int = 0
    elsewhere: int = 0
    apart: int = 0

    def sets(self) -> Iterator[PlannedSet]:
        """The sets, by name."""
        for row in self.table.query(
            "SELECT set_name, SUM(state = 'new'), SUM(size * (state = 'new')), SUM(state = 'present') "
            "FROM found WHERE state IN ('new', 'present') GROUP BY set_name ORDER BY set_name"
        ):
            yield PlannedSet(*row)

    def unplaced(self) -> Iterator[Unplaced]:
        """What doesn't go in, failures first."""
        yield from self.table.unplaced()

    @property
    def failures(self) -> int:
        return int(self.table.query("SELECT COUNT(*) FROM unplaced WHERE is_failure")[0][0])

    @property
    def uploads(self) -> int:
        return self.table.count("state = 'new'")

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "sources": [{"name": source.container.label, "kind": source.kind} for source in self.sources],
            "found": self.found,
            "sets": [
                {"set": one.name, "uploads": one.uploads, "bytes": one.size, "already_there": one.present}
                for one in self.sets()
            ],
            "same": self.same,
            "copies": self.copies,
            "deleted_here": self.deleted,
            "in_more_albums": self.elsewhere,
            "in_other_sets": self.apart,
            "left_out": [unplaced._asdict() for unplaced in self.unplaced()],
            "notes": self.notes,
        }

    def close(self) -> None:
        """Let go of files and of the table."""
        for source in self.sources:
            source.container.close()
        self.table.close()


def make_import_plan(
    paths: Sequence[Path], wishes: Wishes, stack: Stack | None, concurrency: int, progress: Progress
) -> ImportPlan:
    """Read what the owner gave, and find a place for all of it; without a ``stack`` as if the site were empty.

    Raises ``SourceError`` and ``FolderError``.
    """
    sources, notes = open_sources(paths, wishes.kind)
    plan = ImportPlan(sources, FoundTable(), notes=notes)
    list_found(plan, wishes)
    table, containers = plan.table, [source.container for source in sources]
    with progress.bar("Looking", plan.found) as step:
        look(table, containers, step, films_taken(stack))
    if stack:
        note_stored(table, stack)
    with progress.bar("Comparing", count_candidates(table)) as step:
        join_same(table, containers, step)
    plan.same = table.count(f"state = '{SAME}'")
    if not wishes.copies:
        plan.copies = leave_out_copies(table, containers)
    loose = [(READERS[source.kind].LOOSE, READERS[source.kind].TITLE) for source in sources]
    plan.albums = place(table, containers, wishes.sets, loose)
    check_names(table)
    if stack:
        plan.apart = skip_present(table, containers, stack, concurrency, lambda: None)
        if not wishes.deleted:
            plan.deleted = leave_out_deleted(table, containers, stack, concurrency)
    plan.elsewhere = table.count("state IN ('new', 'present') AND also != '[]'")
    if not plan.found and not plan.failures:
        named = ", ".join(map(str, paths))
        raise FolderError(f"there is nothing to import in {named}: is it what the service gave you?")
    return plan


def list_found(plan: ImportPlan, wishes: Wishes) -> None:
    """Read every source into the plan's table."""
    choices = Choices(wishes.extras)
    for number, (container, kind) in enumerate(plan.sources):
        for refused in container.refused:
            plan.table.leave_out(refused)
        for item in READERS[kind].read(container, choices):
            if isinstance(item, Found):
                plan.table.add(number, item)
                plan.found += 1
            elif isinstance(item, Note):
                plan.notes.append(item.text)
            else:
                plan.table.leave_out(item)
