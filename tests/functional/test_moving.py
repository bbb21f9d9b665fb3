"""A set's rows move between the tables whole, wherever the move is stopped and whoever writes meanwhile."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from support import RED, FakeAws, picture

from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.moving import AudienceBusyError, AudienceChange, AudienceChanges
from functions.image_links import ImageLinks
from functions.keys import ImagePath
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo
from functions.photo_tables import KEEP_SECONDS, SetMovingError
from functions.photo_writer import PhotoWriter

SET, OTHER, OWN = "party", "trip", "wedding"
FILES = tuple(f"{number}.jpg" for number in range(3))
# A Live Photo's film, which isn't counted.
FILM = "2.mov"
NOW = "2026-11-26T12:00:00.000+00:00"
WRITES = ("transact_write_items", "put_item", "update_item", "delete_item")


class Killed(BaseException):
    """The process ends here."""


class Client:
    """A DynamoDB client that tells of each call before and after it."""

    def __init__(self, client: Any, before: Callable[[str], None] = lambda name: None, after: Any = None):
        self._client, self._before, self._after = client, before, after or (lambda name: None)

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self._before(name)
            answer = getattr(self._client, name)(**arguments)
            self._after(name)
            return answer

        return call if name in (*WRITES, "query", "get_item") else getattr(self._client, name)


def changes_of(aws: FakeAws, client: Any = None, **options: Any) -> AudienceChanges:
    options = {"sleep": lambda seconds: None, "rows_at_once": 2} | options
    return AudienceChanges(aws.tables(client), **options)


def dying(aws: FakeAws, step: int) -> Any:
    """A client that ends the process after its ``step``-th write, which leaves what an end before the next one does."""
    left = itertools.count(step, -1)

    def count(name: str) -> None:
        if name in WRITES and next(left) == 1:
            raise Killed

    return Client(aws.dynamodb, after=count)


def photo(path: ImagePath, faces: int = 1) -> Photo:
    records = [{"Face": {"FaceId": f"{path}-{number}", "ImageId": f"image-{path}"}} for number in range(faces)]
    return Photo(
        primarykey=path.set_name,
        sortkey=path.file,
        grid_key=f"~/{path.file}",
        etag="1",
        face_count=faces,
        processed_at=NOW,
        data={"FaceRecords": records},
    )


def fill(aws: FakeAws, sets: Iterable[str] = (SET, OTHER)) -> set[tuple[str, str]]:
    """Photos in some sets; returns the keys of all rows."""
    for name in sets:
        for file in FILES:
            aws.writer.put_photo(ImagePath(name, file), photo(ImagePath(name, file)), NOW)
        film = Photo(primarykey=name, sortkey=FILM, etag="1", processed_at=NOW, still=FILES[2])
        aws.writer.put_photo(ImagePath(name, FILM), film, NOW)
    return {(name, file) for name in sets for file in (*FILES, FILM)} | {("/", name) for name in sets}


def keys(aws: FakeAws, table: str) -> set[tuple[str, str]]:
    return aws.row_keys(table)


def placed(aws: FakeAws) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The keys of both tables' rows."""
    return keys(aws, aws.pics_table), keys(aws, aws.private_pics_table)


def begin(aws: FakeAws, album: str, own: str | None) -> set[tuple[str, str]]:
    """An album of this audience with two sets, one of which has ``own``."""
    everything = fill(aws)
    changes = changes_of(aws)
    changes.change(ALBUM, album)
    changes.change(SET, own)
    return everything


def check(aws: FakeAws, everything: set[tuple[str, str]]) -> None:
    """Each row is in one table alone, and readers see all of them."""
    public, private = placed(aws)
    assert public | private == everything, "none is lost"
    assert public & private == set(), "none is doubled"
    reader = PhotoReader(aws.tables())
    sets = [name for partition, name in sorted(everything) if partition == "/"]
    assert [found.sortkey for found in reader.list_sets()] == sets
    for name in sets:
        files = [file for partition, file in sorted(everything) if partition == name]
        assert [found.sortkey for found in reader.list_photos(name)] == files
        assert [row["sortkey"] for row in reader.list_rows(name)] == files
        paths = {ImagePath(name, file) for file in files}
        assert reader.get_photos(paths).keys() == reader.find_rows(paths) == paths
        found = reader.get_set(name)
        assert found is not None
        photos = len(files) - files.count(FILM)
        assert (found.pic_count, found.face_count) == (photos, photos)


def check_settled(aws: FakeAws, everything: set[tuple[str, str]]) -> None:
    """And each is in the table that it belongs in, so a set that was narrowed can't be read by name."""
    check(aws, everything)
    access = aws.access.read_access()
    assert access.moving == {}
    expected = {key for key in everything if access.audience_of(key[1] if key[0] == "/" else key[0]) == PUBLIC}
    assert keys(aws, aws.pics_table) == expected


