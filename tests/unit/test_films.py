"""What is known of films without cutting one: reports of ffmpeg's, moments, lengths."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from films import apple_note

from functions.films import moments
from functions.films.convert_jobs import JobEnd, make_job, minutes_of, read_end
from functions.films.ffmpeg_calls import Source, bare_copy, rendition
from functions.films.film_faces import FoundFace, choose_poster, one_a_person
from functions.films.film_facts import read_facts
from functions.films.film_files import DISK_MB, MAX_FILM_BYTES
from functions.live_photos import belong_together
from functions.media_types import MP4, QUICKTIME, WEBM, is_film, media_type
from functions.photo_messages import owner_message
from functions.photo_rows import Photo, grid_key
from functions.process.apple_notes import content_id
from scripts.common.template import load_template
from scripts.site.renditions import film_length

# As ffmpeg 7.0.2 reports a film from a phone, held upright.
PHONE = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'IMG_0001.MOV':
  Metadata:
    major_brand     : qt
    creation_time   : 2024-05-01T10:00:00.000000Z
    com.apple.quicktime.location.ISO6709: +48.1372+011.5756+519.000/
    com.apple.quicktime.creationdate: 2024-05-01T12:00:00+0200
    title           : one
                    : Duration: 09:09:09.00, start: 0
                    :   Stream #0:7: Video: none, gray, 9x9
  Duration: 00:01:02.50, start: 0.000000, bitrate: 9000 kb/s
  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 128 kb/s (default)
  Stream #0:1[0x2](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt2020nc/bt2020/arib-std-b67), \
1920x1080, 8800 kb/s, 29.98 fps, 29.97 tbr, 600 tbn (default)
      Metadata:
        creation_time   : 2024-05-01T10:00:00.000000Z
      Side data:
        displaymatrix: rotation of -90.00 degrees
  Stream #0:2[0x3](und): Data: none (mebx / 0x7862656D), 0 kb/s (default)
"""


def test_a_phones_film_is_upright_bright_and_of_its_places_time() -> None:
    facts = read_facts(PHONE)
    assert facts is not None
    assert (facts.stream, facts.codec, facts.width, facts.height) == (1, "hevc", 1080, 1920)
    assert (facts.seconds, facts.rate, facts.has_sound, facts.is_bright) == (62.5, 29.98, True, True)
    assert facts.taken_at == "2024-05-01T12:00:00+02:00"


@pytest.mark.parametrize(
    ("line", "size", "rate"),
    [
        ("Video: vp9, yuv420p(tv), 640x360, SAR 1:1 DAR 16:9, 25 fps, 25 tbr, 1k tbn", (640, 360), 25),
        ("Video: h264 (High), yuv420p, 1440x1080 [SAR 4:3 DAR 16:9], 25 fps", (1920, 1080), 25),
        ("Video: mpeg4, yuv420p, 641x481, 1k fps, 1k tbr", (641, 481), 1000),
        ("Video: h264, yuv420p, 16x16, 90k tbn", (16, 16), 0),
    ],
)
def test_sizes_and_rates_of_all_kinds(line: str, size: tuple[int, int], rate: float) -> None:
    facts = read_facts(f"  Duration: N/A, start: 0\n  Stream #0:0: {line}\n")
    assert facts is not None
    assert (facts.width, facts.height) == size
    assert (facts.rate, facts.seconds, facts.has_sound, facts.taken_at) == (rate, None, False, None)


@pytest.mark.parametrize(
    "report",
    [
        "",
        "x.mp4: Invalid data found when processing input",
        "  Stream #0:0: Audio: aac (LC), 44100 Hz, stereo\n",
        "  Stream #0:0: Video: mjpeg, yuvj420p, 500x500, 90k tbr (attached pic)\n",
        "  Stream #0:0: Video: h264, none, 25 fps\n",
    ],
)
def test_what_has_no_moving_pictures_is_no_film(report: str) -> None:
    assert read_facts(report) is None


@pytest.mark.parametrize("moment", ["1904-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z", "yesterday", ""])
def test_a_camera_without_a_clock_says_nothing_of_the_time(moment: str) -> None:
    facts = read_facts(f"    creation_time   : {moment}\n  Stream #0:0: Video: h264, yuv420p, 16x16\n")
    assert facts is not None
    assert facts.taken_at is None


def test_ffmpeg_may_open_nothing_but_the_film() -> None:
    facts = read_facts(PHONE)
    assert facts is not None
    for call in (rendition, bare_copy):
        arguments = call(Source("x.mov", QUICKTIME), facts, "out.mp4")
        assert arguments[:6] == ["-protocol_whitelist", "file", "-f", "mov", "-i", "x.mov"]
        assert {"-map_metadata", "-map_chapters", "-sn", "-dn"} <= set(arguments)


