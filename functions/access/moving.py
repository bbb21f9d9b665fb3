"""Changes who may see a set, or the album, and moves the rows to the table that they belong in then.

A change is made whole or not at all. It has four steps; each leaves something that the next run can go on from:

1. The set's row in table ``access`` says that it moves, and what it becomes. Until the end its audience is the narrower
   of the old one and the new one, so whoever may not see it any more is refused at once. Whoever knows of it writes
   nothing of the set from here on, but tries again later (`functions/photo_tables.py`).
   Rows that show a photo in a set that isn't its own (`functions/shown_photos.py`) are taken back now, unless whoever
   sees the set sees the photo's own afterwards too: nobody can add any while it moves.
2. After a pause, by which each reader knows of it and looks in both tables, the rows go over in transactions: each row
   is in one of the tables at any time, and never in both. The set's own goes first: no page leads to a set that becomes
   private, and a writer that knows nothing of it all doesn't find the set where it was.
3. What has been made from the rows has to follow: pages, lists of people. If fewer people may see the set, that is
   asked for while it still moves, so a change that is stopped asks for it again; if more may, afterwards.
4. The row in table ``access`` says that it has arrived.

The album's own row does the same for all sets that inherit its audience; each that has rows to move says so too,
in a row that has no audience and goes once the album's has arrived. Pictures stay where they are: who may see them
depends on their path.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from functions.access.access_rows import AudienceRow
from functions.access.access_table import audience_key
from functions.access.audiences import ALBUM, PRIVATE, PUBLIC, Access, narrower
from functions.access.showing import Showing
from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.photo_reader import PhotoReader, set_key
from functions.photo_rows import SETS_PARTITION, PhotoSet
from functions.photo_tables import KEEP_SECONDS, PhotoTables
from functions.shown_photos import ShownPhotos
from functions.table_rows import attributes
from functions.transactions import MAX_ATTEMPTS, Write, is_unchanged, transact

# What a set becomes that will have no audience of its own.
INHERITED = "inherited"
# A page of rows may be on its way for a moment after its reader last looked who may see what.
_PAUSE_SECONDS = KEEP_SECONDS + 3.0
# Each row takes two of a transaction's 100 items, and one is the check; together they have at most 4 MB:
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_ROWS = 49
_BYTES = 1_500_000

Item = Mapping[str, Any]


class AudienceBusyError(KinpicsError):
    """Another command is changing the same audience, or the album's."""