# The album's audience, a set's own, whose changes, to what; of all that there are, each that goes another way.
CASES = [
    (PUBLIC, None, SET, MEMBERS),
    (PUBLIC, LINK, SET, None),
    (MEMBERS, PUBLIC, SET, None),
    (LINK, None, SET, MEMBERS),
    (PUBLIC, None, ALBUM, LINK),
    (MEMBERS, LINK, ALBUM, PUBLIC),
]


@pytest.mark.parametrize(("album", "own", "of", "to"), CASES)
def test_a_change_that_is_killed_anywhere_is_finished_by_the_next(
    aws: FakeAws, album: str, own: str | None, of: str, to: str | None
) -> None:
    everything = begin(aws, album, own)
    before, begun = aws.access.read_access(), placed(aws)
    for step in itertools.count(1):
        changes = changes_of(aws, dying(aws, step))
        try:
            changes.change(of, to)
        except Killed:
            check(aws, everything)
            access = aws.access.read_access()
            hidden = {name if partition == "/" else partition for partition, name in keys(aws, aws.private_pics_table)}
            assert PUBLIC not in map(access.audience_of, hidden), "the narrower holds until all have arrived"
            changes_of(aws).finish()
            check_settled(aws, everything)
            # And back to where it began.
            changes_of(aws).change(of, own if of == SET else album)
            assert aws.access.read_access() == before
            assert placed(aws) == begun
        else:
            assert step > 2
            break
    check_settled(aws, everything)
    assert aws.access.read_access() != before


@pytest.mark.parametrize(("album", "own", "of", "to"), [(PUBLIC, None, SET, LINK), (MEMBERS, PUBLIC, SET, None)])
def test_whoever_writes_meanwhile_waits_and_loses_nothing(
    aws: FakeAws, album: str, own: str | None, of: str, to: str | None
) -> None:
    everything = begin(aws, album, own)
    # It knew the set before the change began.
    tables = aws.tables()
    tables.refresh()
    photos = PhotoReader(tables)
    writer = PhotoWriter(photos, ImageLinks(aws.pics_by_image_id_table, photos))
    numbers, refused = itertools.count(), 0

    def write(name: str) -> None:
        nonlocal refused
        if name not in WRITES:
            return
        new, old = ImagePath(SET, f"new-{next(numbers)}.jpg"), ImagePath(SET, FILES[0])
        for work in (
            lambda: writer.put_photo(new, photo(new), NOW),
            lambda: writer.reword_photo(old, {"title": new.file}, NOW),
            lambda: writer.describe_set(SET, {"description": new.file}, NOW),
            lambda: writer.remove_photo(ImagePath(SET, FILES[2]), NOW),
        ):
            try:
                work()
            except SetMovingError:
                refused += 1
        if (SET, new.file) in keys(aws, aws.pics_table) | keys(aws, aws.private_pics_table):
            everything.add((SET, new.file))
            everything.discard((SET, FILES[2]))
        check(aws, everything)

    changes_of(aws, Client(aws.dynamodb, write)).change(of, to)
    assert refused >= 4 * 4
    check_settled(aws, everything)
    write(WRITES[0])
    check_settled(aws, everything)
    assert aws.photos.get_photo(ImagePath(SET, FILES[0])).title == f"new-{next(numbers) - 1}.jpg"


@pytest.mark.parametrize("new", ["new", SET])
def test_a_photo_of_a_new_set_does_not_slip_past_the_albums_change(aws: FakeAws, new: str) -> None:
    fill(aws, [SET])
    slow = PhotoReader(aws.tables())
    slow.tables.refresh()
    changes_of(aws).change(ALBUM, MEMBERS)
    path = ImagePath(new, "late.jpg")
    PhotoWriter(slow, ImageLinks(aws.pics_by_image_id_table, slow)).put_photo(path, photo(path), NOW)
    assert keys(aws, aws.pics_table) == set()
    assert (new, "late.jpg") in keys(aws, aws.private_pics_table)


def test_an_upload_during_a_move_ends_in_the_right_table(aws: FakeAws) -> None:
    fill(aws)
    path = ImagePath(SET, "new.png")
    aws.put(path.key, picture(RED))
    tried = 0

    def upload(name: str) -> None:
        nonlocal tried
        if name in WRITES and aws.access.read_access().moving:
            tried += 1
            with pytest.raises(SetMovingError):
                aws.photo_sync.sync(aws.pics_bucket, path, owner="one", seconds=60)

    changes_of(aws, Client(aws.dynamodb, upload)).change(SET, MEMBERS)
    assert tried
    assert "IndexFaces" not in aws.rekognition.calls, "nothing is paid for in vain"
    aws.photo_sync.sync(aws.pics_bucket, path, owner="one", seconds=60)
    assert aws.rekognition.calls.count("IndexFaces") == 1
    assert (SET, path.file) in keys(aws, aws.private_pics_table)
    assert SET not in {partition for partition, _ in keys(aws, aws.pics_table)}