def test_moments_are_where_the_picture_changes() -> None:
    dark, grey, light = bytes([0]) * 12, bytes([100]) * 12, bytes([0, 250] * 6)
    film = [dark] * 5 + [light] * 5 + [dark] * 5 + [grey] * 5
    chosen = moments.choose_pictures(film)
    assert len(chosen) == 3
    assert {film[place] for place in chosen} == {dark, grey, light}
    assert moments.choose_pictures([grey] * 100) == [0]
    assert moments.choose_pictures([]) == []
    noisy = [bytes([(place * 37 + at * 101) % 256 for at in range(12)]) for place in range(200)]
    assert len(moments.choose_pictures(noisy)) == moments.MAX_MOMENTS


def test_a_long_film_is_looked_at_in_few_pictures() -> None:
    assert moments.rate_for(10) == 4
    assert moments.rate_for(3600) * 3600 == pytest.approx(600)
    assert moments.rate_for(None) == 4
    assert moments.spread(100, 4) == [12.5, 37.5, 62.5, 87.5]


def face(face_id: str, second: float, side: float) -> FoundFace:
    box = {"Left": 0.1, "Top": 0.1, "Width": side, "Height": side}
    return FoundFace(second, {"Face": {"FaceId": face_id, "BoundingBox": box}})


def test_each_person_keeps_the_largest_face() -> None:
    faces = [face("a1", 1, 0.1), face("a2", 2, 0.3), face("b1", 2, 0.2), face("a3", 3, 0.2)]
    asked: list[str] = []

    def alike(face_id: str) -> list[str]:
        asked.append(face_id)
        return ["a1", "a2", "a3", "somebody-elsewhere"] if face_id[0] == "a" else []

    assert [one.id for one in one_a_person(faces, alike)] == ["a2", "b1"]
    assert asked == ["a2"], "one search a person, and none for the last"
    crowd = [face(str(number), 1, 0.1) for number in range(100)]
    assert len(one_a_person(crowd, lambda _: [])) == 30


def test_the_poster_shows_most_of_the_faces() -> None:
    assert choose_poster([face("a", 1, 0.9), face("b", 2, 0.1), face("c", 2, 0.1)], [0, 1, 2]) == 2
    assert choose_poster([], [4.0, 1.0]) == 4.0


def test_the_grids_key_says_how_long_a_film_is() -> None:
    assert grid_key(None, "a.jpg") == "~/a.jpg"
    for seconds in (0.0, 12.04, 7200.0):
        row = Photo(primarykey="set", sortkey="a.mp4", grid_key=grid_key("2024", "a.mp4", seconds))
        assert row.film_seconds == pytest.approx(seconds, abs=0.05)
    assert Photo(primarykey="set", sortkey="a.jpg", grid_key="~/a.jpg").film_seconds is None


def test_lengths_are_written_alike_in_pages_and_scripts() -> None:
    """tests/unit/films.test.js reads the same file."""
    cases = json.loads((Path(__file__).parents[1] / "data" / "film_lengths.json").read_text())
    assert {seconds: film_length(seconds) for seconds, _ in cases} == dict(cases)


def test_mediaconvert_knows_every_setting_of_a_job() -> None:
    """By boto3's own description of the service, which knows names, types and values."""
    facts = read_facts(PHONE)
    assert facts is not None
    session = botocore.session.get_session()
    shape = session.get_service_model("mediaconvert").operation_model("CreateJob").input_shape
    for one in (facts, replace(facts, has_sound=False, is_bright=False, rate=59.94, width=3840, height=2160)):
        job = make_job(one, "s3://pics/photos/s/a.mov", "s3://thumbs/converted/1", "arn:role", "token", {"film": "1"})
        report = ParamValidator().validate(job, shape)
        assert not report.has_errors(), report.generate_report()
        assert list(unknown_values(job, shape)) == []
        (output,) = job["Settings"]["OutputGroups"][0]["Outputs"]
        video = output["VideoDescription"]
        assert max(video["Width"], video["Height"]) == 1280
        rate = video["CodecSettings"]["H264Settings"]
        assert rate["FramerateNumerator"] / rate["FramerateDenominator"] <= 30, "more costs more"
        assert ("AudioDescriptions" in output) == one.has_sound
        assert ("VideoPreprocessors" in video) == one.is_bright
    assert minutes_of(facts) == 2
    assert minutes_of(replace(facts, seconds=None)) is None


def unknown_values(value: Any, shape: Any, at: str = "") -> Iterator[str]:
    """Values that the service doesn't list, and numbers beyond what it takes; boto3 sends them all the same."""
    if shape.type_name == "structure":
        for name, part in value.items():
            yield from unknown_values(part, shape.members[name], f"{at}.{name}")
    elif shape.type_name == "list":
        for part in value:
            yield from unknown_values(part, shape.member, at)
    elif shape.type_name == "map":
        for part in value.values():
            yield from unknown_values(part, shape.value, at)
    elif (getattr(shape, "enum", None) and value not in shape.enum) or (
        shape.type_name == "integer"
        and not (shape.metadata.get("min", value) <= value <= shape.metadata.get("max", value))
    ):
        yield f"{at} = {value}"


