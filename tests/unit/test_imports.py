"""Reading exports: every trap that services are known for, and every input that is made to do harm."""

import io
import json
import os
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageEnhance

from bench import made_exports
from bench.made_exports import picture, sha256
from functions.told_facts import ToldFacts, from_metadata, to_metadata
from scripts.cli import main
from scripts.common.folders import FolderError
from scripts.common.progress import Progress
from scripts.imports.containers import Folder, ZipParts
from scripts.imports.found import Album, Found, Note, Unplaced, stem_of
from scripts.imports.found_table import DiskFullError, FoundTable, Item, telling_of_full_disk
from scripts.imports.import_plan import ImportPlan, Wishes, make_import_plan
from scripts.imports.placing import file_name_of, name_sets, set_name_of_title
from scripts.imports.readers.values import from_seconds, from_text
from scripts.imports.recognising import SourceError, open_sources

Files = dict[str, "bytes | str | list[Any] | dict[str, Any]"]
# How a film begins; nothing looks further before it has gone up.
FILM = b"\0\0\0\x18ftypisom" + bytes(100)
SUMMER = "1561975810"  # 2019-07-01T10:10:10 in UTC


def content(value: "bytes | str | list[Any] | dict[str, Any]") -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def zip_of(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, value in files.items():
            out.writestr(name, content(value))
    return path


def folder_of(path: Path, files: Files) -> Path:
    for name, value in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content(value))
    return path


@contextmanager
def planned(*paths: Path, **wishes: Any) -> Iterator[ImportPlan]:
    plan = make_import_plan(paths, Wishes(**wishes), None, 2, Progress(quiet=True))
    try:
        yield plan
    finally:
        plan.close()


def placed(plan: ImportPlan) -> dict[str, Item]:
    """The photos that go in, by set and file."""
    return {f"{item.set_name}/{item.file}": item for item in plan.table.items()}


def left(plan: ImportPlan) -> dict[str, str]:
    return {unplaced.name: unplaced.reason for unplaced in plan.unplaced()}


def check_truth(export: made_exports.Export, plan: ImportPlan) -> None:
    found = {}
    for item in plan.table.items():
        data = plan.sources[item.source].container.read(item.found.entry.name)
        found[sha256(data)] = item
    assert found.keys() == export.photos.keys()
    for digest, truth in export.photos.items():
        item = found[digest]
        assert {item.set_name, *item.also} == truth.sets
        assert (item.found.taken_at, item.found.caption) == (truth.taken_at, truth.caption)
        assert tuple(sorted(item.found.people)) == truth.people
        if truth.after:
            before = found[truth.after]
            assert (before.set_name, before.file or "") < (item.set_name, item.file or "")


def test_an_instagram_export_arrives_whole(tmp_path: Path) -> None:
    export = made_exports.instagram(tmp_path, 120)
    with planned(*export.paths) as plan:
        assert [source.kind for source in plan.sources] == ["instagram"]
        check_truth(export, plan)
        reasons = left(plan)
    check_reasons(
        reasons,
        {
            "201501/gone.jpg": "isn't in what you gave",
            "messages/inbox/friend_1/photos/1.jpg": "message",
            "stories/201503/story.jpg": "--with stories",
            "201503/film.mp4": "film",
        },
    )


def check_reasons(reasons: dict[str, str], traps: dict[str, str]) -> None:
    """Every trap is left out with its reason, and nothing else is."""
    assert len(reasons) == len(traps), reasons
    for name, words in traps.items():
        assert [reason for left_out, reason in reasons.items() if left_out.endswith(name) and words in reason], name


def test_a_takeout_in_four_zips_arrives_whole(tmp_path: Path) -> None:
    export = made_exports.takeout(tmp_path, 240)
    with planned(*export.paths) as plan:
        assert [source.kind for source in plan.sources] == ["takeout"]
        check_truth(export, plan)
        reasons = left(plan)
        favourites = {item.found.is_favourite for item in plan.table.items()}
    assert favourites == {True, False}
    check_reasons(
        reasons,
        {
            "Fotos von 2015/gone.jpg.json": "isn't in what you gave",
            "bin.jpg": "bin",
            "inLockedFolder.jpg": "locked folder",
            "archived.jpg": "--with archived",
            "live.MP4": "film",
            "Drive/scan.jpg": "another part of the Takeout",
        },
    )


@pytest.mark.parametrize(
    "language", ["Photos from {}", "Photos de {}", "Foto del {}", "{}年の写真", "Kuvat vuodelta {}"]
)
def test_folders_by_year_are_no_albums(tmp_path: Path, language: str) -> None:
    export = made_exports.takeout(tmp_path, 60, parts=1, year_folder=language)
    with planned(*export.paths) as plan:
        check_truth(export, plan)


# Instagram's forms


def post(uri: str, text: str = "", seconds: Any = int(SUMMER)) -> dict[str, Any]:
    return {"media": [{"uri": uri, "title": text, "creation_timestamp": seconds}]}


