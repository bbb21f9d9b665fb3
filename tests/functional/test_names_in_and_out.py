"""Names that come with files, and leave with an export: sidecars, the journal, and a site made from both."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from support import BLUE, GREEN, RED, FakeAws, make_fake_aws, picture

from functions.crops import Area
from functions.face_regions import NamedArea, Stored
from functions.forgotten_people import name_digest
from functions.keys import image_path, parse_key
from functions.people.decisions import read_event
from functions.people.forgotten_names import finished
from functions.people.journal_lines import Journal
from functions.people.kept_names import keep_names
from functions.people.people_files import private_key
from functions.people.people_round import STATE
from functions.people.people_state import State
from functions.people.ulid import new_ulid
from functions.people_queue import message_of
from functions.photo_originals import SHA256_METADATA
from functions.photo_rows import Photo
from functions.visitor_rows import Forgotten
from functions.withheld_names import WithheldNames
from scripts.common.folders import sets_of
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.people import site_journal
from scripts.people.removal_requests import forgetting_of
from scripts.people.sidecars import make_sidecar, read_sidecar
from scripts.people.site_journal import (
    OlderJournalError,
    add_journal,
    export_journal,
    finish_forgetting,
    forget_names,
    journal_of,
    names_of,
    people_of,
    read_journal,
    wait_for_round,
    wait_until_forgotten,
)
from scripts.photos.export import export_site
from scripts.photos.withholding import take_out, withhold_hidden_names
from scripts.upload.uploader import Report, carry_out, make_plan

QUIET = Progress(quiet=True)
STORED = Stored(160, 120)
LEFT, RIGHT = Area(0.1, 0.2, 0.3, 0.6), Area(0.6, 0.2, 0.3, 0.6)


class Site:
    """A site in memory, whose rounds are made when they are asked for."""

    def __init__(self, aws: FakeAws):
        self.aws = aws
        self.stack = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)
        aws.rekognition.create_collection(CollectionId=aws.outputs.celebrities_collection)
        self.stack.__dict__.update({"sqs": aws.sqs, "photos": aws.photos, "rekognition": aws.rekognition})

    def upload(self, folder: Path) -> Report:
        """Upload a folder whose photos are on the site already, and take its names in."""
        for file in folder.glob("*.png"):
            data = file.read_bytes()
            path = image_path(folder.name, file.name)
            digest = {SHA256_METADATA: hashlib.sha256(data).hexdigest()}
            self.aws.s3.put_object(Bucket=self.aws.pics_bucket, Key=path.key, Body=data, Metadata=digest)
            self.aws.photo_sync.sync(self.aws.pics_bucket, path, owner="test", seconds=60)
        plan = make_plan(self.stack, folder, None, 2, QUIET)
        if plan.journal:
            add_journal(self.stack, plan.journal)
        report = carry_out(self.stack, plan, None, 2, QUIET)
        self.round()
        return report

    def round(self) -> None:
        found = self.aws.sqs.receive_message(QueueUrl=self.aws.people_queue_url, MaxNumberOfMessages=10)
        self.aws.people.take([message["Body"] for message in found.get("Messages", [])], "test", 60)

    def decide(self, *drafts: dict[str, Any]) -> list[Any]:
        events = self.aws.people.rounds.decide(list(drafts), "cli")
        self.round()
        return events

    def name_bob(self) -> Photo:
        """Name the face in one photo; returns that photo."""
        face = {"path": "trip/one.png", "box": [0.1, 0.1, 0.8, 0.8]}
        self.decide(
            {"kind": "name", "person": "new", "name": "Bob"},
            {"kind": "assign", "person": "new", "faces": [face]},
        )
        photo = self.aws.photos.get_photo(image_path("trip", "one.png"))
        assert photo
        return photo

    def names(self) -> dict[str, list[str]]:
        """Who is on each photo, and by whose word."""
        state = State.from_json(self.aws.people.rounds.files.read(STATE))
        assert state
        found: dict[str, list[str]] = {}
        for person in state.people:
            for photo in person.photos:
                origins = {state.whose[face].origin for face in person.faces if self.photo_of(face, state) == photo}
                found.setdefault(photo, []).append(f"{person.name} {'/'.join(sorted(origins))}")
        return {photo: sorted(names) for photo, names in found.items()}

    def photo_of(self, face: str, state: State) -> str:
        known = self.aws.people.rounds.known().inventory
        return state.kept[face].path if face in state.kept else known.path_of[face]


@contextmanager
def site() -> Iterator[Site]:
    with mock_aws():
        yield Site(make_fake_aws())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "trip"
    folder.mkdir()
    (folder / "two.png").write_bytes(picture(RED, GREEN))
    (folder / "one.png").write_bytes(picture(BLUE))
    return folder


def name_left(folder: Path, photo: str, name: str, sidecar: str = "") -> Path:
    file = folder / (sidecar or f"{photo}.xmp")
    file.write_bytes(make_sidecar([NamedArea(name, LEFT)], STORED, file) or b"")
    return file


def test_a_sidecar_names_faces_once(folder: Path) -> None:
    with site() as here:
        here.upload(folder)
        assert here.names() == {}
        name_left(folder, "two.png", "Ann")
        name_left(folder, "two.png", "Ann", "two.xmp")
        (folder / "lost.xmp").write_bytes(b"")
        (folder / "one.xmp").write_bytes(b"<!DOCTYPE a><a/>")
        report = here.upload(folder)
        assert report.sidecars == 1
        assert {item.file: item.reason.partition(":")[0] for item in report.left_out} == {
            "lost.xmp": "a sidecar without its photo",
            "one.xmp": "the sidecar can't be read",
        }
        assert report.failures == []
        assert here.names() == {"trip/two.png": ["Ann imported"]}
        assert here.upload(folder).sidecars == 0
        assert len(read_journal(here.stack).events) == 1


def test_a_sidecar_does_not_name_whom_a_site_has_forgotten(folder: Path) -> None:
    with site() as here:
        here.upload(folder)
        faces = here.aws.faces.index("forgotten:1", {"Bytes": picture(RED, size=(100, 100))})
        reference = faces["FaceRecords"][0]["Face"]["FaceId"]
        names = [name_digest("somebody", "Carl")]
        row = Forgotten(id=reference, person="somebody", made_at="2026-01-01T00:00:00Z", names=names)
        here.aws.dynamodb.put_item(TableName=here.aws.forgotten_table, Item=row.to_item())
        path = image_path("trip", "two.png")
        here.aws.photo_sync.sync(here.aws.pics_bucket, path, owner="test", seconds=60, force=True)
        file = folder / "two.png.xmp"
        file.write_bytes(make_sidecar([NamedArea("Ann", LEFT), NamedArea("Bob", RIGHT)], STORED, file) or b"")
        here.upload(folder)
        assert here.names() == {"trip/two.png": ["Bob imported"]}
        file.write_bytes(make_sidecar([NamedArea("CARL", RIGHT)], STORED, file) or b"")
        here.upload(folder)
        assert here.names() == {"trip/two.png": ["Bob imported"]}, "nor over a face that the engine doesn't know"


def test_an_exported_site_comes_back_with_every_name(folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "export"
    with site() as first:
        name_left(folder, "two.png", "Ann")
        first.upload(folder)
        other = {"path": "trip/two.png", "box": list(RIGHT)}
        alone = {"path": "trip/one.png", "box": [0.1, 0.1, 0.8, 0.8]}
        first.decide(
            {"kind": "name", "person": "new", "name": "Bob"},
            {"kind": "assign", "person": "new", "faces": [other]},
        )
        first.decide(
            {"kind": "name", "person": "new", "name": "Carl"},
            {"kind": "assign", "person": "new", "faces": [alone]},
            {"kind": "hide", "person": "new"},
        )
        expected = first.names()
        assert expected == {
            "trip/one.png": ["Carl confirmed"],
            "trip/two.png": ["Ann imported", "Bob confirmed"],
        }
        assert export_site(first.stack, export, 2, QUIET) == (2, 0, {})
        journal = (export / "people.jsonl").read_bytes()
        sidecar = export / "photos" / "trip" / "two.png.xmp"
        assert [name for name, _ in read_sidecar(sidecar, STORED).regions] == ["Ann", "Bob"]
        before = {file: file.read_bytes() for file in export.rglob("*.xmp")}
        export_site(first.stack, export, 2, QUIET)
        assert {file: file.read_bytes() for file in export.rglob("*.xmp")} == before
    with site() as second:
        report = second.upload(export / "photos" / "trip")
        assert (report.sidecars, report.left_out) == (0, [])
        assert second.names() == expected
        again = tmp_path / "again"
        export_site(second.stack, again, 2, QUIET)
        assert (again / "people.jsonl").read_bytes() == journal
    (export / "people.jsonl").unlink()
    with site() as third:
        third.upload(export / "photos" / "trip")
        assert sorted(third.names()) == sorted(expected), "other programs have the sidecars alone"


def test_an_exported_site_comes_back_with_what_the_owner_wrote(folder: Path, tmp_path: Path) -> None:
    one, two = image_path("trip", "one.png"), image_path("trip", "two.png")
    with site() as first:
        first.upload(folder)
        writer = first.stack.writer
        writer.reword_photo(one, {"title": "Blue", "caption": ""}, "2026-01-01T00:00:00Z")
        writer.reword_photo(two, {"title": "Both"}, "2026-01-01T00:00:00Z")
        writer.describe_set("trip", {"title": "A trip", "description": "Far away"}, "2026-01-01T00:00:00Z")
        writer.choose_cover(two, "2026-01-01T00:00:00Z")
        export_site(first.stack, tmp_path, 2, QUIET)
    (saved,) = sets_of(tmp_path)
    with site() as second:
        second.upload(folder)
        second.stack.writer.reword_photo(two, {"title": "Mine now"}, "2026-01-02T00:00:00Z")
        second.stack.writer.describe_set("trip", {"title": "My trip"}, "2026-01-02T00:00:00Z")
        assert second.upload(saved).words == 3
        assert second.upload(saved).words == 0
        photos = second.aws.photos.get_photos([one, two])
        assert {path.file: photo.title for path, photo in photos.items()} == {"one.png": "Blue", "two.png": "Mine now"}
        assert photos[one].owner_words == ["title", "caption"]
        row = second.aws.photos.get_set("trip")
        assert row
        assert (row.title, row.description, row.pic) == ("My trip", "Far away", "two.png")
        (tmp_path / "sets" / "trip.json").write_text('{"set": []}')
        (warning,) = second.upload(saved).warnings
        assert "trip.json isn't as `kinpics export` writes it" in warning


def test_an_export_leaves_others_sidecars_and_takes_back_its_own(folder: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos" / "trip"
    with site() as here:
        name_left(folder, "two.png", "Ann")
        here.upload(folder)
        photos.mkdir(parents=True)
        foreign = photos / "two.png.xmp"
        foreign.write_bytes(b"<x/>")
        export_site(here.stack, tmp_path, 2, QUIET)
        assert foreign.read_bytes() == b"<x/>"
        foreign.unlink()
        export_site(here.stack, tmp_path, 2, QUIET)
        assert b"Ann" in foreign.read_bytes()
        (imported,) = read_journal(here.stack).events
        here.decide({"kind": "undo", "event": imported.id})
        export_site(here.stack, tmp_path, 2, QUIET)
        assert not foreign.exists()


def test_lines_that_nobody_understands_are_kept(folder: Path, tmp_path: Path) -> None:
    journal = tmp_path / "people.jsonl"
    journal.write_text('{"v":2,"id":"01KB00000000000000000000A1","kind":"dance"}\nnot JSON\n')
    with site() as here:
        added = add_journal(here.stack, journal)
        assert (added.new, [line.number for line in added.unread]) == (2, [1, 2])
        here.upload(folder)
        export_site(here.stack, tmp_path / "export", 2, QUIET)
        assert set((tmp_path / "export" / "people.jsonl").read_text().splitlines()) == set(
            journal.read_text().splitlines()
        )
        assert add_journal(here.stack, journal).new == 0


class Processing:
    """An SQS client that processes all photos as soon as it is asked to process one."""

    def __init__(self, site: Site):
        self._site = site

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site.aws.sqs, name)

    def send_message_batch(self, **arguments: Any) -> Any:
        for key in self._site.aws.keys(self._site.aws.pics_bucket):
            self._site.aws.photo_sync.sync(self._site.aws.pics_bucket, parse_key(key), owner="test", seconds=60)
        return {}


def with_keywords(file: Path, *keywords: str) -> None:
    """Write keywords into a photo's file, as photo programs do."""
    info = PngInfo()
    listed = "".join(f"<rdf:li>{keyword}</rdf:li>" for keyword in keywords)
    info.add_itxt(
        "XML:com.adobe.xmp",
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag>'
        f"{listed}</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>",
    )
    with Image.open(file) as image:
        image.save(file, pnginfo=info)


