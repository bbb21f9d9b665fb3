"""What a survey finds in disagreement, and what mends it."""

import tracemalloc
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import stack_outputs

from functions.keys import ImagePath, encode_external_image_id, image_path
from functions.photo_rows import ImageRecord, PhotoSet
from scripts.common.progress import Progress
from scripts.health import stocktaking
from scripts.health.drift import CARD, FILM, LARGE, THUMBNAIL, find_drift
from scripts.health.stocktaking import look_for_drift
from scripts.health.survey import PhotoRow, Survey, SurveyBusyError

PHOTO = image_path("set", "a.jpg")


def agreeing() -> Survey:
    """A survey of one photo, with everything it should have."""
    survey = Survey("stripped")
    survey.add_originals([(PHOTO, "etag")])
    for kind in (THUMBNAIL, LARGE, CARD, "stripped"):
        survey.add_copies(kind, [PHOTO])
    survey.add_row(PHOTO, PhotoRow("etag", "image", frozenset({"face"}), frozenset(), has_card=True, has_sha256=True))
    survey.add_set(PhotoSet(sortkey="set", pic_count=1, face_count=1))
    survey.add_record(ImageRecord(image_id="image", image_path=str(PHOTO)))
    survey.add_faces([("face", "set:2Fa.jpg")])
    return survey


def test_what_agrees_is_left_alone() -> None:
    found = find_drift(agreeing())
    assert (len(found), found.unfinished) == (0, {})


def test_a_missing_face_is_mended_though_the_download_is_wrong_too() -> None:
    survey = agreeing()
    for table in ("faces", "copies WHERE kind IN ('card/', 'stripped')"):
        survey.db.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed texts
    assert find_drift(survey).redo == {PHOTO: "a face is missing from the collection"}
    assert find_drift(survey).paid_calls == 1
    survey.add_faces([("face", "set:2Fa.jpg")])
    assert find_drift(survey).check == {PHOTO: "the card for links to it is missing"}
    assert find_drift(survey).paid_calls == 0
    survey.add_copies(CARD, [PHOTO])
    assert "download" in find_drift(survey).check[PHOTO]


def test_a_row_of_an_earlier_release_gets_what_names_hang_on_for_nothing() -> None:
    survey = agreeing()
    survey.db.execute("UPDATE photo_rows SET has_sha256 = 0")
    found = find_drift(survey)
    assert found.check == {PHOTO: "its row lacks sha256, which names of people hang on"}
    assert (found.redo, found.paid_calls) == ({}, 0)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("DELETE FROM originals", "set/a.jpg: its original is gone"),
        ("DELETE FROM photo_rows", "set/a.jpg: it has no row"),
        (
            "UPDATE photo_rows SET etag = NULL, faults = '[\"size\"]'",
            "set/a.jpg: its row was written by another program",
        ),
        ("UPDATE photo_rows SET etag = 'older'", "set/a.jpg: its row is for another version"),
        ('UPDATE photo_rows SET faults = \'["width", "etag"]\'', "set/a.jpg: its row lacks etag, width"),
        ("DELETE FROM copies WHERE kind = '1600/'", "set/a.jpg: a thumbnail is missing"),
        ("DELETE FROM records", "set/a.jpg: its record by image id is missing"),
        ("UPDATE records SET path = 'set/b.jpg'", "record image leads to set/b.jpg, whose row does not know it"),
        ("UPDATE photo_rows SET image_id = NULL", "record image leads to set/a.jpg, whose row does not know it"),
        ("INSERT INTO faces VALUES ('more', 'set:2Fb.jpg')", "face more is in the collection for set/b.jpg"),
        ("UPDATE set_rows SET photos = 2", "set set has wrong counts: it holds 1 photo and 1 face"),
        ("UPDATE set_rows SET faces = 0", "set set has wrong counts"),
        ("UPDATE set_rows SET is_sound = 0", "set set has wrong counts"),
        ("DELETE FROM set_rows", "set set has wrong counts"),
        ("INSERT INTO set_rows VALUES ('gone', 1, 0, 0, 1)", "set gone has wrong counts: it holds 0 photos"),
        ("INSERT INTO copies VALUES ('set/b.jpg', 'large')", "set/b.jpg: its original is gone"),
        ("UPDATE photo_rows SET etag = NULL; DELETE FROM originals", "its original is missing: upload it"),
        ("UPDATE records SET path = ''", "record image: it was written by another program"),
    ],
)
def test_each_disagreement_is_told(change: str, line: str) -> None:
    survey = agreeing()
    survey.db.executescript(change)
    assert any(line in told for told in find_drift(survey).lines())