@pytest.mark.parametrize(
    "where", ["content/", "your_instagram_activity/content/", "your_instagram_activity/media/", "media/"]
)
def test_instagrams_folders_of_all_years_are_known(tmp_path: Path, where: str) -> None:
    mangled = "Fête 🎉".encode().decode("latin-1")
    files: Files = {
        f"{where}posts_1.json": [post("media/posts/201907/a.jpg", mangled)],
        "media/posts/201907/a.jpg": picture(1),
    }
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        (item,) = placed(plan).values()
    assert (item.set_name, item.file) == ("Instagram 2019", "2019-07-01_101010.jpg")
    assert item.found.caption == "Fête 🎉"


def test_instagrams_form_of_2018_is_read(tmp_path: Path) -> None:
    photos = [
        {"caption": "two", "taken_at": "2018-03-05T18:30:00+00:00", "path": "photos/201803/a.jpg"},
        {"caption": "two", "taken_at": "2018-03-05T18:30:00+00:00", "path": "photos/201803/b.jpg"},
        {"caption": "one", "taken_at": "2018-03-06T18:30:00", "path": "photos/201803/c.jpg"},
    ]
    profile = [{"taken_at": "2018-03-05T18:30:00", "path": "profile/me.jpg"}]
    files: Files = {"media.json": {"photos": photos, "profile": profile}, "profile/me.jpg": picture(9)}
    files |= {entry["path"]: picture(number) for number, entry in enumerate(photos)}
    with planned(folder_of(tmp_path / "part", files)) as plan:
        assert list(placed(plan)) == [
            "Instagram 2018/2018-03-05_183000_01.jpg",
            "Instagram 2018/2018-03-05_183000_02.jpg",
            "Instagram 2018/2018-03-06_183000.jpg",
        ]
        assert "--with profile" in left(plan)["profile/me.jpg"]
    with planned(tmp_path / "part", extras=frozenset({"profile"})) as plan:
        assert "Instagram profile photos/2018-03-05_183000.jpg" in placed(plan)


def test_instagram_json_of_an_unknown_year_leaves_the_photos(tmp_path: Path) -> None:
    files: Files = {"content/posts_1.json": {"entries": [{"file": "x"}]}, "media/posts/203001/a.jpg": picture(1)}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        assert list(placed(plan)) == ["Instagram 2030/a.jpg"]
        assert "since 2018" in left(plan)["content/posts_1.json"]


def test_instagrams_html_form_says_how_to_get_json(tmp_path: Path) -> None:
    files: Files = {"content/posts_1.html": "<html></html>", "media/posts/201907/a.jpg": picture(1)}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        assert not placed(plan)
        assert "in the format JSON" in left(plan)["a"]


def test_broken_json_of_posts_leaves_the_photos(tmp_path: Path) -> None:
    files: Files = {"content/posts_1.json": '[{"media": [', "media/posts/201907/a.jpg": picture(1)}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        assert list(placed(plan)) == ["Instagram 2019/a.jpg"]
        assert "isn't complete JSON" in left(plan)["content/posts_1.json"]


# Google's names


def about(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "photoTakenTime": {"timestamp": SUMMER}, "description": f"of {title}"} | more


def test_a_json_that_is_broken_or_of_another_form_is_told_and_its_photo_goes_in(tmp_path: Path) -> None:
    where = "Takeout/Google Photos/Photos from 2019/"
    said = {"a": '{"title": "a.jpg', "b": '{"version": 9, "when": "noon"}', "c": "[1, 2]"}
    files: Files = {f"{where}{name}.jpg.json": text for name, text in said.items()}
    files |= {f"{where}{name}.jpg": picture(number) for number, name in enumerate("abcd")}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        assert sorted(placed(plan)) == [f"2019/{name}.jpg" for name in "abcd"]
        reasons = left(plan)
        assert "its JSON isn't complete" in reasons[f"{where}a.jpg"]
        assert all("please report this" in reasons[f"{where}{name}.jpg"] for name in "bc")
        assert {unplaced.name for unplaced in plan.unplaced() if unplaced.is_failure} == reasons.keys()
        assert [note for note in plan.notes if "had no JSON" in note] == [
            "1 photo from Google had no JSON: no caption, and the date only if it is in the file"
        ]


LONG = "0123456789 a name that is longer than Google's names of files.jpg"