def test_the_name_of_a_hidden_person_is_no_keyword(folder: Path) -> None:
    one = image_path("trip", "one.png")
    with_keywords(folder / "one.png", "Beach", "People|Bob", "BOB", "Bobsleigh")
    with site() as here:
        here.upload(folder)

        def keywords() -> list[str] | None:
            photo = here.aws.photos.get_photo(one)
            assert photo
            return photo.keywords

        assert keywords() == ["Beach", "People|Bob", "BOB", "Bobsleigh"]
        named, *_ = here.decide(
            {"kind": "name", "person": "new", "name": "Bob"},
            {"kind": "assign", "person": "new", "faces": [{"path": "trip/one.png", "box": [0.1, 0.1, 0.8, 0.8]}]},
        )
        here.stack.__dict__["sqs"] = Processing(here)
        paid = here.aws.ledger.read_count("index")
        withhold_hidden_names(here.stack)
        assert len(keywords() or []) == 4, "everybody may read who isn't hidden"
        here.decide({"kind": "hide", "person": named.person})
        withhold_hidden_names(here.stack)
        assert keywords() == ["Beach", "Bobsleigh"]
        assert here.aws.ledger.read_count("index") == paid, "nothing is paid for"
        here.aws.photo_sync.sync(here.aws.pics_bucket, one, owner="test", seconds=60, force=True)
        assert keywords() == ["Beach", "Bobsleigh"], "nor does it come back"
        here.decide({"kind": "show", "person": named.person})
        here.aws.photo_sync.sync(here.aws.pics_bucket, one, owner="test", seconds=60, force=True)
        assert len(keywords() or []) == 4
        row = Forgotten(id="f", person="p", made_at="2026-01-01T00:00:00Z", names=[name_digest("p", "bob")])
        here.aws.dynamodb.put_item(TableName=here.aws.forgotten_table, Item=row.to_item())
        assert take_out(here.stack, WithheldNames(forgotten=here.stack.forgotten.list_rows())).done == {one}
        assert keywords() == ["Beach", "Bobsleigh"]