def test_a_live_photo_is_a_photo_and_its_film() -> None:
    survey, film = agreeing(), image_path("set", "a.mov")

    def add(still: str | None, beside: str | None) -> None:
        own = PhotoRow("film", None, frozenset(), frozenset(), has_card=True, has_sha256=True, still=still)
        survey.add_row(film, own)
        faces = frozenset({"face"})
        photo = PhotoRow("etag", "image", faces, frozenset(), has_card=True, has_sha256=True, plays=True, film=beside)
        survey.add_row(PHOTO, photo)

    survey.add_originals([(film, "film")])
    survey.add_copies(FILM, [PHOTO])
    add("a.jpg", "a.mov")
    assert (len(find_drift(survey)), survey.count()) == (0, (1, 1))
    add("a.jpg", None)
    assert find_drift(survey).check == {film: "it isn't the film of set/a.jpg any more"}
    add(None, "a.mov")
    assert film in find_drift(survey).check
    add("a.jpg", "a.mov")
    survey.add_copies(CARD, [film])
    assert "pictures of its own" in find_drift(survey).check[film]


def test_a_set_of_others_with_incomplete_rows_is_not_counted() -> None:
    survey = agreeing()
    survey.add_set(PhotoSet(sortkey="set", pic="a.jpg"))
    assert find_drift(survey).sets
    survey.db.execute("UPDATE photo_rows SET faults = '[\"grid_key\"]'")
    assert not find_drift(survey).sets


def test_a_gallerys_records_come_back_as_they_were() -> None:
    survey = Survey()
    record = ImageRecord(
        image_id="i/p", image_path="celebrities/Ada/1.jpg", person="Ada", width=3, other_paths={"a", "b"}
    )
    survey.add_record(record)
    assert list(survey.list_portraits()) == [record]


class Site:
    """Made-up photos with three faces each, in pages; nothing is kept that grows with their number."""

    PAGE = 25

    def __init__(self, photos: int):
        self._photos = photos
        self.pages = 0
        # Raises instead of giving another page, once so many were given.
        self.stops_after: int | None = None

    def stack(self) -> Any:
        sets = [PhotoSet(sortkey="set", pic_count=self._photos, face_count=3 * self._photos)]
        nothing = SimpleNamespace(list_references=list)
        rekognition = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: []))
        return SimpleNamespace(
            name="stack",
            region="region",
            outputs=stack_outputs(),
            download_rule="none",
            photos=SimpleNamespace(
                list_sets=lambda: sets, tables=SimpleNamespace(holding=lambda set_name: ("pics_table",))
            ),
            faces=SimpleNamespace(count_faces=lambda: 3 * self._photos, list_pages=self.list_faces),
            gallery=SimpleNamespace(client=rekognition, list_faces=list, collection_id="gallery"),
            rekognition=rekognition,
            forgotten=nothing,
            s3=SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=self.list_objects)),
            dynamodb=SimpleNamespace(scan=self.scan),
        )

    def _numbers(self, start: int) -> list[range]:
        return [range(at, min(at + self.PAGE, self._photos)) for at in range(start, self._photos, self.PAGE)]

    def _give(self) -> None:
        if self.stops_after is not None and self.pages >= self.stops_after:
            raise KeyboardInterrupt
        self.pages += 1

    def list_faces(self, token: str | None) -> Any:
        for numbers in self._numbers(int(token or 0)):
            self._give()
            faces = [
                {"FaceId": face_id(number, at), "ExternalImageId": encode_external_image_id(path(number))}
                for number in numbers
                for at in range(3)
            ]
            yield faces, str(numbers.stop) if numbers.stop < self._photos else None

    def list_objects(self, *, Prefix: str, StartAfter: str = "", **_: Any) -> Any:  # noqa: N803 - S3's words
        if Prefix.startswith("downloads/") or Prefix == "celebrities/":
            return
        start = int(StartAfter[-10:-4]) + 1 if StartAfter else 0
        for numbers in self._numbers(start):
            self._give()
            found = [
                {"Key": f"{Prefix}{path(number)}", "ETag": '"etag"', "Size": 1, "LastModified": None}
                for number in numbers
            ]
            yield {"Contents": found, "IsTruncated": numbers.stop < self._photos}

    def scan(self, *, TableName: str, ExclusiveStartKey: Any = None, **_: Any) -> Any:  # noqa: N803 - DynamoDB's words
        if TableName == "private_pics_table":
            return {"Items": []}
        self._give()
        numbers = self._numbers(int(ExclusiveStartKey["n"]) if ExclusiveStartKey else 0)[0]
        if TableName == "pics_table":
            items = [row(number) for number in numbers]
            if ExclusiveStartKey is None:
                counts = {"pic_count": Decimal(self._photos), "face_count": Decimal(3 * self._photos)}
                items.append({"primarykey": "/", "sortkey": "set", **counts})
        else:
            items = [{"image_id": f"image-{number}", "image_path": str(path(number))} for number in numbers]
        return {"Items": items} | ({"LastEvaluatedKey": {"n": numbers.stop}} if numbers.stop < self._photos else {})