@pytest.mark.parametrize(
    ("file", "sidecar", "title"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-me.json", "IMG_1.jpg"),
        ("IMG_1(2).jpg", "IMG_1.jpg(2).json", "IMG_1.jpg"),
        ("IMG_1(2).jpg", "IMG_1.jpg.supplemental-metadata(2).json", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.json", "IMG_1"),
        (f"{LONG[:47]}.jpg", f"{LONG[:46]}.json", LONG),
        (f"{LONG[:47]}.jpg", f"{LONG[:51]}.json", LONG),
        (f"{LONG[:47]}.jpg", f"{LONG[:53]}.json", LONG),
        ("who_ me_.jpg", "something else.json", "who? me&.jpg"),
        ("no suffix", "no suffix.json", "no suffix"),
    ],
)
def test_googles_json_is_found_from_the_photos_name(tmp_path: Path, file: str, sidecar: str, title: str) -> None:
    where = "Takeout/Google Photos/Photos from 2019/"
    other = {f"{where}other.jpg": picture(2), f"{where}other.jpg.json": about("other.jpg")}
    files: Files = {f"{where}{file}": picture(1), f"{where}{sidecar}": about(title), **other}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        assert placed(plan)[f"2019/{file}"].found.caption == f"of {title}"
        assert not plan.failures


def test_two_photos_with_one_cut_name_keep_their_own_json(tmp_path: Path) -> None:
    where = "Takeout/Google Photos/Photos from 2019/"
    one, two = f"{LONG[:44]}A.jpg", f"{LONG[:44]}BB.jpg"
    files: Files = {
        f"{where}{one}": picture(1),
        f"{where}{two}": picture(2),
        f"{where}{LONG[:44]}B.json": about(two),
        f"{where}{LONG[:44]}A.j.json": about(one),
    }
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        assert {item.file: item.found.caption for item in placed(plan).values()} == {one: f"of {one}", two: f"of {two}"}


def test_what_moves_in_a_motion_photo_has_its_place_and_time(tmp_path: Path) -> None:
    where = "Takeout/Google Photos/Photos from 2019/"
    files: Files = {
        f"{where}live.jpg": picture(1),
        f"{where}live.MP4": FILM,
        f"{where}live.jpg.json": about("live.jpg"),
    }
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        moving = placed(plan)["2019/live.MP4"].found
    assert (moving.film, moving.taken_at, moving.caption) == (True, "2019-07-01T10:10:10+00:00", "")


def test_a_live_photo_keeps_one_name(tmp_path: Path) -> None:
    """Two photos of one name come into one set, each with its film."""
    files: Files = {"Photos/Photo Details.csv": "imgName,originalCreationDate\n"}
    for number, folder in enumerate(("Photos", "Photos 2")):
        files |= {f"{folder}/IMG_1.JPG": picture(number), f"{folder}/IMG_1.MOV": FILM + bytes([number])}
    with planned(folder_of(tmp_path / "iCloud Photos", files)) as plan:
        names = {item.found.entry.name: stem_of(item.file or "") for item in placed(plan).values()}
    for folder in ("Photos", "Photos 2"):
        assert names[f"{folder}/IMG_1.JPG"] == names[f"{folder}/IMG_1.MOV"]
    assert len(set(names.values())) == 2


def saved(image: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize("word", ["edited", "bearbeitet", "modifié", "編集済み"])
def test_an_edited_copy_takes_the_place_of_its_original(tmp_path: Path, word: str) -> None:
    where = "Takeout/Google Photos/Photos from 2019/"
    whole = Image.open(io.BytesIO(picture(1, (400, 300), 95))).convert("RGB")
    files: Files = {
        f"{where}IMG_1.jpg": saved(whole),
        f"{where}IMG_1-{word}.jpg": saved(ImageEnhance.Brightness(whole).enhance(1.1)),
        f"{where}IMG_1.jpg.json": about("IMG_1.jpg"),
    }
    archive = zip_of(tmp_path / "a.zip", files)
    with planned(archive) as plan:
        assert list(placed(plan)) == [f"2019/IMG_1-{word}.jpg"]
        assert "a copy of" in left(plan)[f"{where}IMG_1.jpg"]
        assert placed(plan)[f"2019/IMG_1-{word}.jpg"].found.caption == "of IMG_1.jpg"
    with planned(archive, copies=True) as plan:
        assert len(placed(plan)) == 2


def test_burst_shots_and_recompressed_copies_are_told_apart(tmp_path: Path) -> None:
    whole = Image.open(io.BytesIO(picture(1, (800, 600), 95))).convert("RGB")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:07:01 12:10:10"
    files: dict[str, Image.Image] = {
        "camera/IMG_1.jpg": whole,
        "camera/IMG_1_1.jpg": ImageEnhance.Brightness(whole).enhance(1.02),  # a burst
        "camera/IMG_12.jpg": ImageEnhance.Brightness(whole).enhance(1.04),
        "sent/by mail.jpg": whole.resize((400, 300)),
    }
    for name, image in files.items():
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        image.save(tmp_path / "all" / name, quality=80, exif=exif)
    with planned(tmp_path / "all") as plan:
        assert sorted(placed(plan)) == ["camera/IMG_1.jpg", "camera/IMG_12.jpg", "camera/IMG_1_1.jpg"]
        assert "which is larger" in left(plan)["sent/by mail.jpg"]


def test_a_copy_is_found_across_time_zones(tmp_path: Path) -> None:
    whole = Image.open(io.BytesIO(picture(1, (800, 600), 95))).convert("RGB")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:07:01 12:10:10"  # two hours east of Greenwich
    (tmp_path / "camera").mkdir()
    whole.save(tmp_path / "camera" / "a.jpg", quality=95, exif=exif)
    where = "Takeout/Google Photos/Photos from 2019/"
    files: Files = {
        f"{where}a.jpg": saved(whole.resize((400, 300))),
        f"{where}a.jpg.json": about("a.jpg", people=[{"name": "Ada"}]),
    }
    with planned(tmp_path / "camera", zip_of(tmp_path / "a.zip", files)) as plan:
        (item,) = placed(plan).values()
    assert (item.set_name, item.found.caption, item.found.people) == ("camera", "of a.jpg", ("Ada",))


def test_a_photo_of_two_albums_is_one_original(tmp_path: Path) -> None:
    where, data = "Takeout/Google Photos", picture(1)
    files: Files = {}
    for folder in ("Photos from 2019", "Alps", "Best"):
        files |= {f"{where}/{folder}/a.jpg": data, f"{where}/{folder}/a.jpg.json": about("a.jpg")}
    files |= {f"{where}/{album}/metadata.json": {"title": album, "description": "x"} for album in ("Alps", "Best")}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        (item,) = placed(plan).values()
        assert (item.set_name, item.also, plan.same) == ("Alps", ("Best",), 2)


def test_the_json_of_a_photo_that_is_missing_gives_an_album_no_title(tmp_path: Path) -> None:
    where = "Takeout/Google Photos/Trip"
    files: Files = {f"{where}/a.jpg": picture(1), f"{where}/gone.jpg.json": {"title": "gone.jpg"}}
    files[f"{where}/metadata.json"] = {"title": "A trip"}
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        (item,) = placed(plan).values()
        assert item.set_name == "A trip"
        assert f"{where}/gone.jpg.json" in left(plan)


# Flickr, iCloud, folders


def test_a_flickr_export_keeps_titles_tags_albums_and_dates(tmp_path: Path) -> None:
    photo = {
        "id": "52345678901",
        "name": "At the &quot;pier&quot;",
        "description": 'with <a href="https://example.org">them</a>',
        "date_taken": "2012-05-01 10:11:12",
        "tags": [{"tag": "sea"}, {"tag": "côte"}],
        "albums": [],
        "privacy": "private",
    }
    words: Files = {
        "photo_52345678901.json": photo,
        "photo_52345678902.json": {"id": "52345678902", "date_taken": "0000-00-00 00:00:00"},
        "photo_52345678903.json": {"id": "52345678903"},
        "albums.json": {"albums": [{"id": "7", "title": "Sea/side", "description": "", "photos": ["52345678901"]}]},
    }
    photos: Files = {"at-the-pier_52345678901_o.jpg": picture(1), "52345678902_ab12cd34ef_o.jpg": picture(2)}
    with planned(zip_of(tmp_path / "words.zip", words), zip_of(tmp_path / "data-download-1.zip", photos)) as plan:
        assert [source.kind for source in plan.sources] == ["flickr"]
        found = placed(plan)
        assert list(found) == ["Sea-side/at-the-pier_52345678901_o.jpg", "No date/52345678902_ab12cd34ef_o.jpg"]
        pier = found["Sea-side/at-the-pier_52345678901_o.jpg"].found
        assert (pier.title, pier.caption, pier.keywords) == ('At the "pier"', "with them", ("sea", "côte"))
        assert pier.taken_at == "2012-05-01T10:11:12"
        assert "isn't in what you gave" in left(plan)["photo_52345678903.json"]
        assert any("not public on Flickr" in note for note in plan.notes)


def test_an_icloud_export_keeps_albums_favourites_and_dates(tmp_path: Path) -> None:
    details = (
        "imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate\n"
        'IMG_1.HEIC,abc,yes,no,no,"Sunday August 11,2019 5:43 PM GMT",10,"Monday August 12,2019 5:43 PM GMT"\n'
        'IMG_2.JPG,abc,no,yes,no,"Sunday August 11,2019 5:43 PM GMT",0,""\n'
        'IMG_3.JPG,abc,no,no,yes,"Sunday August 11,2019 5:43 PM GMT",0,""\n'
        'IMG_4.JPG,abc,no,no,no,"Thursday January 1,1970 0:00 AM GMT",0,""\n'
        "GONE.JPG,abc,no,no,no,,0,\n"
    )
    one: Files = {
        "Photos/Photo Details.csv": details,
        "Photos/IMG_1.HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80),
        "Photos/IMG_1.MOV": FILM,
        **{f"Photos/IMG_{number}.JPG": picture(number) for number in (2, 3, 4)},
    }
    two: Files = {"Albums/Crète.csv": "Images\nIMG_1.HEIC\n"}
    parts = [
        zip_of(tmp_path / f"iCloud Photos Part {number} of 2.zip", files) for number, files in ((1, one), (2, two))
    ]
    with planned(*parts) as plan:
        found = placed(plan)
        assert list(found) == ["Crète/IMG_1.HEIC", "Crète/IMG_1.MOV", "No date/IMG_4.JPG"]
        assert found["Crète/IMG_1.MOV"].taken_at == found["Crète/IMG_1.HEIC"].taken_at
        assert found["Crète/IMG_1.HEIC"].found.is_favourite
        assert found["Crète/IMG_1.HEIC"].taken_at == "2019-08-11T17:43:00+00:00"
        reasons = left(plan)
    assert reasons["Photos/IMG_2.JPG"] == "hidden in Apple Photos"
    assert reasons["Photos/IMG_3.JPG"] == "deleted in Apple Photos"
    assert "isn't in what you gave" in reasons["GONE.JPG"]


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmp:Rating="{rating}"
 photoshop:DateCreated="2019-07-01T12:10:10+02:00">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">The pier</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">At noon</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>Ada</rdf:li><rdf:li>People</rdf:li></rdf:Bag></dc:subject>
<lr:hierarchicalSubject><rdf:Bag><rdf:li>People|Ada</rdf:li><rdf:li>places|pier</rdf:li></rdf:Bag></lr:hierarchicalSubject>
<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Björn</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("sidecar", ["a.jpg.xmp", "a.xmp", "A.XMP"])
def test_folders_keep_what_programs_wrote_beside_photos(tmp_path: Path, sidecar: str) -> None:
    files: Files = {
        "2019/Rome/a.jpg": picture(1),
        f"2019/Rome/{sidecar}": XMP.format(rating=5),
        "top.jpg": picture(2),
        "bad.jpg": picture(3),
        "bad.jpg.xmp": XMP.format(rating=-1),
        "lonely.xmp": XMP.format(rating=1),
        "raw.CR2": b"II*\0" + bytes(80),
        "notes.txt": "notes",
    }
    with planned(folder_of(tmp_path / "Pictures", files)) as plan:
        found = placed(plan)
        assert sorted(found) == ["2019 - Rome/a.jpg", "Pictures/top.jpg"]
        words = found["2019 - Rome/a.jpg"].found
        reasons = left(plan)
    assert (words.title, words.caption, words.keywords, words.people) == (
        "The pier",
        "At noon",
        ("sea",),
        ("Björn", "Ada"),
    )
    assert (words.taken_at, words.is_favourite) == ("2019-07-01T12:10:10+02:00", True)
    assert "rejected" in reasons["bad.jpg"]
    assert "without its photo" in reasons["lonely.xmp"]
    assert "raw file" in reasons["raw.CR2"]


def test_a_broken_sidecar_leaves_its_photo(tmp_path: Path) -> None:
    files: Files = {
        "a.jpg": picture(1),
        "a.jpg.xmp": "<x:xmpmeta",
        "b.jpg": picture(2),
        "b.xmp": '<!DOCTYPE x [<!ENTITY y "z">]><x/>',
    }
    with planned(folder_of(tmp_path / "Pictures", files)) as plan:
        assert sorted(placed(plan)) == ["Pictures/a.jpg", "Pictures/b.jpg"]
        assert set(left(plan)) == {"a.jpg.xmp", "b.xmp"}


# Containers that are made to do harm, or came to harm


def test_a_zip_that_is_cut_off_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    export = made_exports.takeout(tmp_path, 60, parts=2)
    cut = export.paths[1]
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    with planned(*export.paths) as plan:
        assert "download this part again" in left(plan)[str(cut)]
        assert plan.uploads > 10
        assert [source.kind for source in plan.sources] == ["takeout"]


def test_a_photo_that_is_damaged_inside_its_zip_is_refused(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", {"a.jpg": picture(1), "b.jpg": picture(2)})
    whole = bytearray(archive.read_bytes())
    whole[whole.index(picture(1)) + 30] ^= 0xFF
    archive.write_bytes(whole)
    with planned(archive) as plan:
        container = plan.sources[0].container
        with pytest.raises(Exception, match="damaged inside its zip"):
            container.read("a.jpg")


def test_encrypted_zips_say_what_to_do(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", {"a.jpg": picture(1)})
    whole = bytearray(archive.read_bytes())
    whole[6] |= 1  # the flag, in the file's own header and in the directory
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(whole)
    with planned(archive) as plan:
        assert "need a password" in left(plan)["a.zip"]


@pytest.mark.parametrize("name", ["../a.jpg", "/etc/a.jpg", "x/../../a.jpg", "C:\\a.jpg", "..\\a.jpg"])
def test_names_that_lead_out_of_a_zip_are_refused(tmp_path: Path, name: str) -> None:
    with planned(zip_of(tmp_path / "a.zip", {name: picture(1), "b.jpg": picture(2)})) as plan:
        assert list(placed(plan)) == ["a/b.jpg"]
        assert list(left(plan).values()) == ["its name leads out of the zip"]


def test_bombs_are_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bomb.jpg", bytes(40 * 1024 * 1024))
        out.writestr("b.jpg", picture(1))
    with planned(tmp_path / "a.zip") as plan:
        assert list(placed(plan)) == ["a/b.jpg"]
        assert "no photo does" in left(plan)["a.zip: bomb.jpg"]


def test_an_entry_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.jpg", picture(1) + bytes(100_000))
    whole = bytearray((tmp_path / "a.zip").read_bytes())
    directory = whole.index(b"PK\x01\x02")
    whole[directory + 24 : directory + 28] = struct.pack("<I", 1000)
    (tmp_path / "a.zip").write_bytes(whole)
    with planned(tmp_path / "a.zip") as plan, pytest.raises(Exception, match="damaged inside its zip"):
        plan.sources[0].container.read("a.jpg")


def test_what_google_dates_1970_has_no_date_unless_it_is_from_then(tmp_path: Path) -> None:
    where = "Takeout/Google Photos/Photos from 1970"
    then = {"timestamp": "15000000"}
    files: Files = {f"{where}/{name}.jpg": picture(number) for number, name in enumerate(("none", "then", "bare"))}
    files[f"{where}/none.jpg.json"] = about("none.jpg", photoTakenTime={"timestamp": "0"})
    files[f"{where}/then.jpg.json"] = about("then.jpg", photoTakenTime=then)
    with planned(zip_of(tmp_path / "takeout.zip", files)) as plan:
        assert set(placed(plan)) == {"No date/none.jpg", "1970/then.jpg", "No date/bare.jpg"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_in_a_zip_are_both_taken_each_with_its_json(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    where = "Takeout/Google Photos/Photos from 2019"
    with zipfile.ZipFile(path, "w") as out:
        for number, text in enumerate(("first", "second")):
            out.writestr(f"{where}/a.jpg", picture(number))
            out.writestr(f"{where}/a.jpg.json", json.dumps(about("a.jpg", description=text)))
    with planned(path) as plan:
        texts = {item.found.caption: item for item in plan.table.items()}
        for number, text in enumerate(("first", "second")):
            item = texts[text]
            assert plan.sources[0].container.read(item.found.entry.name) == picture(number)
        assert left(plan) == {}


def test_names_that_a_mac_wrote_into_a_zip_are_read(tmp_path: Path) -> None:
    """UTF-8, split into letters and accents, and nothing that says it is UTF-8."""
    name = unicodedata.normalize("NFD", "Fotos/Añil/jardín.jpg")
    path = zip_of(tmp_path / "mac.zip", {"x" * len(name.encode()): picture(1), "caf\u00e9.jpg": picture(2)})
    data = path.read_bytes().replace(b"x" * len(name.encode()), name.encode())
    path.write_bytes(data)
    with planned(path) as plan:
        assert set(placed(plan)) == {"Fotos - Añil/jardín.jpg", "mac/café.jpg"}
    data = data.replace(name.encode(), b"\x81" + b"y" * (len(name.encode()) - 5) + b".jpg")  # ü of code page 437
    path.write_bytes(data)
    with planned(path) as plan:
        assert any("/üyy" in name for name in placed(plan))


def test_names_that_differ_in_how_accents_are_written_are_two_files(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "été.jpg") for form in ("NFC", "NFD")]
    with planned(folder_of(tmp_path / "both", {name: picture(at) for at, name in enumerate(names)})) as plan:
        assert len(placed(plan)) == 2
        found = {plan.sources[0].container.read(item.found.entry.name) for item in plan.table.items()}
        assert found == {picture(0), picture(1)}


def test_what_was_locked_or_archived_at_google_stays_out(tmp_path: Path) -> None:
    where = "Takeout/Google Photos"
    files: Files = {f"{where}/Best/metadata.json": {"title": "Best"}}
    for number, (folder, said) in enumerate(
        (("Locked Folder", "inLockedFolder"), ("Archive", "archived"), ("Best", "archived"), ("Best", "inLockedFolder"))
    ):
        files[f"{where}/{folder}/{number}.jpg"] = picture(number)
        files[f"{where}/{folder}/{number}.jpg.json"] = about(f"{number}.jpg", **{said: True})
    path = zip_of(tmp_path / "takeout.zip", files)
    with planned(path) as plan:
        assert set(placed(plan)) == {"Best/2.jpg"}, "in its albums, Google shows what is archived"
        reasons = left(plan)
        assert reasons[f"{where}/Locked Folder/0.jpg"] == reasons[f"{where}/Best/3.jpg"]
        assert "locked folder" in reasons[f"{where}/Best/3.jpg"]
        assert "--with archived" in reasons[f"{where}/Archive/1.jpg"]
    with planned(path, extras=frozenset({"archived"})) as plan:
        assert set(placed(plan)) == {"Best/2.jpg", "Archive/1.jpg"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder_of(tmp_path / "all", {"a.jpg": picture(1)})
    os.symlink("/etc", tmp_path / "all" / "etc")
    info = zipfile.ZipInfo("link.jpg")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(info, "/etc/passwd")
    assert [refused.name for refused in Folder(tmp_path / "all").refused] == ["etc"]
    assert [refused.reason for refused in ZipParts([tmp_path / "a.zip"]).refused] == ["a link, which is not followed"]


@pytest.mark.parametrize(("second", "is_told"), [("20261126T101112Z-002", False), ("20261127T000000Z-001", True)])
def test_googles_zips_made_at_several_times_may_be_two_peoples(tmp_path: Path, second: str, is_told: bool) -> None:
    zips = []
    for number, made in enumerate(("20261126T101112Z-001", second)):
        files: Files = {f"Takeout/Google Photos/Lisbon/{number}.jpg": picture(number)}
        zips.append(zip_of(tmp_path / f"takeout-{made}.zip", files))
    with planned(*zips) as plan:
        assert sorted(placed(plan)) == ["Lisbon/0.jpg", "Lisbon/1.jpg"]
        assert any("two people's" in note for note in plan.notes) == is_told


def test_two_peoples_exports_are_kept_apart(tmp_path: Path) -> None:
    one, two = (made_exports.instagram(tmp_path, 8, seed) for seed in (1, 1000))
    with planned(*one.paths, *two.paths) as plan:
        assert len(plan.sources) == 2
        assert any("two people's" in note for note in plan.notes)
        assert plan.uploads == len(one.photos | two.photos)


def test_what_cannot_be_a_photo_says_so(tmp_path: Path) -> None:
    files: Files = {"a.jpg": b"", "b.jpg": "no photo", "c.mp4": bytes(100), "d.jpg": picture(1), "e.avi": bytes(100)}
    with planned(folder_of(tmp_path / "all", files)) as plan:
        assert list(placed(plan)) == ["all/d.jpg"]
        reasons = left(plan)
    assert reasons["a.jpg"] == "the file is empty"
    assert "not an image" in reasons["b.jpg"]
    assert "not a film" in reasons["c.mp4"]
    assert "convert it to MP4" in reasons["e.avi"]


def test_films_go_in_with_their_posts(tmp_path: Path) -> None:
    files: Files = {
        "content/posts_1.json": [post("media/posts/201907/a.mp4", "Waves"), post("media/posts/201907/b.mp4")],
        "media/posts/201907/a.mp4": FILM,
        "media/posts/201907/b.mp4": picture(1),
        "media/posts/201907/film.jpg": FILM + b"1",
    }
    with planned(zip_of(tmp_path / "a.zip", files)) as plan:
        (item,) = placed(plan).values()
        assert (item.file, item.kind, item.found.film) == ("2019-07-01_101010.mp4", "video/mp4", True)
        assert (item.found.caption, item.taken_at) == ("Waves", "2019-07-01T10:10:10+00:00")
        reasons = left(plan)
    assert "not a film" in reasons["media/posts/201907/b.mp4"]
    assert "ends in .mp4" in reasons["media/posts/201907/film.jpg"]


def test_a_folder_of_zips_is_its_zips(tmp_path: Path) -> None:
    export = made_exports.takeout(tmp_path, 20, parts=2)
    with planned(tmp_path) as plan:
        assert [source.kind for source in plan.sources] == ["takeout"]
        assert plan.uploads == len(export.photos)
    (tmp_path / "a.jpg").write_bytes(picture(1))
    with planned(tmp_path) as plan:
        assert list(placed(plan)) == [f"{tmp_path.name}/a.jpg"]
        assert "by name if it is part of an export" in plan.notes[0]


def test_sources_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="check its name"):
        open_sources([tmp_path / "none.zip"], None)
    (tmp_path / "a.tgz").write_bytes(b"x")
    with pytest.raises(SourceError, match="is not a zip"):
        open_sources([tmp_path / "a.tgz"], None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderError, match="nothing to import"), planned(tmp_path / "empty"):
        pass


# Names and values


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Rome/Florence", "Rome-Florence"),
        ("  ..hidden ", "hidden"),
        ("a\nb\x00c", "a b c"),
        ("", "Untitled"),
        ("🎉", "🎉"),
        ("x" * 500, "x" * 188),
        ("é" * 300, "é" * 94),
    ],
)
def test_titles_become_names_that_sets_can_have(title: str, name: str) -> None:
    assert set_name_of_title(title) == name


def test_albums_of_one_title_are_two_sets() -> None:
    albums = [Album("b", "Summer"), Album("a", "summer"), Album("c", "Winter")]
    assert name_sets(albums) == {"a": "summer", "b": "Summer 2", "c": "Winter"}


def test_photos_of_one_name_in_one_set_keep_theirs_from_run_to_run(tmp_path: Path) -> None:
    where = "your_instagram_activity/media/posts_1.json"
    posts = [post(f"media/posts/201907/{name}.jpg") for name in "ab"]
    files: Files = {f"media/posts/201907/{name}.jpg": picture(number) for number, name in enumerate("ab")}
    names = []
    for _ in range(2):
        with planned(zip_of(tmp_path / "a.zip", {where: posts, **files})) as plan:
            names.append({item.found.entry.name: item.file for item in plan.table.items()})
    assert (
        names[0]
        == names[1]
        == {
            "media/posts/201907/a.jpg": "2019-07-01_101010.jpg",
            "media/posts/201907/b.jpg": f"2019-07-01_101010-{sha256(picture(1))[:8]}.jpg",
        }
    )


@pytest.mark.parametrize(
    ("by", "sets"), [("year", ["2012", "No date"]), ("month", ["2012-05", "No date"]), ("one", ["Flickr", "Flickr"])]
)
def test_photos_of_no_album_go_where_the_owner_says(tmp_path: Path, by: str, sets: list[str]) -> None:
    files: Files = {
        "photo_52345678901.json": {"id": "52345678901", "date_taken": "2012-05-01 10:11:12"},
        "photo_52345678902.json": {"id": "52345678902"},
        "x_52345678901_o.jpg": picture(1),
        "x_52345678902_o.jpg": picture(2),
    }
    with planned(zip_of(tmp_path / "a.zip", files), sets=by) as plan:
        assert [item.set_name for item in plan.table.items()] == sets


def test_names_of_files_are_made_possible() -> None:
    assert file_name_of("a/b\n.jpg") == "a_b_.jpg"
    assert file_name_of(f"{'é' * 200}.jpg") == f"{'é' * 118}.jpg"
    assert file_name_of(" ") == "photo"


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        ("0", None),
        (3600, None),
        ("-631152000", "1950-01-01T00:00:00+00:00"),
        (SUMMER, "2019-07-01T10:10:10+00:00"),
        ("soon", None),
        (None, None),
        (10**30, None),
    ],
)
def test_seconds_become_moments(seconds: Any, moment: str | None) -> None:
    assert from_seconds(seconds) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2012:05:01 10:11:12", "2012-05-01T10:11:12"),
        ("2012-05-01T10:11:12.345Z", "2012-05-01T10:11:12+00:00"),
        ("1970-01-01T00:00:00", None),
        ("0000-00-00 00:00:00", None),
        ("", None),
        (7, None),
    ],
)
def test_texts_become_moments(text: Any, moment: str | None) -> None:
    assert from_text(text) == moment