class Stopping:
    """A DynamoDB client that is stopped before its n-th change."""

    def __init__(self, client: Any, left: int):
        self._client, self._left = client, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in ("put_item", "delete_item"):
            return found

        def call(**arguments: Any) -> Any:
            if not self._left:
                raise KeyboardInterrupt
            self._left -= 1
            return found(**arguments)

        return call


def test_a_name_stays_in_other_photos_when_the_one_it_was_given_in_is_deleted(folder: Path) -> None:
    (folder / "again.png").write_bytes(picture(BLUE, GREEN))
    with site() as here:
        here.upload(folder)
        one = image_path("trip", "one.png")
        here.decide(
            {"kind": "name", "person": "new", "name": "Bob"},
            {"kind": "assign", "person": "new", "faces": [{"path": str(one), "box": [0.1, 0.1, 0.8, 0.8]}]},
        )
        assert here.names() == {"trip/again.png": ["Bob automatic"], "trip/one.png": ["Bob confirmed"]}
        assert keep_names(journal_of(here.stack), [image_path("trip", "two.png")]) == []
        assert keep_names(journal_of(here.stack), [one, image_path("trip", "again.png")]) == [], (
            "nobody is left to be named"
        )
        assert keep_names(journal_of(here.stack), [one]) == [("Bob", "trip/again.png")]
        here.aws.s3.delete_object(Bucket=here.aws.pics_bucket, Key=one.key)
        here.aws.photo_sync.sync(here.aws.pics_bucket, one, owner="test", seconds=60)
        here.round()
        assert here.names() == {"trip/again.png": ["Bob confirmed"]}