def path(number: int) -> ImagePath:
    return ImagePath("set", f"{number:06}.jpg")


def face_id(number: int, at: int) -> str:
    return f"{number:08x}-{at:04x}-4000-8000-000000000000"


def row(number: int) -> dict[str, Any]:
    faces = [{"Face": {"FaceId": face_id(number, at), "ImageId": f"image-{number}"}} for at in range(3)]
    texts = ("grid_key", "placeholder", "content_type", "processed_at", "card_at", "sha256")
    numbers = ("width", "height", "face_count", "size")
    item = {"primarykey": "set", "sortkey": path(number).file, "etag": "etag", "data": {"FaceRecords": faces}}
    return item | dict.fromkeys(texts, "text") | dict.fromkeys(numbers, Decimal(1))


def take(site: Site, file: Path | None = None) -> tuple[int, int, int]:
    found = look_for_drift(site.stack(), Progress(quiet=True), file)
    return len(found.drift), found.photos, found.faces


def test_the_memory_of_a_survey_does_not_grow_with_the_site(tmp_path: Path) -> None:
    take(Site(50), tmp_path / "warm")
    peaks = []
    for photos in (200, 1_000):
        tracemalloc.start()
        assert take(Site(photos), tmp_path / "survey") == (0, photos, 3 * photos)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_a_survey_goes_on_where_it_was_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = Site(525)
    assert take(whole) == (0, 525, 1_575)
    file = tmp_path / "survey"
    site = Site(525)
    stops = 0
    while site.pages < whole.pages:
        stops += 1
        site.stops_after = site.pages + 4
        with pytest.raises(KeyboardInterrupt):
            take(site, file)
    site.stops_after = None
    assert take(site, file) == (0, 525, 1_575)
    assert site.pages <= whole.pages + stops * 4, "only what was being fetched is listed once more"
    assert "going on where listing was stopped" in capsys.readouterr().err
    assert not file.exists()


def test_a_survey_of_long_ago_or_of_another_site_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, site = tmp_path / "survey", Site(250)
    for age, name in ((4_000, "pics_bucket"), (0, "another")):
        site.stops_after = site.pages + 5
        with pytest.raises(KeyboardInterrupt):
            take(site, file)
        site.stops_after, site.pages = None, 0
        stack = site.stack()
        stack.outputs = stack_outputs(pics_bucket=name)
        now = stocktaking.time.time() + age
        monkeypatch.setattr(stocktaking.time, "time", lambda now=now: now)
        assert len(look_for_drift(stack, Progress(quiet=True), file).drift) == 0
        monkeypatch.undo()
        whole = Site(250)
        take(whole)
        assert site.pages == whole.pages


def test_one_survey_of_a_site_is_made_at_a_time(tmp_path: Path) -> None:
    survey = Survey(file=tmp_path / "survey")
    survey.begin({}, 0)
    with pytest.raises(SurveyBusyError, match="wait until it ends"):
        Survey(file=tmp_path / "survey")
    survey.remove()


def test_a_damaged_survey_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "survey").write_bytes(b"rubbish" * 1000)
    assert take(Site(10), tmp_path / "survey") == (0, 10, 30)
