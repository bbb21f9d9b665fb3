"""Faces that other programs named: read from XMP as they lie in the upright photo."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from functions.crops import Area
from functions.face_regions import MAX_REGIONS, NamedArea, Stored, as_stored, over_faces, read_regions, upright
from functions.process.images import render
from functions.xmp import MAX_XMP_BYTES, BadXmpError, parse_xmp

# Pictures of two ovals, with regions that exiftool wrote: of both forms, a nameless one and a pet's among them.
FILES = Path(__file__).parents[1] / "data" / "regions"
WIDE = Stored(160, 100)
ANN, BOB = Area(0.125, 0.2, 0.2, 0.4), Area(0.625, 0.4, 0.2, 0.4)
NAMESPACES = """
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
    xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
    xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
"""
# As Lightroom writes them: a Description in each item, and attributes wherever a value is a text.
LIGHTROOM = """
    <mwg-rs:Regions rdf:parseType="Resource">
     <mwg-rs:AppliedToDimensions stDim:w="160" stDim:h="100" stDim:unit="pixel"/>
     <mwg-rs:RegionList><rdf:Bag>
      <rdf:li><rdf:Description mwg-rs:Rotation="0.00000" mwg-rs:Name="Ann" mwg-rs:Type="Face">
       <mwg-rs:Area stArea:h="0.40000" stArea:w="0.20000" stArea:x="0.22500" stArea:y="0.40000"/>
      </rdf:Description></rdf:li>
     </rdf:Bag></mwg-rs:RegionList>
    </mwg-rs:Regions>
"""
# As digiKam writes them: both forms, each item with attributes.
DIGIKAM = """
    <mwg-rs:Regions rdf:parseType="Resource">
     <mwg-rs:AppliedToDimensions stDim:w="160" stDim:h="100" stDim:unit="pixel"/>
     <mwg-rs:RegionList><rdf:Bag>
      <rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face">
       <mwg-rs:Area stArea:x="0.225" stArea:y="0.4" stArea:w="0.2" stArea:h="0.4" stArea:unit="normalized"/>
      </rdf:Description></rdf:li>
     </rdf:Bag></mwg-rs:RegionList>
    </mwg-rs:Regions>
    <MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>
     <rdf:li MPReg:Rectangle="0.125, 0.2, 0.2, 0.4" MPReg:PersonDisplayName="Ann"/>
    </rdf:Bag></MPRI:Regions></MP:RegionInfo>
"""
# As Picasa 3 writes them: elements, and resources without a Description.
PICASA = """
    <mwg-rs:Regions rdf:parseType="Resource">
     <mwg-rs:AppliedToDimensions rdf:parseType="Resource">
      <stDim:w>160</stDim:w><stDim:h>100</stDim:h><stDim:unit>pixel</stDim:unit>
     </mwg-rs:AppliedToDimensions>
     <mwg-rs:RegionList><rdf:Bag>
      <rdf:li rdf:parseType="Resource">
       <mwg-rs:Area rdf:parseType="Resource">
        <stArea:x>0.225</stArea:x><stArea:y>0.4</stArea:y><stArea:w>0.2</stArea:w><stArea:h>0.4</stArea:h>
        <stArea:unit>normalized</stArea:unit>
       </mwg-rs:Area>
       <mwg-rs:Name>Ann</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>
      </rdf:li>
     </rdf:Bag></mwg-rs:RegionList>
    </mwg-rs:Regions>