def test_forgetting_that_was_stopped_is_done_to_its_end(folder: Path) -> None:
    with site() as here:
        here.upload(folder)
        photo = here.name_bob()
        people = people_of(here.stack, photo.face_ids)
        whole = here.stack.dynamodb
        for steps in (1, 2):
            here.stack.__dict__["dynamodb"] = Stopping(whole, steps)
            with pytest.raises(KeyboardInterrupt):
                forget_names(here.stack, people)
            assert b"Bob" not in export_journal(here.stack), "it is forgotten as soon as that has begun"
            here.round()
            assert here.names() == {}
        here.stack.__dict__["dynamodb"] = whole
        forget_names(here.stack, ())
        rows = [row["event"] for row in whole.scan(TableName=here.aws.outputs.decisions_table)["Items"]]
        assert len(rows) == 1
        assert list(json.loads(rows[0])) == ["v", "id", "at", "by", "kind", "marks"]
        assert not any(person in rows[0] for person in people), "nor does anything say who"


def test_a_forgotten_person_leaves_the_journal_and_stays_out(folder: Path, tmp_path: Path) -> None:
    with site() as here:
        name_left(folder, "two.png", "Ann")
        here.upload(folder)
        face = {"path": "trip/one.png", "box": [0.1, 0.1, 0.8, 0.8]}
        drafts = (
            {"kind": "name", "person": "new", "name": "Bob"},
            {"kind": "assign", "person": "new", "faces": [face]},
        )
        here.decide(*drafts)
        export_site(here.stack, tmp_path, 2, QUIET)
        photo = here.aws.photos.get_photo(image_path("trip", "one.png"))
        assert photo
        people = people_of(here.stack, photo.face_ids)
        assert list(people.values()) == ["Bob"]
        forget_names(here.stack, people)
        here.round()
        assert here.names() == {"trip/two.png": ["Ann imported"]}
        assert b"Bob" not in export_journal(here.stack)
        assert [event.kind for event in read_journal(here.stack).events if event.kind != "import"] == ["forgotten"]
        forget_names(here.stack, people)
        assert len(read_journal(here.stack).events) == 2
        with pytest.raises(OlderJournalError, match="somebody was forgotten here"):
            add_journal(here.stack, tmp_path / "people.jsonl")
        export_site(here.stack, tmp_path, 2, QUIET)
        sidecars = [file.read_bytes() for file in tmp_path.rglob("*.xmp")]
        assert sidecars
        assert not any(b"Bob" in sidecar for sidecar in sidecars)
        assert add_journal(here.stack, tmp_path / "people.jsonl").new == 0


