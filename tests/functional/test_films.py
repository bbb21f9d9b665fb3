"""The films function on S3, DynamoDB and SQS in memory, with real ffmpeg and a Rekognition that tells colours apart."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError
from films import PLACE, apple_note, colours, make_film, run
from PIL import ExifTags, Image
from support import FakeAws, LambdaContext, jpeg, picture

from functions.films import ffmpeg
from functions.films import handler as films_handler
from functions.films.cutting import Film
from functions.films.ffmpeg import OutOfTimeError
from functions.films.ffmpeg_calls import Source
from functions.films.film_sync import FilmSync
from functions.keys import parse_key
from functions.live_photos import with_films
from functions.media_types import MP4, is_film
from functions.photo_messages import owner_message
from functions.photo_rows import Photo
from functions.process import handler as process_handler
from scripts.common.template import load_template

KEY = "photos/set/a.mp4"
PATH = parse_key(KEY)
RED, GREEN, BLUE = "0xE00000", "0x00E000", "0x0000E0"


@pytest.fixture(autouse=True)
def as_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """ffmpeg gives way to visitors; to other tests it needn't."""
    monkeypatch.setattr(ffmpeg, "NICENESS", 0)


@pytest.fixture
def handle(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Call the films function about an original; returns the ids of messages it wants to be given again."""
    monkeypatch.setenv("QUEUE_URL", aws.queue_url)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", aws.dead_letter_queue_url)
    monkeypatch.setenv("MAX_RECEIVE_COUNT", "3")
    film_sync = films_handler.wire_films(aws.photo_sync, {"DAILY_FILMS": "3"})
    sqs = Quiet(aws.sqs)
    monkeypatch.setattr(films_handler, "_clients", lambda: (film_sync, sqs))

    def call(key: str = KEY, *, force: bool = False, milliseconds: int = 2_000_000) -> list[str]:
        record = {
            "messageId": "message-1",
            "receiptHandle": "handle",
            "body": owner_message(aws.pics_bucket, quote_plus(key), force=force),
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        answer = films_handler.handler({"Records": [record]}, LambdaContext(milliseconds))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return call


class Quiet:
    """An SQS client for messages that moto has never received."""

    def __init__(self, client: object):
        self._client = client

    def change_message_visibility(self, **_: object) -> None:
        pass

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)


@pytest.fixture(scope="module")
def three_people(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Red, green, and red again, with a position."""
    file = tmp_path_factory.mktemp("films") / "a.mp4"
    about = ("-metadata", f"location={PLACE}", "-metadata", "creation_time=2024-05-01T10:00:00Z")
    return make_film(file, *about, source=colours(RED, GREEN, RED)).read_bytes()


def row_of(aws: FakeAws, key: str = KEY) -> Photo:
    photo = aws.photos.get_photo(parse_key(key))
    assert photo is not None
    return photo


def faces_of(aws: FakeAws) -> list[str]:
    """The ids of all faces in the album's collection."""
    return [face["FaceId"] for face in aws.faces.list_faces()]


def stored(aws: FakeAws, key: str) -> bytes:
    return aws.s3.get_object(Bucket=aws.thumbnails_bucket, Key=key)["Body"].read()


def open_film(data: bytes, folder: Path) -> Film:
    file = folder / "stored.mp4"
    file.write_bytes(data)
    return Film.open(Source(str(file), MP4), lambda: 60.0)


def test_a_film_gets_what_plays_its_poster_and_a_row(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes, tmp_path: Path
) -> None:
    aws.put(KEY, three_people)
    assert handle() == []
    row = row_of(aws)
    assert (row.width, row.height, row.content_type) == (320, 240, "video/mp4")
    assert row.taken_at == "2024-05-01T10:00:00+00:00"
    assert row.film is not None
    assert row.film["seconds"] == pytest.approx(3, abs=0.1)
    assert (row.film["codec"], row.film["sound"]) == ("h264", True)
    assert row.grid_key == "2024-05-01T10:00:00+00:00/a.mp4\t3.0"
    assert row.film_seconds == row.film["seconds"]
    film = stored(aws, PATH.film_key)
    assert film.index(b"moov") < film.index(b"mdat"), "it starts before all of it is there"
    assert open_film(film, tmp_path).facts.has_sound
    for key in (PATH.key, PATH.large_key, PATH.card_key):
        Image.open(io.BytesIO(stored(aws, key))).verify()
    head = aws.s3.head_object(Bucket=aws.thumbnails_bucket, Key=PATH.film_key)
    assert head["ContentType"] == "video/mp4"


def test_one_face_a_person_with_its_second(aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes) -> None:
    aws.put(KEY, three_people)
    handle()
    row = row_of(aws)
    assert row.film is not None
    assert row.face_count == len(row.film["faces"]) == 2
    assert row.face_ids == set(row.film["faces"])
    seconds = sorted(face["at"] for face in row.film["faces"].values())
    assert seconds[0] < 1 <= seconds[1] < 2 or 1 <= seconds[0] < 2 <= seconds[1]
    assert len(faces_of(aws)) == 2, "the collection keeps no more than the row"
    strip = Image.open(io.BytesIO(stored(aws, PATH.film_faces_key)))
    assert strip.size == (2 * 192, 192)
    shown = [max(range(3), key=strip.convert("RGB").getpixel((96 + 192 * place, 96)).__getitem__) for place in (0, 1)]
    assert sorted(shown) == [0, 1], "a red portrait and a green one"


def test_neither_what_plays_nor_the_download_says_where_it_was(
    aws: FakeAws, handle: Callable[..., list[str]], tmp_path: Path
) -> None:
    """As a phone writes it: in QuickTime's notes, and in the metadata of Apple's programs."""
    key = "photos/set/a.mov"
    apple = ("-movflags", "use_metadata_tags", "-metadata", f"com.apple.quicktime.location.ISO6709={PLACE}")
    about = (
        "-metadata",
        f"location={PLACE}",
        "-metadata",
        "creation_time=2024-05-01T10:00:00Z",
        "-metadata",
        "artist=Eva",
    )
    films = [make_film(tmp_path / "old.mov", *about).read_bytes(), make_film(tmp_path / "new.mov", *apple).read_bytes()]
    for film in films:
        assert b"+48.1" in film
        aws.put(key, film)
        handle(key)
        for name in (parse_key(key).film_key, parse_key(key).download_key("stripped")):
            data = stored(aws, name)
            assert not any(text in data for text in (b"+48.1", b"\xa9xyz", b"ISO6709", b"Eva", b"loci"))


def test_a_film_twice_costs_once(aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes) -> None:
    aws.put(KEY, three_people)
    handle()
    before, calls = row_of(aws), len(aws.rekognition.calls)
    handle()
    assert row_of(aws) == before
    assert len(aws.rekognition.calls) == calls
    aws.s3.delete_object(Bucket=aws.thumbnails_bucket, Key=PATH.film_key)
    handle()
    assert stored(aws, PATH.film_key)
    assert len(aws.rekognition.calls) == calls, "its faces are paid for"
    assert row_of(aws).film == before.film


def test_a_deleted_film_leaves_nothing(aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes) -> None:
    aws.put(KEY, three_people)
    handle()
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=KEY)
    handle()
    assert aws.rows(aws.pics_table) == []
    assert [key for key in aws.keys(aws.thumbnails_bucket) if not key.startswith("people/")] == []
    assert faces_of(aws) == []