def test_facts_survive_as_metadata() -> None:
    facts = ToldFacts("2019-07-01T10:10:10+00:00", ("sea", "côte, d'Azur", "日本"), 4)
    metadata = to_metadata(facts)
    assert "".join(metadata.values()).isascii()
    assert from_metadata(metadata) == facts
    assert len("".join(to_metadata(ToldFacts(None, tuple(f"日本{number}" for number in range(500)))).values())) <= 1500
    assert from_metadata({"taken-at": "yesterday", "keywords": "%FF%zz,"}) == ToldFacts(None, ("\ufffd%zz",))
    assert [from_metadata({"rating": stars}).rating for stars in ("3", "9", "-1", "best", "")] == [3, 0, 0, 0, 0]


def test_the_best_photo_of_a_set_is_a_favourite_or_else_one_with_the_most_stars(tmp_path: Path) -> None:
    files: Files = {}
    for folder, stars in {"stars": (2, 3, 4, 4), "best": (4, 5, 5), "plain": (0, 1, 2)}.items():
        for number, rating in enumerate(stars):
            files[f"{folder}/{number}.jpg"] = picture(len(files))
            files[f"{folder}/{number}.xmp"] = XMP.format(rating=rating)
    with planned(folder_of(tmp_path / "Pictures", files)) as plan:
        assert {name: plan.table.find_best(name) for name in ("stars", "best", "plain", "none")} == {
            "stars": "2.jpg",
            "best": "1.jpg",
            "plain": None,
            "none": None,
        }