def test_a_name_in_a_file_does_not_come_back_where_no_face_is_found(folder: Path) -> None:
    with site() as here:
        here.upload(folder)
        one = image_path("trip", "one.png")
        regions = here.aws.people.rounds.regions
        regions.put(one, [NamedArea("Bob", LEFT), NamedArea("Carla", RIGHT)])
        here.aws.people.take([message_of(one)], "test", 60)
        assert here.names() == {"trip/one.png": ["Bob imported", "Carla imported"]}
        row = Forgotten(id="f", person="p", made_at="2026-01-01T00:00:00Z", names=[name_digest("p", "bob")])
        here.aws.dynamodb.put_item(TableName=here.aws.forgotten_table, Item=row.to_item())
        here.round()
        assert here.names() == {"trip/one.png": ["Carla imported"]}, "whatever is still kept of the file"
        forgetting_of(here.stack).drop_regions()
        assert [region.name for region in regions.read(one)] == ["Carla"]
        here.round()
        inventory = here.aws.people.rounds.known().inventory.photos[str(one)]
        assert [region.name for region in inventory.regions] == ["Carla"]


def test_a_name_given_a_moment_ago_is_forgotten_too(folder: Path) -> None:
    with site() as here:
        here.upload(folder)
        photo = here.aws.photos.get_photo(image_path("trip", "one.png"))
        assert photo
        (face,) = photo.face_ids
        drafts = [
            {"kind": "name", "person": "new", "name": "Bob"},
            {"kind": "assign", "person": "new", "faces": [{"face": face}]},
        ]
        here.aws.people.rounds.decide(drafts, "cli")
        assert list(people_of(here.stack, [face]).values()) == ["Bob"], "before any round"
        here.round()
        (bob,) = people_of(here.stack, [face])
        here.aws.people.rounds.decide([{"kind": "name", "person": bob, "name": "Robert"}], "cli")
        assert names_of(here.stack, [bob]) == {"Bob", "Robert"}, "files may still have the old name"
        here.aws.people.rounds.decide([{"kind": "reject", "person": bob, "faces": [{"face": face}]}], "cli")
        assert people_of(here.stack, [face]) == {}, "nor anybody who isn't there any more"