def test_a_photo_that_was_begun_before_a_move_ends_in_the_right_table(aws: FakeAws) -> None:
    fill(aws)
    path = ImagePath(SET, "new.png")
    aws.put(path.key, picture(RED))
    sync = aws.photo_sync
    index = sync.faces.client.index_faces

    def move_then_index(**arguments: Any) -> Any:
        changes_of(aws).change(SET, LINK)
        return index(**arguments)

    sync.faces.client.index_faces = move_then_index
    sync.sync(aws.pics_bucket, path, owner="one", seconds=60)
    assert (SET, path.file) in keys(aws, aws.private_pics_table)
    assert SET not in {partition for partition, _ in keys(aws, aws.pics_table)}


def test_a_list_that_began_before_a_move_misses_nothing(aws: FakeAws) -> None:
    everything = fill(aws)
    now = 0.0

    class Pages(Client):
        def query(self, **arguments: Any) -> Any:
            limit = {} if arguments["TableName"] == aws.access_table else {"Limit": 2}
            return self._client.query(**arguments, **limit)

    reader = PhotoReader(aws.tables(Pages(aws.dynamodb), clock=lambda: now))
    listed = []
    for found in reader.list_photos(SET):
        if not listed:
            now += KEEP_SECONDS
            with pytest.raises(Killed):
                changes_of(aws, dying(aws, 3)).change(SET, MEMBERS)
        listed.append(found.sortkey)
    assert listed == [*FILES, FILM]
    check(aws, everything)


def test_pages_follow_a_narrowing_before_it_is_done_and_a_widening_after(aws: FakeAws) -> None:
    fill(aws)
    told: list[tuple[AudienceChange, str, bool]] = []

    def follow(change: AudienceChange) -> None:
        access = aws.access.read_access()
        told.append((change, access.audience_of(SET), access.is_moving(SET)))

    changes_of(aws, follow=follow).change(SET, MEMBERS)
    changes_of(aws, follow=follow).change(SET, LINK)
    changes_of(aws, follow=follow).change(SET, None)
    assert told == [
        (AudienceChange(SET, (SET,), len(FILES)), MEMBERS, True),
        (AudienceChange(SET, (SET,), 0), LINK, False),
        (AudienceChange(SET, (SET,), len(FILES)), PUBLIC, False),
    ]

    def fail(change: AudienceChange) -> None:
        raise OSError("no network")

    with pytest.raises(OSError, match="network"):
        changes_of(aws, follow=fail).change(ALBUM, MEMBERS)
    assert changes_of(aws).pending() == [ALBUM, SET, OTHER]
    assert changes_of(aws).finish() == [AudienceChange(ALBUM, (SET, OTHER), 0)]
    assert changes_of(aws).change(ALBUM, MEMBERS) is None


def test_two_commands_at_once_move_everything_once(aws: FakeAws) -> None:
    everything = fill(aws)
    helped: list[AudienceChange] = []

    def help_out(name: str) -> None:
        if name in WRITES and aws.access.read_access().moving and not helped:
            helped.extend(changes_of(aws).finish())

    assert changes_of(aws, Client(aws.dynamodb, help_out)).change(SET, MEMBERS) is None
    assert helped == [AudienceChange(SET, (SET,), len(FILES))]
    check_settled(aws, everything)


def test_the_album_changes_while_a_set_returns_to_it(aws: FakeAws) -> None:
    """The set was on its way to a public album, which only members see when it arrives."""
    everything = begin(aws, PUBLIC, MEMBERS)
    changes_of(aws).change(OTHER, LINK)
    with pytest.raises(Killed):
        changes_of(aws, dying(aws, 3)).change(SET, None)
    assert (SET, FILES[0]) in keys(aws, aws.pics_table)
    # No rows move with it: all sets have their own.
    aws.access.put_audience(ALBUM, MEMBERS)
    changes_of(aws).finish()
    check_settled(aws, everything)
    assert aws.access.read_access().sets == {OTHER: LINK}


def test_a_change_that_somebody_else_is_making_is_refused_in_words(aws: FakeAws) -> None:
    fill(aws)

    def interfere(name: str) -> None:
        if name in WRITES and not aws.access.read_access().sets:
            aws.access.put_audience(SET, LINK)

    with pytest.raises(AudienceBusyError, match="somebody else is changing who may see party"):
        changes_of(aws, Client(aws.dynamodb, interfere)).change(SET, MEMBERS)


def test_large_rows_go_over_in_transactions_that_are_small_enough(aws: FakeAws) -> None:
    for number in range(12):
        path = ImagePath(SET, f"{number}.jpg")
        large = replace(photo(path), caption="x" * 300_000)
        aws.writer.put_photo(path, large, NOW)
    sent: list[int] = []

    class Sizes(Client):
        def transact_write_items(self, **arguments: Any) -> Any:
            sent.append(sum(len(str(item)) for item in arguments["TransactItems"]))
            return self._client.transact_write_items(**arguments)

    changes_of(aws, Sizes(aws.dynamodb), rows_at_once=49).change(SET, MEMBERS)
    assert max(sent) < 2_000_000
    assert len(keys(aws, aws.private_pics_table)) == 13