def test_a_full_disk_is_told_in_words() -> None:
    table = FoundTable()
    table.query("PRAGMA max_page_count = 20")

    def fill() -> None:
        with telling_of_full_disk():
            for number in range(1000):
                table.leave_out(Unplaced("name" * 100, str(number)))

    with pytest.raises(DiskFullError, match="TMPDIR"):
        fill()
    table.close()


def test_what_was_found_survives_the_table(tmp_path: Path) -> None:
    with planned(folder_of(tmp_path / "all", {"a.jpg": picture(1)})) as plan:
        (item,) = plan.table.items()
        again = Found.from_json(item.found.entry, json.loads(json.dumps(item.found.to_json())))
    assert again == item.found
    assert isinstance(Note("x"), tuple)
    assert Unplaced("a", "b").is_failure is False


def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """Run the command where there is no site yet."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "KINPICS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    return CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "import", *arguments])


def test_a_dry_run_needs_no_site_and_ends_with_what_it_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = made_exports.instagram(tmp_path, 30)
    result = command(tmp_path, monkeypatch, "--dry-run", *map(str, export.paths))
    assert f"kinpics cost --photos {len(export.photos)} " in result.stdout
    assert "there is no site yet" in result.stdout
    assert result.exit_code == 1, "a photo is missing from the export"
    plan = json.loads(command(tmp_path, monkeypatch, "--dry-run", "--json", *map(str, export.paths)).stdout)
    assert sum(one["uploads"] for one in plan["sets"]) == len(export.photos)
    failed = {entry["name"] for entry in plan["left_out"] if entry["is_failure"]}
    assert failed == {"media/posts/201501/gone.jpg", "media/posts/201503/film.mp4"}, "no film, in spite of its name"


def test_a_long_list_of_what_is_left_out_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: Files = {f"{number}.jpg": b"" for number in range(30)} | {"good.jpg": picture(1)}
    result = command(tmp_path, monkeypatch, "--dry-run", str(folder_of(tmp_path / "all", files)))
    listed = tmp_path / "data" / "import-left-out.txt"
    assert str(listed) in result.stdout
    assert len(listed.read_text().splitlines()) == 30


def test_without_a_site_an_import_says_what_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = command(tmp_path, monkeypatch, str(folder_of(tmp_path / "all", {"good.jpg": picture(1)})))
    assert result.exit_code == 1
    assert "kinpics local" in result.stderr