@dataclass(frozen=True)
class AudienceChange:
    """A change of audience that was made.

    ``sets`` are those that it was about: one, or all that inherit the album's (``of`` is ``ALBUM``). ``rows`` says how
    many photos' rows went from one table to the other.
    """

    of: str
    sets: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class AudienceChanges:
    """Changes audiences. ``follow`` makes pages and people follow a change; it may be called twice for the same.

    ``withdrawing`` is told of the sets that show photos of others and will no longer, before their rows go; it may
    raise, and then nothing has changed, or a change that had begun waits.

    ``rows_at_once`` is how many rows a transaction moves at most.
    """

    tables: PhotoTables
    follow: Callable[[AudienceChange], None] = lambda change: None
    withdrawing: Callable[[set[str]], None] = lambda sets: None
    sleep: Callable[[float], None] = time.sleep
    rows_at_once: int = _ROWS

    def change(self, of: str, audience: str | None) -> AudienceChange | None:
        """Let an audience see a set, or the album (``of`` is ``ALBUM``); with None, a set has the album's.

        Finishes what was stopped before. None if nothing has to change. Raises ``AudienceBusyError``, or whatever AWS
        raises: then it may be half done, and is to be called again.
        """
        self.finish()
        row, album = self._read(of), self._read(ALBUM)
        inherited = _audience_of(album)
        if audience == (inherited if of == ALBUM else row and row.known_audience):
            return None
        self.withdrawing({shown.set_name for shown in self._no_longer_shown(of, audience)})
        old = (row and row.known_audience) or inherited
        begun = AudienceRow(
            id=of,
            audience=narrower(old, audience or inherited),
            moving=_place(old),
            becomes=audience or INHERITED,
            configured=row.configured if row else None,
            source=row.source if row else {},
        )
        writes: list[Write] = [{"Put": {"TableName": self._table, "Item": begun.to_item(), **_is_same(row)}}]
        if of != ALBUM:
            writes.append(self._check(ALBUM, album))
        is_busy = any(found and found.moving for found in (row, album))
        if is_busy or not transact(self.tables.client, writes, 0):
            raise AudienceBusyError(f"somebody else is changing who may see {_name(of)}: try again in a moment")
        return self._complete(of)

    def pending(self) -> list[str]:
        """What is being changed, or was when it was stopped: names of sets, and ``ALBUM`` first."""
        return sorted(self.tables.refresh().moving, key=lambda of: (of != ALBUM, of))

    def photos_left(self, set_name: str, place: str) -> int:
        """How many photos' rows of a set are still in a place, ``PUBLIC`` or ``PRIVATE``."""
        return sum("still" not in item for item in self._query(set_name, place, "sortkey, still"))

    def finish(self) -> list[AudienceChange]:
        """Finish all that was stopped halfway. Raises as `change` does."""
        return [change for of in self.pending() if (change := self._complete(of))]

    def _complete(self, of: str) -> AudienceChange | None:
        """Take a change to its end; None if somebody else has."""
        rows = 0
        for attempt in range(MAX_ATTEMPTS):
            row, album = self._read(of), self._read(ALBUM)
            if row is None or not row.moving:
                return None
            new = row.becomes or row.known_audience or INHERITED
            if row.id == ALBUM or row.known_audience:
                self._withdraw(of, None if new == INHERITED else new)
            audience = _audience_of(album) if new == INHERITED else new
            names = (of,) if of != ALBUM else tuple(self._inheriting())
            source = PRIVATE if audience == PUBLIC else PUBLIC
            left = [name for name in names if self._has_rows(name, source)]
            if left and row.moving != source:
                # The album has changed meanwhile, so what has gone over has to come back.
                self._put(replace(row, moving=source), row, attempt)
                continue
            marks = [row if of != ALBUM else self._mark(name, source) for name in left]
            if left:
                self.sleep(_PAUSE_SECONDS)
            rows += sum(self._move(name, source, mark) for name, mark in zip(left, marks, strict=True))
            change = AudienceChange(of, names, rows)
            widens = audience != row.known_audience
            if not widens:
                self.follow(change)
            if self._end(row, None if new == INHERITED else audience, album, attempt):
                if of == ALBUM:
                    self._unmark(names)
                self.tables.refresh()
                if widens:
                    self.follow(change)
                return change
        raise AudienceBusyError(f"somebody else keeps changing who may see {_name(of)}: try again in a moment")

    def _no_longer_shown(self, of: str, audience: str | None) -> list[ImagePath]:
        """The rows that show photos in sets that aren't theirs, and can't once the change is made."""
        shown = ShownPhotos(PhotoReader(self.tables))
        rows = list(shown.find_all() if of == ALBUM else shown.find_of_set(of))
        if not rows:
            return []
        # Whoever limits a member meanwhile looks again: before the members are read.
        self._note_looked()
        showing = Showing(self._afterwards(of, audience), self.tables.access_table.limited_sets())
        return [row for row in rows if showing.why_not(row.original.set_name, row.set_name)]

    def _afterwards(self, of: str, audience: str | None) -> Access:
        """Who may see what once the change is made."""
        access = self.tables.refresh()
        if of == ALBUM:
            return Access(audience or PUBLIC, access.sets)
        others = {name: own for name, own in access.sets.items() if name != of}
        return Access(access.album, {**others, of: audience} if audience else others)

    def _note_looked(self) -> None:
        table = self.tables.access_table
        for attempt in range(MAX_ATTEMPTS):
            if transact(self.tables.client, [table.limiting(table.get_limits())], attempt):
                return
        raise AudienceBusyError("others keep inviting members: try again in a moment")

    def _withdraw(self, of: str, audience: str | None) -> None:
        """Take back what shows photos in sets that aren't theirs: nobody can add any more while the change is made."""
        rows = self._no_longer_shown(of, audience)
        if rows:
            self.withdrawing({row.set_name for row in rows})
        for row in rows:
            ShownPhotos(PhotoReader(self.tables)).withdraw(row, timestamp())

    def _end(self, row: AudienceRow, audience: str | None, album: AudienceRow | None, attempt: int) -> bool:
        """Say that rows have arrived; False if somebody else has changed something, so that they may have to go on."""
        if audience:
            return self._put(replace(row, audience=audience, moving=None, becomes=None), row, attempt)
        if album and album.moving:
            raise AudienceBusyError("the site's own audience is being changed: try again in a minute")
        key = audience_key(row.id)
        writes: list[Write] = [{"Delete": {"TableName": self._table, "Key": key, **_is_same(row)}}]
        return transact(self.tables.client, [*writes, self._check(ALBUM, album)], attempt)

    def _mark(self, set_name: str, source: str) -> AudienceRow:
        """Note that a set that inherits moves with the album."""
        for attempt in range(MAX_ATTEMPTS):
            known = self._read(set_name)
            if known and known.moving == source:
                return known
            self._put(AudienceRow(id=set_name, moving=source, becomes=INHERITED), known, attempt)
        raise AudienceBusyError(f"somebody else keeps changing who may see {set_name}: try again in a moment")

    def _unmark(self, names: tuple[str, ...]) -> None:
        """Note that the sets have arrived with the album."""
        album = self._read(ALBUM)
        for name in names:
            mark = self._read(name)
            if mark and mark.moving and not self._end(mark, None, album, 0):
                self._complete(name)

    def _move(self, set_name: str, source: str, row: AudienceRow) -> int:
        """Move a set's rows out of the place ``source``; returns how many photos' it were.

        Stops where ``row``, which says that they move, has changed: then somebody else has finished it.
        """
        photos = attempt = 0
        while items := self._next(set_name, source):
            for chunk in _chunks(items, self.rows_at_once):
                if not self._move_rows(chunk, source, row, attempt):
                    attempt += 1
                    break
                photos += sum(item["primarykey"] != SETS_PARTITION and "still" not in item for item in chunk)
                attempt = 0
            if attempt and self._read(row.id) != row:
                break
            if attempt == MAX_ATTEMPTS:
                raise AudienceBusyError(f"somebody else keeps moving the rows of {set_name}: try again in a minute")
        return photos

    def _next(self, set_name: str, source: str) -> list[Item]:
        """Some of the rows of a set that are still in the place ``source``; its own is the first."""
        own = self._get(self._table_of(source), set_key(set_name))
        return [own] if own else self._page(set_name, source)

    def _move_rows(self, items: list[Item], source: str, row: AudienceRow, attempt: int) -> bool:
        """Move rows in one transaction; False if one of them is no longer there, or ``row`` has changed.

        One that is there already, too, was written there by somebody who slept through an earlier move: it stays.
        """
        of, to = self._table_of(source), self._table_of(PRIVATE if source == PUBLIC else PUBLIC)
        writes: list[Write] = [self._check(row.id, row)]
        for item in items:
            key = {"primarykey": item["primarykey"], "sortkey": item["sortkey"]}
            if not attempt or not self._get(to, key):
                new = {"ConditionExpression": "attribute_not_exists(sortkey)"}
                writes.append({"Put": {"TableName": to, "Item": item, **new}})
            writes.append({"Delete": {"TableName": of, "Key": key, **_is_as_read(item)}})
        return transact(self.tables.client, writes, attempt)

    def _inheriting(self) -> Iterator[str]:
        """The sets that have no audience of their own, by the rows of sets in both tables."""
        own = self.tables.refresh().sets
        found = {
            item["sortkey"] for place in (PUBLIC, PRIVATE) for item in self._query(SETS_PARTITION, place, "sortkey")
        }
        yield from sorted(found - own.keys())

    def _has_rows(self, set_name: str, place: str) -> bool:
        of = self._table_of(place)
        return bool(self._get(of, set_key(set_name)) or self._page(set_name, place, Limit=1))

    def _read(self, of: str) -> AudienceRow | None:
        return self.tables.access_table.get_audience(of)

    def _query(self, partition: str, place: str, names: str) -> Iterator[Item]:
        options: dict[str, Any] = {"ProjectionExpression": names}
        while True:
            page = self._ask(partition, place, **options)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            options["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _page(self, partition: str, place: str, **options: Any) -> list[Item]:
        return list(self._ask(partition, place, **options)["Items"])

    def _ask(self, partition: str, place: str, **options: Any) -> Mapping[str, Any]:
        return self.tables.client.query(
            TableName=self._table_of(place),
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": partition},
            ConsistentRead=True,
            **options,
        )

    def _get(self, table: str, key: dict[str, str]) -> Item | None:
        return self.tables.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def _put(self, row: AudienceRow, old: AudienceRow | None, attempt: int) -> bool:
        write = {"Put": {"TableName": self._table, "Item": row.to_item(), **_is_same(old)}}
        return transact(self.tables.client, [write], attempt)

    def _check(self, of: str, row: AudienceRow | None) -> Write:
        """The check that a row of table ``access`` is as it was read."""
        return {"ConditionCheck": {"TableName": self._table, "Key": audience_key(of), **_is_same(row)}}

    @property
    def _table(self) -> str:
        return self.tables.access_table.name

    def _table_of(self, place: str) -> str:
        return self.tables.public if place == PUBLIC else self.tables.private


def _is_same(row: AudienceRow | None) -> Write:
    if row is None:
        return {"ConditionExpression": "attribute_not_exists(id)"}
    return is_unchanged(row, "audience", "moving", "becomes")


def _is_as_read(item: Item) -> Write:
    """The condition that a row is there; a set's own, which photos still count themselves into, as it was read."""
    if item["primarykey"] != SETS_PARTITION:
        return {"ConditionExpression": "attribute_exists(sortkey)"}
    own = PhotoSet.from_item(item)
    return is_unchanged(own, *(name for name in attributes(PhotoSet) if name not in ("primarykey", "sortkey")))


def _audience_of(album: AudienceRow | None) -> str:
    return (album.known_audience if album else None) or PUBLIC


def _place(audience: str) -> str:
    return PUBLIC if audience == PUBLIC else PRIVATE


def _name(of: str) -> str:
    return "the album" if of == ALBUM else of


def _chunks(items: list[Item], rows: int) -> Iterator[list[Item]]:
    """Rows, so many at a time, and no more than one transaction takes."""
    chunk: list[Item] = []
    size = 0
    for item in items:
        own = len(json.dumps(item, default=str))
        if chunk and (len(chunk) == rows or size + own > _BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += own
    if chunk:
        yield chunk