def test_lines_that_cannot_be_kept_are_named(tmp_path: Path) -> None:
    journal = tmp_path / "people.jsonl"
    event = '{"v":1,"id":"%s","at":"2026-01-01T00:00:00+00:00","by":"x","kind":"name","person":"%s","name":"Ann"}\n'
    good, beyond = "01KB00000000000000000000A1", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"
    newer = (event % (beyond, good)).replace('"v":1', '"v":2')
    lines = (event % (beyond, good), newer, "x" * 2_000_000 + "\n", event % (good, good))
    journal.write_text("".join(lines))
    with site() as here:
        added = add_journal(here.stack, journal)
        assert added.new == 1
        assert [(line.number, line.reason) for line in added.refused] == [
            (1, f"id: {beyond} is later than the year 9999"),
            (2, f"id: {beyond} is later than the year 9999"),
            (3, "it is longer than 350,000 bytes"),
        ]
        (event_after,) = here.decide({"kind": "name", "person": "new", "name": "Bob"})
        assert event_after.id > good


def test_a_journal_from_elsewhere_takes_nobody_out(folder: Path, tmp_path: Path) -> None:
    with site() as here:
        here.upload(folder)
        (named,) = here.decide({"kind": "name", "person": "new", "name": "Bob"})
        before = read_journal(here.stack).events
        journal = tmp_path / "people.jsonl"
        begun = {"v": 1, "id": new_ulid(named.id), "at": named.at, "by": "x", "kind": "forgotten"}
        event = read_event(json.dumps(begun | {"people": [named.person]}))
        marks = finished(Journal((*before, event))).events[-1].to_json()
        for line in (event.to_json(), marks):
            journal.write_text(f"{line}\n")
            add_journal(here.stack, journal)
            finish_forgetting(here.stack)
            assert read_journal(here.stack).events[: len(before)] == before
            assert b"Bob" in export_journal(here.stack)


def test_a_forget_that_was_stopped_waits_for_a_round_the_next_time_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_journal, "_ROUND_SECONDS", -1.0)
    with site() as here:
        here.upload(folder)
        photo = here.name_bob()
        people = people_of(here.stack, photo.face_ids)
        row = Forgotten(id="reference", person="p", made_at="", names=[name_digest("p", "Bob")])
        here.aws.dynamodb.put_item(TableName=here.aws.outputs.forgotten_table, Item=row.to_item())
        forget_names(here.stack, people)
        assert people_of(here.stack, photo.face_ids) == {}, "the next run finds nobody"
        for left in (people, {}):
            assert not wait_until_forgotten(here.stack, left)
        here.round()
        for left in (people, {}):
            assert wait_until_forgotten(here.stack, left)


@pytest.mark.parametrize("body", [None, b"damaged"])
def test_a_state_that_cannot_be_read_tells_nothing(body: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_journal, "_ROUND_SECONDS", -1.0)
    with site() as here:
        here.round()
        where = {"Bucket": here.aws.thumbnails_bucket, "Key": private_key(STATE)}
        here.aws.s3.delete_object(**where)
        if body:
            here.aws.s3.put_object(**where, Body=body)
        assert not wait_for_round(here.stack, lambda state: not state.is_shown("ann"))
        here.round()
        assert wait_for_round(here.stack, lambda state: not state.is_shown("ann"))