def test_the_check_of_a_jobs_values_can_fail() -> None:
    shape = botocore.session.get_session().get_service_model("mediaconvert").shape_for("H264Settings")
    assert list(unknown_values({"RateControlMode": "BEST", "GopSize": 2}, shape)) == [".RateControlMode = BEST"]
    assert list(unknown_values({"Bitrate": 5}, shape)) == [".Bitrate = 5"]


def ended(status: str = "COMPLETE", **detail: Any) -> str:
    """MediaConvert's event: https://docs.aws.amazon.com/mediaconvert/latest/ug/ev_status_complete.html"""
    tags = {"site": "album", "film": "f1"}
    return json.dumps(
        {
            "version": "0",
            "detail-type": "MediaConvert Job State Change",
            "source": "aws.mediaconvert",
            "resources": ["arn:aws:mediaconvert:eu-west-1:123456789012:jobs/1"],
            "detail": {"jobId": "1", "status": status, "userMetadata": tags, **detail},
        }
    )


def test_the_end_of_a_job_is_heard_of_this_sites_films_alone() -> None:
    assert read_end(ended(), "album") == JobEnd("f1", None)
    failed = ended("ERROR", errorCode=1040, errorMessage="no such codec")
    assert read_end(failed, "album") == JobEnd("f1", "no such codec (1040)")
    assert read_end(ended("CANCELED"), "album") == JobEnd("f1", "canceled")
    others = (ended("PROGRESSING"), ended(userMetadata={"site": "other", "film": "f1"}), ended(userMetadata={}))
    for body in (*others, owner_message("pics", "photos/set/a.mp4", force=False), "[]", "{}", "null", "x" * 9):
        assert read_end(body, "album") is None


AT = "2024-05-01T12:00:00"


@pytest.mark.parametrize(
    ("photo", "film", "belong"),
    [
        (("A", None), ("A", None, 60.0), True),
        (("A", AT), ("B", AT, 3.0), False),
        ((None, AT), ("A", f"{AT}+02:00", 3.0), True),
        ((None, f"{AT}+02:00"), (None, "2024-05-01T10:00:02+00:00", 3.0), True),
        ((None, f"{AT}+02:00"), (None, "2024-05-01T11:00:00+00:00", 3.0), False),
        ((None, AT), (None, "2024-05-01T10:00:02+00:00", 3.0), True),
        ((None, AT), (None, "2024-05-01T10:07:00+00:00", 3.0), False),
        ((None, AT), (None, "2024-05-03T10:00:00+00:00", 3.0), False),
        ((None, AT), (None, AT, 6.0), False),
        ((None, AT), (None, AT, None), False),
        ((None, AT), (None, None, 3.0), False),
        ((None, "yesterday"), (None, AT, 3.0), False),
    ],
)
def test_a_photo_and_a_film_belong_together_by_what_they_say(
    photo: tuple[str | None, str | None], film: tuple[str | None, str | None, float | None], belong: bool
) -> None:
    assert belong_together(*photo, *film) is belong


def test_an_iphones_note_has_the_identifier_that_its_film_has() -> None:
    assert content_id(apple_note("1B2A-77")) == "1B2A-77"
    cut = apple_note("1B2A-77")[:30]
    for note in (None, "Apple iOS", b"Nikon\0", b"Apple iOS\0\0\1MM", cut, apple_note("1B2A-77", place=4000)):
        assert content_id(note) is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", MP4),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", QUICKTIME),
        (b"\0\0\0\x08wide\0\0\0\0mdat", QUICKTIME),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", WEBM),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", None),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
    ],
)
def test_films_are_known_by_their_first_bytes(head: bytes, kind: str | None) -> None:
    assert media_type(head) == kind


def test_films_are_handed_on_by_their_names() -> None:
    assert all(map(is_film, ("a.mp4", "photos/set/B.MOV", "c.m4v", "d.WebM")))
    assert not any(map(is_film, ("a.mp4.jpg", "mp4", "a.jpg", "b.avi")))


def test_the_largest_film_fits_on_the_disk_with_its_copy() -> None:
    properties = load_template()["Resources"]["FilmsFunction"]["Properties"]
    assert properties["EphemeralStorage"]["Size"] == DISK_MB
    assert 2 * MAX_FILM_BYTES < DISK_MB * 1024 * 1024
    queue = load_template()["Resources"]["FilmsQueue"]["Properties"]
    assert queue["VisibilityTimeout"] == 6 * properties["Timeout"]
