"""`kinpics event`: opening a set to guests, closing it, a new link, and what is printed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from support import FakeAws

from functions.access.access_rows import EventRow
from functions.access.event_changes import EventChange, Events, NoEventError
from functions.access.event_table import EventTable, event_id
from functions.keys import BadNameError
from functions.uploads.senders import is_open
from scripts.events.printing import BadFileError, Printer, check_file
from scripts.events.site_events import BadMomentError, read_moment

NOON = 1_800_000_000.0
PARTY = "2026_party"


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def events(aws: FakeAws, clock: Clock) -> Events:
    return Events(EventTable(aws.dynamodb, aws.access_table), aws.writer, clock)


def test_an_opened_set_is_found_by_the_secret_in_its_address(events: Events) -> None:
    opened = events.open(PARTY, EventChange(title="Grandma turns ninety", at_once=True, limit=20))
    assert len(opened.secret or "") == 22
    found = events.table.get_event(event_id(opened.secret or ""))
    assert found == opened
    assert (found.set_name, found.title, found.at_once) == (PARTY, "Grandma turns ninety", True)
    assert found.limits == {"guest_files": 20}
    assert events.is_open(found)


def test_a_set_is_there_before_its_first_photo_and_called_as_its_event_until_it_has_a_title(
    aws: FakeAws, events: Events
) -> None:
    events.open(PARTY, EventChange())
    row = aws.photos.get_set(PARTY)
    assert row is not None
    assert (row.title, row.pic_count, row.is_uncounted) == (None, None, False)
    for title in ("Party", "Another"):
        events.open(PARTY, EventChange(title=title))
        row = aws.photos.get_set(PARTY)
        assert row is not None
        assert row.title == "Party"


def test_opening_again_changes_only_what_is_said_and_keeps_the_printed_code(events: Events) -> None:
    first = events.open(PARTY, EventChange(title="Party", limit=20))
    again = events.open(PARTY, EventChange(at_once=True))
    assert (again.id, again.secret, again.title, again.limits) == (first.id, first.secret, "Party", {"guest_files": 20})
    assert again.at_once
    assert [event.set_name for event in events.list()] == [PARTY]
    assert events.open(PARTY, EventChange(title="")).title is None


def test_a_closed_event_takes_nothing_at_once_and_can_be_opened_again(events: Events, clock: Clock) -> None:
    opened = events.open(PARTY, EventChange())
    closed = events.close(PARTY)
    for decides in (events.is_open(closed), is_open(closed, clock.now)):
        assert not decides
    clock.now += 60
    assert events.close(PARTY).closes_at == closed.closes_at, "closing twice changes nothing"
    assert not events.is_open(events.open(PARTY, EventChange())), "the poster can be printed without opening it"
    assert events.is_open(events.open(PARTY, EventChange(closes_at=int(clock.now) + 3600)))
    assert events.is_open(events.open(PARTY, EventChange(closes_at=0)))
    assert events.find(PARTY) == opened


def test_an_event_closes_by_itself(events: Events, clock: Clock) -> None:
    event = events.open(PARTY, EventChange(closes_at=int(NOON) + 60))
    assert events.is_open(event)
    clock.now += 60
    assert not events.is_open(event)
    assert not is_open(event, clock.now)


def test_a_new_link_makes_the_old_one_useless(events: Events) -> None:
    old = events.open(PARTY, EventChange(title="Party"))
    new = events.renew(PARTY)
    assert new.secret != old.secret
    assert new.title == "Party"
    assert events.table.get_event(old.id) is None
    assert events.list() == [new]


def test_a_command_that_is_stopped_leaves_one_event_and_whole_files(
    events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = events.open(PARTY, EventChange(title="Party"))
    poster = tmp_path / "poster.pdf"
    poster.write_bytes(b"the one before")

    class Stopped(BaseException):
        """Ctrl-C"""

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    printer = Printer("Party", "http://localhost:8000/event/#x", is_at_once=False)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(Stopped):
            printer.print_poster(poster)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"the one before"]
    stopped = Events(replace(events.table, client=StoppedAfterOne(events.table.client)), events.writer, events.clock)
    with pytest.raises(KeyboardInterrupt):
        stopped.renew(PARTY)
    (left,) = events.list()
    assert left.id != event.id, "the old link is dead, and no other lives"


class StoppedAfterOne:
    """A client that is stopped right after its first write."""

    def __init__(self, client: Any):
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)

        def call(**arguments: Any) -> None:
            found(**arguments)
            raise KeyboardInterrupt

        return call if name.startswith(("put_", "delete_", "update_", "transact_")) else found


def test_what_isnt_open_is_said_so(events: Events) -> None:
    for ask in (events.close, events.renew):
        with pytest.raises(
            NoEventError, match="2026_party isn't open to guests: open it with `kinpics event 2026_party`"
        ):
            ask(PARTY)
    for name in ("", ".hidden", "a/b", "tab\there"):
        with pytest.raises(BadNameError):
            events.open(name, EventChange())
    assert events.list() == []


def test_closing_times_are_this_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = read_moment("2100-12-31 23:00", NOON)
    assert read_moment("2100-12-31T23:00", NOON) == evening
    assert read_moment("2100-12-31", NOON) == evening + 3600, "a day is meant with its evening"
    assert read_moment("2100-12-31 23:00+00:00", NOON) == 4_133_977_200
    assert read_moment("never", NOON) == 0
    for wrong in ("tomorrow", "31.12.2100", "", "23:00"):
        with pytest.raises(BadMomentError, match="is no closing time"):
            read_moment(wrong, NOON)
    with pytest.raises(BadMomentError, match="is in the past"):
        read_moment("2020-01-01 10:00", NOON)


def test_a_poster_and_cards_lead_to_the_event(events: Events, tmp_path: Path) -> None:
    event: EventRow = events.open(PARTY, EventChange())
    address = f"http://localhost:8000/event/#{event.secret}"
    printer = Printer("Grandma turns ninety", address, is_at_once=False)
    assert not printer.lacks_title
    printer.print_poster(tmp_path / "poster.pdf")
    printer.print_poster(tmp_path / "poster.SVG")
    printer.print_cards(tmp_path / "cards.pdf")
    for name, count in (("poster.pdf", 1), ("cards.pdf", 8)):
        picture = pypdfium2.PdfDocument(tmp_path / name)[0].render(scale=1.5).to_pil()
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address] * count
    assert (tmp_path / "poster.SVG").read_bytes().startswith(b"<svg ")
    assert Printer("誕生日", address, is_at_once=True).lacks_title


def test_a_file_says_by_its_name_what_to_write() -> None:
    assert check_file(Path("a b.PDF")) == Path("a b.PDF")
    with pytest.raises(BadFileError, match=r"poster\.png must end with \.svg or \.pdf"):
        check_file(Path("poster.png"))
    with pytest.raises(BadFileError, match="there is no folder never"):
        check_file(Path("never/poster.pdf"))