"""
# As osxphotos writes them into sidecars: a Description around everything.
OSXPHOTOS = f"<mwg-rs:Regions><rdf:Description>{PICASA.split('Resource', 1)[1].partition('>')[2]}"
OSXPHOTOS = OSXPHOTOS.replace("</mwg-rs:Regions>", "</rdf:Description></mwg-rs:Regions>")


def packet(body: str) -> bytes:
    return f'<rdf:RDF {NAMESPACES}><rdf:Description rdf:about="">{body}</rdf:Description></rdf:RDF>'.encode()


def region(area: str, *, name: str = "Ann", kind: str = "Face", unit: str = "normalized") -> str:
    x, y, width, height = area.split()
    return (
        f'<rdf:li><rdf:Description mwg-rs:Name="{name}" mwg-rs:Type="{kind}"><mwg-rs:Area stArea:x="{x}" '
        f'stArea:y="{y}" stArea:w="{width}" stArea:h="{height}" stArea:unit="{unit}"/></rdf:Description></rdf:li>'
    )


def mwg(*regions: str, size: str = "160 100") -> bytes:
    width, _, height = size.partition(" ")
    drawn_on = f'<mwg-rs:AppliedToDimensions stDim:w="{width}" stDim:h="{height}" stDim:unit="pixel"/>' if size else ""
    listed = f"<mwg-rs:RegionList><rdf:Bag>{''.join(regions)}</rdf:Bag></mwg-rs:RegionList>"
    return packet(f'<mwg-rs:Regions rdf:parseType="Resource">{drawn_on}{listed}</mwg-rs:Regions>')


def microsoft(rectangle: str) -> bytes:
    item = f'<rdf:li MPReg:Rectangle="{rectangle}" MPReg:PersonDisplayName="Ann"/>'
    bag = f"<MPRI:Regions><rdf:Bag>{item}</rdf:Bag></MPRI:Regions>"
    return packet(f'<MP:RegionInfo rdf:parseType="Resource">{bag}</MP:RegionInfo>')


def read(content: bytes, stored: Stored = WIDE) -> list[NamedArea]:
    return read_regions(parse_xmp(content), stored)


@pytest.mark.parametrize("name", ["named.jpg", "named.png", "named.webp", "named.heic"])
def test_files_name_their_faces(name: str) -> None:
    regions = render((FILES / name).read_bytes()).regions
    assert regions == [NamedArea("Ann Example", ANN), NamedArea("Bob Example", BOB)]


def test_regions_turn_with_their_photo() -> None:
    rendered = render((FILES / "turned.jpg").read_bytes())
    assert (rendered.width, rendered.height) == (100, 160)
    assert rendered.regions == [
        NamedArea("Ann Example", Area(0.4, 0.125, 0.4, 0.2)),
        NamedArea("Bob Example", Area(0.2, 0.625, 0.4, 0.2)),
    ]


def test_a_sidecar_of_exiftool_says_the_same() -> None:
    assert read((FILES / "named.jpg.xmp").read_bytes()) == render((FILES / "named.jpg").read_bytes()).regions


@pytest.mark.parametrize("form", [LIGHTROOM, DIGIKAM, PICASA, OSXPHOTOS], ids=["lr", "digikam", "picasa", "osxphotos"])
def test_forms_of_programs(form: str) -> None:
    assert read(packet(form)) == [NamedArea("Ann", ANN)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_turns_as_pillow_does(orientation: int) -> None:
    stored = Image.new("L", (160, 100))
    stored.paste(255, (20, 20, 52, 60))
    exif = stored.getexif()
    exif[0x0112] = orientation
    shown = ImageOps.exif_transpose(stored)
    left, top, right, bottom = shown.getbbox() or (0, 0, 0, 0)
    area = upright(Area(20 / 160, 20 / 100, 32 / 160, 40 / 100), orientation)
    assert area.in_pixels(*shown.size) == pytest.approx((left, top, right, bottom))
    assert as_stored(area, orientation) == pytest.approx(Area(20 / 160, 20 / 100, 32 / 160, 40 / 100))


def test_regions_of_the_upright_picture_are_not_turned_again() -> None:
    assert read(mwg(region("0.2 0.3 0.2 0.2"), size="100 160"), Stored(160, 100, 6)) == [
        NamedArea("Ann", Area(0.1, 0.2, 0.2, 0.2))
    ]


def test_a_photo_that_was_cut_since_has_no_regions() -> None:
    assert read(mwg(region("0.2 0.3 0.2 0.2"), size="160 160")) == []


def test_a_smaller_copy_keeps_its_regions() -> None:
    assert len(read(mwg(region("0.2 0.3 0.2 0.2"), size="4000 2501"))) == 1
    assert len(read(mwg(region("0.2 0.3 0.2 0.2"), size=""))) == 1


def test_areas_in_pixels_are_read_too() -> None:
    assert read(mwg(region("36 40 32 40", unit="pixel"))) == [NamedArea("Ann", ANN)]


@pytest.mark.parametrize(
    "entry",
    [
        region("0.2 0.3 0.2 0.2", name=""),
        region("0.2 0.3 0.2 0.2", name=" &#9;\u00a0 "),
        region("0.2 0.3 0.2 0.2", kind="Pet"),
        region("0.2 0.3 0.2 0.2", unit="inch"),
        region("1.2 0.3 0.2 0.2"),
        region("0.2 0.3 0 0.2"),
        region("0.2 0.3 -0.2 0.2"),
        region("nan 0.3 0.2 0.2"),
        region("0.2 0.3 inf 0.2"),
        region("0.2 0.3 wide 0.2"),
        region("1e400 0.3 0.2 0.2"),
    ],
)
def test_what_is_no_named_face_in_the_photo_is_skipped(entry: str) -> None:
    assert read(mwg(entry, region("0.225 0.4 0.2 0.4", name="Bob"))) == [NamedArea("Bob", ANN)]


def test_a_region_is_cut_off_at_the_edge() -> None:
    assert read(mwg(region("0.95 0.1 0.2 0.4"))) == [NamedArea("Ann", Area(0.85, 0.0, 0.15, 0.3))]


@pytest.mark.parametrize("rectangle", ["", "0.1", "0.1, 0.1, 0.1", "0.1, 0.1, 0.1, 0.1, 0.1", "a, b, c, d", ",,,"])
def test_a_rectangle_that_is_none_is_skipped(rectangle: str) -> None:
    assert read(microsoft(rectangle)) == []


def test_only_so_many_regions_are_read() -> None:
    many = [region(f"0.5 0.5 {0.001 * number} 0.2", name=f"Person {number}") for number in range(1, 400)]
    assert len(read(mwg(*many))) == MAX_REGIONS


def test_regions_over_faces() -> None:
    ann, bob = NamedArea("Ann", ANN), NamedArea("Bob", BOB)
    assert over_faces([ann, bob], [Area(0.15, 0.25, 0.1, 0.2)]) == [ann]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<a>" + b" " * MAX_XMP_BYTES + b"</a>", "more than 1 MB"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"), "document type"),
        (b"<a><b></a>", "no XML"),
        (b"<a>" * 50_000 + b"</a>" * 50_000, "more than 100 levels"),
        (b"", "no XML"),
        (b"\xff\xd8\xff\xe0", "no text"),
    ],
)
def test_what_is_no_xmp_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadXmpError, match=reason):
        parse_xmp(content)


def test_xmp_in_utf_16_is_read() -> None:
    assert read(mwg(region("0.225 0.4 0.2 0.4", name="Zoë")).decode().encode("utf-16"))[0].name == "Zoë"


def test_deep_and_wide_xmp_is_read_in_one_pass() -> None:
    deep = "<mwg-rs:Regions>" * 90 + "</mwg-rs:Regions>" * 90
    assert read(packet(deep * 200)) == []


@given(st.lists(st.floats(), min_size=4, max_size=4), st.integers(0, 9))
def test_whatever_the_numbers_a_region_is_in_the_photo(numbers: list[float], orientation: int) -> None:
    for _, area in read(mwg(region(" ".join(map(repr, numbers)))), Stored(160, 100, orientation)):
        assert min(area.left, area.top) >= 0
        assert min(area.width, area.height) > 0
        assert max(area.left + area.width, area.top + area.height) <= 1.00001
