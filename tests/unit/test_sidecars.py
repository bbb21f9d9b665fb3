"""Sidecars: whose they are, what they say, and how ours are written."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from functions.crops import Area
from functions.face_regions import NamedArea, Stored
from functions.xmp import BadXmpError
from scripts.people.sidecars import make_sidecar, pair, read_sidecar, sidecars_of, stored_file

FILES = Path(__file__).parents[1] / "data" / "regions"
WIDE, TURNED = Stored(160, 100), Stored(160, 100, 6)
ANN, BOB = NamedArea("Ann", Area(0.125, 0.2, 0.2, 0.4)), NamedArea("Bob & <Co>", Area(0.625, 0.4, 0.2, 0.4))


def write(file: Path, *regions: NamedArea, stored: Stored = WIDE) -> Path:
    file.write_bytes(make_sidecar(regions, stored, file) or b"")
    return file


def test_each_sidecar_finds_its_photo() -> None:
    photos = {name: name for name in ("a.jpg", "A.jpg", "b.jpg", "b.heic", "Zoe\u0308.jpg", "c.tar.jpg")}
    sidecars = ["a.jpg.xmp", "A.JPG.XMP", "b.xmp", "Zo\u00eb.jpg.xmp", "c.tar.xmp", "gone.jpg.xmp", ".xmp"]
    pairs, orphans = pair(sidecars, photos)
    assert pairs == [
        ("a.jpg.xmp", "a.jpg"),
        ("A.JPG.XMP", "a.jpg"),
        ("A.JPG.XMP", "A.jpg"),
        ("b.xmp", "b.jpg"),
        ("b.xmp", "b.heic"),
        ("Zo\u00eb.jpg.xmp", "Zoe\u0308.jpg"),
        ("c.tar.xmp", "c.tar.jpg"),
    ]
    assert orphans == ["gone.jpg.xmp", ".xmp"]
    assert all(pair([name], {"a.jpg": 1})[0] for name in sidecars_of("a.jpg"))


def test_a_photos_file_says_how_it_is_stored(tmp_path: Path) -> None:
    assert stored_file(FILES / "named.jpg") == WIDE
    assert stored_file(FILES / "turned.jpg") == TURNED
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8nothing")
    with pytest.raises(OSError, match="identify"):
        stored_file(broken)


def test_a_heic_says_how_it_is_stored(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGB", (160, 100))
    picture.info["exif"] = exif.tobytes()
    picture.save(tmp_path / "a.heic")
    with Image.open(tmp_path / "a.heic") as image:
        assert image.size == (100, 160)
    assert stored_file(tmp_path / "a.heic") == TURNED


@pytest.mark.parametrize("stored", [Stored(160, 100, orientation) for orientation in range(1, 9)])
def test_what_is_written_is_read_again(tmp_path: Path, stored: Stored) -> None:
    file = write(tmp_path / "a.jpg.xmp", ANN, BOB, stored=stored)
    sidecar = read_sidecar(file, stored)
    assert sidecar.is_ours
    assert [name for name, _ in sidecar.regions] == ["Ann", "Bob & <Co>"]
    for (_, area), region in zip(sidecar.regions, (ANN, BOB), strict=True):
        assert area == pytest.approx(region.area, abs=1e-5)
    people = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}PersonInImage"
    (listed,) = ElementTree.parse(file).iter(people)
    assert [item.text for item in listed[0]] == ["Ann", "Bob & <Co>"]


def test_a_sidecar_that_somebody_changed_is_not_ours_any_more(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jpg.xmp", ANN)
    file.write_text(file.read_text().replace('Name="Ann"', 'Name="Anna"'))
    assert read_sidecar(file, WIDE) == type(read_sidecar(file, WIDE))([NamedArea("Anna", ANN.area)], is_ours=False)
    assert not read_sidecar(FILES / "named.jpg.xmp", WIDE).is_ours


def test_what_others_added_to_our_sidecar_stays(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jpg.xmp", ANN)
    added = '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF>'
    file.write_text(file.read_text().replace("</rdf:RDF>", added))
    write(file, BOB)
    assert 'xmp:Rating="5"' in file.read_text()
    assert "Ann" not in file.read_text()
    assert read_sidecar(file, WIDE).is_ours
    write(file)
    assert 'xmp:Rating="5"' in file.read_text()
    assert "Bob" not in file.read_text()


def test_written_again_it_is_the_same(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jpg.xmp", ANN, BOB)
    before = file.read_bytes()
    assert write(file, ANN, BOB).read_bytes() == before


def test_a_photo_without_names_needs_no_sidecar(tmp_path: Path) -> None:
    assert make_sidecar([], WIDE, tmp_path / "a.jpg.xmp") == b""
    assert make_sidecar([], WIDE, write(tmp_path / "b.jpg.xmp", ANN)) == b""


@pytest.mark.parametrize("content", [(FILES / "named.jpg.xmp").read_bytes(), b"not XMP", b""])
def test_what_others_wrote_is_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.jpg.xmp"
    file.write_bytes(content)
    assert make_sidecar([ANN], WIDE, file) is None


def test_a_sidecar_of_5_mb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg.xmp"
    file.write_bytes(b"<a>" + b" " * 5_000_000 + b"</a>")
    with pytest.raises(BadXmpError, match="more than 1 MB"):
        read_sidecar(file, WIDE)