def test_a_film_that_takes_too_long_keeps_poster_and_faces(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise OutOfTimeError("ffmpeg was stopped")

    monkeypatch.setattr(Film, "make_rendition", stopped)
    aws.put(KEY, three_people)
    assert handle() == []
    row = row_of(aws)
    assert row.film is not None
    assert row.film["unplayable"] == "long"
    assert row.face_count == 2
    assert PATH.film_key not in aws.keys(aws.thumbnails_bucket)
    assert stored(aws, PATH.download_key("stripped"))
    calls = len(aws.rekognition.calls)
    handle()
    assert len(aws.rekognition.calls) == calls, "it isn't tried again each time"


def test_a_film_beyond_the_days_ceiling_waits(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes
) -> None:
    aws.put(KEY, three_people)
    handle()
    before = row_of(aws)
    for _ in range(2):
        aws.ledger.count("film", 3)
    handle(force=True)
    (letter,) = aws.dead_letters()
    assert letter["MessageAttributes"]["code"]["StringValue"] == "CeilingReached"
    assert row_of(aws) == before, "what was there stays"
    assert "films" in letter["MessageAttributes"]["reason"]["StringValue"]


@pytest.mark.parametrize(
    ("name", "arguments", "source", "sound", "size"),
    [
        ("no-sound.mp4", (), "testsrc2=s=320x240:d=1", False, (320, 240)),
        ("odd.mp4", ("-pix_fmt", "yuv444p", "-c:v", "libx265", "-tag:v", "hvc1"), "testsrc2=s=321x241:d=1", True, None),
        (
            "deep.mov",
            ("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"),
            "testsrc2=s=320x240:d=1",
            True,
            (320, 240),
        ),
        ("web.webm", ("-c:v", "libvpx", "-deadline", "realtime"), "testsrc2=s=320x240:d=1", True, (320, 240)),
        (
            "uneven.mp4",
            ("-vf", "setpts='PTS+random(0)*0.4/TB'", "-fps_mode", "vfr"),
            "testsrc2=s=320x240:d=2",
            False,
            (320, 240),
        ),
        ("one-picture.mp4", ("-frames:v", "1"), "testsrc2=s=320x240:d=1", False, (320, 240)),
        ("tiny.mov", ("-vf", "scale=1:1", "-c:v", "png", "-pix_fmt", "rgb24"), "testsrc2=s=16x16:d=1", False, None),
    ],
)
def test_films_of_every_kind_play(
    aws: FakeAws,
    handle: Callable[..., list[str]],
    tmp_path: Path,
    name: str,
    arguments: tuple[str, ...],
    source: str,
    sound: bool,
    size: tuple[int, int] | None,
) -> None:
    key = f"photos/set/{name}"
    aws.put(key, make_film(tmp_path / name, *arguments, source=source, sound=sound).read_bytes())
    assert handle(key) == []
    assert aws.dead_letters() == []
    row = row_of(aws, key)
    assert row.film is not None
    assert "unplayable" not in row.film
    assert row.film["sound"] == sound
    played = open_film(stored(aws, parse_key(key).film_key), tmp_path).facts
    assert played.codec == "h264"
    assert (played.width % 2, played.height % 2) == (0, 0)
    if size:
        assert (row.width, row.height) == (played.width, played.height) == size
    assert stored(aws, parse_key(key).download_key("stripped"))


def test_a_turned_film_stands_upright(aws: FakeAws, handle: Callable[..., list[str]], tmp_path: Path) -> None:
    flat = make_film(tmp_path / "flat.mp4", source="testsrc2=s=320x240:d=1")
    turned = tmp_path / "turned.mp4"
    run("-display_rotation", "90", "-i", str(flat), "-c", "copy", str(turned))
    aws.put(KEY, turned.read_bytes())
    handle()
    row = row_of(aws)
    assert (row.width, row.height) == (240, 320)
    played = open_film(stored(aws, PATH.film_key), tmp_path).facts
    assert (played.width, played.height) == (240, 320)
    assert Image.open(io.BytesIO(stored(aws, PATH.large_key))).size == (240, 320)


def unreadable(tmp_path: Path) -> dict[str, bytes]:
    whole = make_film(tmp_path / "whole.mp4", source="testsrc2=s=320x240:d=1").read_bytes()
    return {
        "DamagedFilm": whole[: whole.index(b"moov") - 4],
        "DamagedIndex": whole[: whole.index(b"moov") + 4] + bytes(200) + whole[whole.index(b"moov") + 204 :],
        "NotAFilm": b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n",
        "EmptyFilm": b"",
        "Picture": picture((224, 0, 0)),
        "Sound": run("-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", "-f", "ismv", "-"),
        "Header": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(4096),
    }


@pytest.mark.parametrize(
    ("which", "code", "words"),
    [
        ("DamagedFilm", "DamagedFilm", "index is missing"),
        ("DamagedIndex", "DamagedFilm", "index is damaged"),
        ("NotAFilm", "NotAFilm", "not a film"),
        ("EmptyFilm", "NotAFilm", "empty"),
        ("Picture", "NotAFilm", "a picture, not a film"),
        ("Sound", "NotAFilm", "no moving pictures"),
        ("Header", "DamagedFilm", "index is missing"),
    ],
)
def test_what_is_no_film_gets_a_sentence(
    aws: FakeAws, handle: Callable[..., list[str]], tmp_path: Path, which: str, code: str, words: str
) -> None:
    aws.put(KEY, unreadable(tmp_path)[which])
    assert handle() == []
    (letter,) = aws.dead_letters()
    assert letter["MessageAttributes"]["code"]["StringValue"] == code
    assert words in letter["MessageAttributes"]["reason"]["StringValue"]
    assert aws.rows(aws.pics_table) == []


def test_a_film_too_large_for_the_disk_keeps_its_poster(
    aws: FakeAws, three_people: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4 GB are beyond a test, so the disk is small; ffmpeg reads the original where it lies."""
    lies_at = tmp_path / "far.mp4"
    lies_at.write_bytes(three_people)
    film_sync: FilmSync = films_handler.wire_films(aws.photo_sync, {"DAILY_FILMS": "5"})
    files = replace(film_sync.films, max_bytes=1000)
    monkeypatch.setattr(type(files), "_address", lambda *_: str(lies_at))
    film_sync = replace(film_sync, films=files, seconds_left=lambda: 600.0)
    aws.put(KEY, three_people)
    film_sync.sync(aws.pics_bucket, PATH, owner="test", seconds=600)
    row = row_of(aws)
    assert row.film is not None
    assert row.film["unplayable"] == "large"
    assert row.face_count == 2
    assert row.size == len(three_people)
    assert list(tmp_path.glob("kinpics-film-*")) == []
    Image.open(io.BytesIO(stored(aws, PATH.download_key("stripped")))).verify()


def test_a_motion_photo_plays_and_stays_a_photo(aws: FakeAws, handle: Callable[..., list[str]], tmp_path: Path) -> None:
    key = "photos/set/PXL_1.MP.jpg"
    film = make_film(tmp_path / "behind.mp4", source=colours(RED, seconds=1.5)).read_bytes()
    handed: list[str] = []
    photo_sync = replace(aws.photo_sync, hand_on=lambda bucket, path: handed.append(f"{bucket}/{path.key}"))

    def process(data: bytes) -> Photo:
        aws.put(key, data)
        photo_sync.sync(aws.pics_bucket, parse_key(key), owner="test", seconds=60, force=True)
        return row_of(aws, key)

    still = process(jpeg() + film)
    assert handed == [f"pics/{key}"]
    assert handle(key) == []
    row = row_of(aws, key)
    assert row.film is not None
    assert row.film["motion"] is True
    assert row.film["seconds"] == pytest.approx(1.5, abs=0.1)
    assert (row.width, row.height, row.content_type) == (still.width, still.height, "image/jpeg")
    assert row.data == still.data
    assert row.film_seconds == row.film["seconds"]
    assert open_film(stored(aws, parse_key(key).film_key), tmp_path).facts.codec == "h264"
    assert b"ftyp" not in stored(aws, parse_key(key).download_key("stripped"))
    assert process(jpeg() + film).film == row.film, "another round keeps it"
    assert process(jpeg()).film is None
    assert parse_key(key).film_key not in aws.keys(aws.thumbnails_bucket)
    broken = process(jpeg() + film[: len(film) // 2])
    assert handle(key) == []
    assert row_of(aws, key) == broken, "a broken film is no reason to refuse the photo"
    assert aws.dead_letters() == []


@pytest.mark.parametrize("converts", ["yes", "no"])
def test_the_template_gives_the_function_all_that_it_is_wired_with(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, converts: str
) -> None:
    given = load_template()["Resources"]["FilmsFunction"]["Properties"]["Environment"]["Variables"]
    environment = dict.fromkeys(given, "1") | {"CONVERTS": converts}
    monkeypatch.setattr(films_handler.os, "environ", {**os.environ, **environment})
    film_sync, _ = films_handler._clients.__wrapped__()
    assert (film_sync.conversions is not None) == (converts == "yes")
    assert film_sync.hand_on is None


def test_films_are_handed_on_and_photos_are_not(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = aws.sqs.create_queue(QueueName="films")["QueueUrl"]
    monkeypatch.setenv("FILMS_QUEUE_URL", queue)
    monkeypatch.setenv("FILMS", "yes")
    changes = process_handler.parse_message(owner_message("pics", quote_plus("photos/a set/ä+b.MOV"), force=True))
    changes += process_handler.parse_message(owner_message("pics", "photos/set/a.jpg", force=False))
    left = process_handler._hand_films_on(aws.photo_sync, aws.sqs, changes)
    assert [change.key for change in left] == ["photos/set/a.jpg"]
    (sent,) = aws.sqs.receive_message(QueueUrl=queue)["Messages"]
    assert process_handler.parse_message(sent["Body"]) == changes[:1]
    monkeypatch.setenv("FILMS", "no")
    assert process_handler._hand_films_on(aws.photo_sync, aws.sqs, changes) == changes, "its deletion goes on"
    aws.put(changes[0].key, b"film")
    with pytest.raises(process_handler.FilmsOffError, match="films = true"):
        process_handler._hand_films_on(aws.photo_sync, aws.sqs, changes)


SHOT, CLIP = "photos/set/IMG_1.HEIC", "photos/set/IMG_1.MOV"


@dataclass(frozen=True)
class Phone:
    """A set that phones' photos and films come into; each change is followed to its end."""

    aws: FakeAws
    handle: Callable[..., list[str]]

    def put(self, key: str, data: bytes | None, *, force: bool = False) -> None:
        """Let an original come, or go with None."""
        if data is None:
            self.aws.s3.delete_object(Bucket=self.aws.pics_bucket, Key=key)
        else:
            self.aws.put(key, data)
        self.process(key, force=force)

    def process(self, key: str, *, force: bool = False) -> None:
        if is_film(key):
            assert self.handle(key, force=force) == []
            return
        handed: list[str] = []
        photo_sync = replace(self.aws.photo_sync, hand_on=lambda bucket, path: handed.append(path.key))
        photo_sync.sync(self.aws.pics_bucket, parse_key(key), owner="test", seconds=60, force=force)
        for film in handed:
            assert self.handle(film) == []

    def shown(self) -> dict[str, bool]:
        """The files that the set shows, each with whether it plays."""
        return {row["sortkey"]: "\t" in row["grid_key"] for row in self.aws.photos.list_grid("set", "", 100)[0]}

    def counted(self) -> tuple[int, int]:
        photo_set = self.aws.photos.get_set("set")
        assert photo_set is not None
        return photo_set.pic_count or 0, photo_set.face_count or 0


@pytest.fixture
def phone(aws: FakeAws, handle: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> Phone:
    film_sync, sqs = films_handler._clients()
    monkeypatch.setattr(films_handler, "_clients", lambda: (replace(film_sync, count=lambda: None), sqs))
    return Phone(aws, handle)


def live_photo(identifier: str | None, taken: str = "2024:05:01 12:00:00") -> bytes:
    """What an iPhone writes beside a film; a red face is on it."""
    exif = Image.Exif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = taken
    if identifier:
        details[ExifTags.Base.MakerNote] = apple_note(identifier)
    file = io.BytesIO()
    Image.new("RGB", (160, 120), (224, 0, 0)).save(file, "HEIF", exif=exif.tobytes())
    return file.getvalue()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Films of three seconds: of Live Photo A, and without Apple's identifier; a minute later; and longer."""
    folder = tmp_path_factory.mktemp("clips")
    apple = ("-movflags", "use_metadata_tags", "-metadata", "com.apple.quicktime.content.identifier=A")
    at = {name: ("-metadata", f"creation_time=2024-05-01T10:{name}Z") for name in ("00:01", "01:01")}

    def clip(name: str, *arguments: str, seconds: float = 1.0) -> bytes:
        source = colours(RED, GREEN, BLUE, seconds=seconds)
        return make_film(folder / f"{name}.mov", *arguments, source=source, sound=False).read_bytes()

    return {
        "A": clip("a", *apple, *at["00:01"]),
        "plain": clip("plain", *at["00:01"]),
        "later": clip("later", *at["01:01"]),
        "long": clip("long", *at["00:01"], seconds=2.0),
    }


@pytest.mark.parametrize("order", [(SHOT, CLIP), (CLIP, SHOT)])
@pytest.mark.parametrize(("identifier", "clip"), [("A", "A"), (None, "plain")])
def test_a_live_photo_is_one_item(
    phone: Phone, clips: dict[str, bytes], order: tuple[str, ...], identifier: str | None, clip: str
) -> None:
    files = {SHOT: live_photo(identifier), CLIP: clips[clip]}
    for key in order:
        phone.put(key, files[key])
    assert phone.shown() == {"IMG_1.HEIC": True}
    assert phone.counted() == (1, 1) == (1, len(faces_of(phone.aws))), "the film's faces aren't kept"
    row, film = row_of(phone.aws, SHOT), row_of(phone.aws, CLIP)
    assert row.film is not None
    assert (row.film["motion"], row.film["seconds"]) == (True, pytest.approx(3, abs=0.1))
    assert film.still == "IMG_1.HEIC"
    plays = stored(phone.aws, parse_key(SHOT).film_key)
    assert b"ftyp" in plays[:16]
    assert not [key for key in phone.aws.keys(phone.aws.thumbnails_bucket) if "IMG_1.MOV" in key]
    for key in files:  # whatever comes again
        phone.process(key)
        phone.process(key, force=True)
    assert (row_of(phone.aws, SHOT).film, phone.counted()) == (row.film, (1, 1))


def test_parts_of_a_live_photo_come_and_go(phone: Phone, clips: dict[str, bytes]) -> None:
    phone.put(SHOT, live_photo("A"))
    phone.put(CLIP, clips["A"])
    phone.put(SHOT, None)
    assert phone.shown() == {"IMG_1.MOV": True}, "what is left of it is a film"
    assert phone.counted()[0] == 1
    assert parse_key(SHOT).film_key not in phone.aws.keys(phone.aws.thumbnails_bucket)
    phone.put(SHOT, live_photo("A"))
    assert phone.shown() == {"IMG_1.HEIC": True}
    phone.put(CLIP, None)
    assert phone.shown() == {"IMG_1.HEIC": False}
    assert phone.counted() == (1, 1)
    assert parse_key(SHOT).film_key not in phone.aws.keys(phone.aws.thumbnails_bucket)
    phone.put(CLIP, clips["A"])
    phone.put(SHOT, live_photo("another"))
    assert phone.shown() == {"IMG_1.HEIC": False, "IMG_1.MOV": True}
    for key in (SHOT, CLIP):
        phone.put(key, None)
    assert phone.aws.rows(phone.aws.pics_table) == []
    assert faces_of(phone.aws) == []


@pytest.mark.parametrize("clip", ["later", "long"])
def test_an_unrelated_film_of_the_same_name_has_its_own_tile(phone: Phone, clips: dict[str, bytes], clip: str) -> None:
    phone.put(SHOT, live_photo("A"))
    phone.put(CLIP, clips[clip])
    calls = len(phone.aws.rekognition.calls)
    phone.process(CLIP)
    phone.process(SHOT)
    assert phone.shown() == {"IMG_1.HEIC": False, "IMG_1.MOV": True}
    assert phone.counted()[0] == 2
    assert len(phone.aws.rekognition.calls) == calls


def test_a_heic_takes_the_film_from_the_jpeg_made_of_it(phone: Phone, clips: dict[str, bytes]) -> None:
    still = "photos/set/IMG_1.JPG"
    phone.put(still, live_photo("A"))
    phone.put(CLIP, clips["A"])
    assert phone.shown() == {"IMG_1.JPG": True}
    phone.put(SHOT, live_photo("A"))
    assert phone.shown() == {"IMG_1.HEIC": True, "IMG_1.JPG": False}
    assert parse_key(still).film_key not in phone.aws.keys(phone.aws.thumbnails_bucket)
    assert with_films(phone.aws.photos, [parse_key(SHOT), parse_key(still)]) == [*map(parse_key, (SHOT, CLIP, still))]


class FakeMediaConvert:
    """Takes jobs, and makes what they are to make when told to; a token that comes twice is one job."""

    def __init__(self, aws: FakeAws):
        self._aws = aws
        self.jobs: dict[str, dict[str, Any]] = {}
        self.failing = False

    def create_job(self, **job: Any) -> None:
        if self.failing:
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "later"}}, "CreateJob")
        self.jobs.setdefault(job["ClientRequestToken"], job)

    def end(self, status: str, **detail: Any) -> str:
        """End the last job; returns the event."""
        job = list(self.jobs.values())[-1]
        if status == "COMPLETE":
            target = job["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
            bucket, _, key = target.removeprefix("s3://").partition("/")
            self._aws.s3.put_object(Bucket=bucket, Key=f"{key}.mp4", Body=b"converted")
        detail = {"status": status, "userMetadata": job["UserMetadata"], **detail}
        return json.dumps({"source": "aws.mediaconvert", "detail": detail})


@pytest.fixture
def converting(
    aws: FakeAws, handle: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> tuple[FakeMediaConvert, Callable[[str], list[str]]]:
    """A site with MediaConvert, ten minutes a day, on which no rendition is ready in time."""

    def stopped(*_: object) -> None:
        raise OutOfTimeError("ffmpeg was stopped")

    monkeypatch.setattr(Film, "make_rendition", stopped)
    fake = FakeMediaConvert(aws)
    environment = {"DAILY_FILMS": "30", "SITE": "album", "CONVERT_ROLE": "arn:role", "DAILY_CONVERTED_MINUTES": "2"}
    film_sync = films_handler.wire_films(aws.photo_sync, environment, fake)
    sqs = Quiet(aws.sqs)
    monkeypatch.setattr(films_handler, "_clients", lambda: (film_sync, sqs))

    def hear(body: str) -> list[str]:
        attributes = {"ApproximateReceiveCount": "1"}
        record = {"messageId": "message-2", "receiptHandle": "handle", "body": body, "attributes": attributes}
        answer = films_handler.handler({"Records": [record]}, LambdaContext(2_000_000))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return fake, hear


Converting = tuple[FakeMediaConvert, Callable[[str], list[str]]]


def converted(aws: FakeAws) -> list[str]:
    return [key for key in aws.keys(aws.thumbnails_bucket) if key.startswith("converted/")]


def test_mediaconvert_makes_what_the_function_has_no_time_for(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes, converting: Converting
) -> None:
    fake, hear = converting
    aws.put(KEY, three_people)
    assert handle() == []
    (job,) = fake.jobs.values()
    assert job["Settings"]["Inputs"][0]["FileInput"] == f"s3://pics/{KEY}"
    row = row_of(aws)
    assert row.film is not None
    assert (row.film["unplayable"], row.face_count) == ("converting", 2)
    handle()
    handle(force=True)
    assert len(fake.jobs) == 1, "whatever comes meanwhile is no other job"
    calls = len(aws.rekognition.calls)
    event = fake.end("COMPLETE")
    assert hear(event) == hear(event) == []
    row = row_of(aws)
    assert row.film is not None
    assert "unplayable" not in row.film
    assert stored(aws, PATH.film_key) == b"converted"
    head = aws.s3.head_object(Bucket=aws.thumbnails_bucket, Key=PATH.film_key)
    assert (head["ContentType"], head["Metadata"]) == ("video/mp4", {"source-etag": row.etag})
    assert converted(aws) == []
    assert len(aws.rekognition.calls) == calls
    assert aws.dead_letters() == []


def test_a_conversion_that_fails_waits_with_its_reason(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes, converting: Converting
) -> None:
    fake, hear = converting
    aws.put(KEY, three_people)
    handle()
    assert hear(fake.end("ERROR", errorCode=1040, errorMessage="no such codec")) == []
    (letter,) = aws.dead_letters()
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes["key"] == KEY
    assert "no such codec (1040)" in attributes["reason"]
    assert (row_of(aws).film or {})["unplayable"] == "codec"
    assert converted(aws) == []
    assert process_handler.parse_message(letter["Body"])[0].force, "given out again, it is tried again"
    handle(force=True)
    assert len(fake.jobs) == 2


def test_minutes_beyond_the_days_ceiling_wait(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes, converting: Converting
) -> None:
    fake, _ = converting
    aws.ledger.count("convert", 2, 2)
    aws.put(KEY, three_people)
    assert handle() == []
    (letter,) = aws.dead_letters()
    assert "2 minutes of MediaConvert" in letter["MessageAttributes"]["reason"]["StringValue"]
    assert (row_of(aws).film or {})["unplayable"] == "long", "poster and faces are there"
    calls = len(aws.rekognition.calls)
    aws.now += 86_400
    handle()
    assert len(fake.jobs) == 1
    assert (row_of(aws).film or {})["unplayable"] == "converting"
    assert len(aws.rekognition.calls) == calls


def test_a_film_that_changes_while_it_is_converted_gets_its_own(
    aws: FakeAws, handle: Callable[..., list[str]], three_people: bytes, converting: Converting
) -> None:
    fake, hear = converting
    aws.put(KEY, three_people)
    fake.failing = True
    assert handle() == ["message-1"]
    fake.failing = False
    handle()
    late = fake.end("COMPLETE")
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=KEY)
    handle()
    assert hear(late) == []
    assert aws.rows(aws.pics_table) == []
    assert converted(aws) == []
    assert PATH.film_key not in aws.keys(aws.thumbnails_bucket)
