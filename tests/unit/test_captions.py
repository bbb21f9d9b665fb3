"""What a photo is called and what it shows, from what is written in its file."""

import io
import struct
import time
import zlib

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, TiffImagePlugin, TiffTags

from functions.photo_texts import clean_caption, clean_keywords, clean_title
from functions.process.captions import Words
from functions.process.images import render

PICTURE = Image.new("RGB", (90, 90))
NOTHING = Words()


def packet(body: str, attributes: str = "") -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
        f'{" " * 2000}<?xpacket end="w"?>'
    ).encode()


def alternatives(name: str, **texts: str) -> str:
    items = "".join(f'<rdf:li xml:lang="{lang.replace("_", "-")}">{text}</rdf:li>' for lang, text in texts.items())
    return f"<dc:{name}><rdf:Alt>{items}</rdf:Alt></dc:{name}>"


def bag(*texts: str) -> str:
    return f"<dc:subject><rdf:Bag>{''.join(f'<rdf:li>{text}</rdf:li>' for text in texts)}</rdf:Bag></dc:subject>"


XMP = packet(
    alternatives("title", de="Am See", x_default="By the lake")
    + alternatives("description", x_default="First line.\n\nSecond &lt;b&gt;line&lt;/b&gt;.")
    + bag("lake", "summer", "Lake")
)


def iptc(*records: tuple[int, int, bytes]) -> bytes:
    """An IPTC block, as Photoshop puts it into an APP13 segment."""
    block = b"".join(struct.pack(">BBBH", 0x1C, record, number, len(data)) + data for record, number, data in records)
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def jpeg(segment: bytes = b"", **options: object) -> bytes:
    out = io.BytesIO()
    PICTURE.save(out, "JPEG", **options)
    return out.getvalue()[:2] + segment + out.getvalue()[2:]


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    PICTURE.save(out, kind, **options)
    return out.getvalue()


def png_with_chunk(kind: bytes, body: bytes) -> bytes:
    whole = encoded("PNG")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return whole[:33] + chunk + whole[33:]  # behind the header


def exif(tags: dict[int, object], details: dict[int, object] | None = None) -> Image.Exif:
    made = Image.Exif()
    made.update(tags)
    made.get_ifd(ExifTags.IFD.Exif).update(details or {})
    return made


def words_in(data: bytes) -> Words:
    return render(data).words


def heic(**options: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(PICTURE).save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        jpeg(xmp=XMP),
        encoded("WEBP", xmp=XMP),
        encoded("AVIF", xmp=XMP),
        encoded("TIFF", tiffinfo={700: XMP}),
        heic(xmp=XMP),
        png_with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    ],
    ids=["jpeg", "webp", "avif", "tiff", "heic", "png"],
)
def test_every_format_gives_its_xmp(data: bytes) -> None:
    assert words_in(data) == Words("By the lake", "First line.\n\nSecond <b>line</b>.", ("lake", "summer"))


def test_the_first_language_counts_if_none_is_the_default() -> None:
    assert words_in(jpeg(xmp=packet(alternatives("title", de="Am See", fr="Au lac")))).title == "Am See"


@pytest.mark.parametrize("xmp", [packet("<dc:title>Alone</dc:title>"), packet("", 'dc:title="Alone"')])
def test_a_title_may_come_without_languages(xmp: bytes) -> None:
    assert words_in(jpeg(xmp=xmp)) == Words("Alone")


def test_a_turned_png_is_shown_as_its_pixels_lie() -> None:
    """Pillow would turn it as its XMP says, which browsers don't."""
    turned = packet("<tiff:Orientation xmlns:tiff='http://ns.adobe.com/tiff/1.0/'>6</tiff:Orientation>")
    out = io.BytesIO()
    Image.new("RGB", (120, 90)).save(out, "PNG")
    body = b"XML:com.adobe.xmp\0\0\0\0\0" + turned
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    made = render(out.getvalue()[:33] + chunk + out.getvalue()[33:])
    assert (made.width, made.height) == (120, 90)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (
            [(1, 90, b"\x1b%G"), (2, 5, "Grüße".encode()), (2, 120, b"a\rb"), (2, 25, b"one"), (2, 25, b"two")],
            Words("Grüße", "a\nb", ("one", "two")),
        ),
        ([(2, 5, "Grüße".encode("cp1252"))], Words("Grüße")),
        ([(2, 5, "Grüße".encode())], Words("Grüße")),
        ([(2, 5, b""), (2, 120, b"x" * 2000)], Words(None, "x" * 2000)),
        ([(1, 90, b"\x1b%G"), (2, 5, b"a\xffb")], Words("a\ufffdb")),
    ],
    ids=["utf-8", "windows", "undeclared", "empty", "broken"],
)
def test_iptc_is_read_in_its_own_characters(records: list, expected: Words) -> None:
    assert words_in(jpeg(iptc(*records))) == expected


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def test_windows_own_exif_is_read() -> None:
    tags = {0x9C9B: utf16("Am See"), 0x9C9C: utf16("Ein\nSommertag"), 0x9C9E: utf16("See;Sommer;;see")}
    assert words_in(jpeg(exif=exif(tags))) == Words("Am See", "Ein\nSommertag", ("See", "Sommer"))


@pytest.mark.parametrize(
    ("tags", "details", "caption"),
    [
        ({0x010E: "A day out"}, {}, "A day out"),
        ({0x010E: "Grüße".encode()}, {}, "Grüße"),
        ({}, {0x9286: b"ASCII\0\0\0A comment"}, "A comment"),
        ({}, {0x9286: b"UNICODE\0" + "Grüße".encode("utf-16-le")}, "Grüße"),
        ({}, {0x9286: b"UNICODE\0" + "Grüße".encode("utf-16-be")}, "Grüße"),
        ({}, {0x9286: b"\0\0\0\0\0\0\0\0binary"}, None),
        ({0x010E: "SONY DSC"}, {0x9286: b"ASCII\0\0\0A comment"}, "A comment"),
    ],
)
def test_exif_gives_a_caption(tags: dict, details: dict, caption: str | None) -> None:
    assert words_in(jpeg(exif=exif(tags, details))) == Words(None, caption)


@pytest.mark.parametrize(
    ("data", "stars"),
    [
        (jpeg(xmp=packet("", 'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"')), 4),
        (jpeg(xmp=packet('<xmp:Rating xmlns:xmp="http://ns.adobe.com/xap/1.0/"> 3.0 </xmp:Rating>')), 3),
        (jpeg(xmp=packet("", 'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="-1"')), -1),
        (jpeg(xmp=packet("", 'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="many"')), 0),
        (jpeg(exif=exif({0x4746: 5})), 5),
    ],
    ids=["attribute", "element", "rejected", "no number", "EXIF"],
)
def test_stars_are_read(data: bytes, stars: int) -> None:
    assert words_in(data) == Words(rating=stars)


def test_xmp_comes_before_iptc_and_iptc_before_exif() -> None:
    everything = {
        "xmp": packet(alternatives("title", x_default="xmp")),
        "exif": exif({0x9C9B: utf16("exif"), 0x010E: "exif caption", 0x9C9E: utf16("exif keyword")}),
    }
    data = jpeg(iptc((2, 5, b"iptc"), (2, 120, b"iptc caption")), **everything)
    assert words_in(data) == Words("xmp", "iptc caption", ("exif keyword",))


@pytest.mark.parametrize(
    "text",
    [
        *("OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "KONICA MINOLTA DIGITAL CAMERA", "Exif_JPEG_PICTURE", "dav"),
        *("default", "DCIM\\100GOPRO\\GOPR0012.JPG", "DSC_0042", "IMG_1234.jpg", "P1010042", "Screenshot"),
        *("filter: 0; fileterIntensity: 0.0; captureOrientation: 0;", '{"sensor":"rear"}', "ozedf", "   ", "\0\0"),
    ],
)
def test_what_a_camera_writes_by_itself_is_left_out(text: str) -> None:
    assert words_in(jpeg(exif=exif({0x010E: text}))) == NOTHING


@pytest.mark.parametrize(
    "text",
    ["My first digital camera", "IMG_1234 at the lake", "Left: Anna; right: Ben; back: Karl", "Dave", "P1: the start"],
)
def test_what_people_write_is_not_taken_for_a_cameras(text: str) -> None:
    assert words_in(jpeg(exif=exif({0x010E: text}))).caption == text


def test_a_caption_that_repeats_the_title_is_left_out() -> None:
    assert words_in(jpeg(exif=exif({0x9C9B: utf16("At sea"), 0x010E: "At sea"}))) == Words("At sea")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a11;</x>'.encode(),
    "files": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + packet("<dc:title>&f;</dc:title>"),
    "ten megabytes": packet(alternatives("title", x_default="x" * 10_000_000)),
    "deep": b"<a>" * 100_000,
    "deep and closed": b"<a>" * 50_000 + b"</a>" * 50_000,
    "cut off": XMP[:400],
    "not text": bytes(range(256)),
    "another encoding": b'<?xml version="1.0" encoding="utf-16"?>' + packet(""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_packet_says_nothing_and_refuses_no_photo(name: str) -> None:
    start = time.process_time()
    made = render(encoded("WEBP", xmp=HOSTILE[name]))
    assert made.words == NOTHING
    assert made.width == 90
    assert time.process_time() - start < 5


def test_a_broken_block_does_not_hide_the_others() -> None:
    broken = iptc((2, 5, b"iptc"))[:-3]
    data = jpeg(
        broken[:2] + struct.pack(">H", len(broken) - 2) + broken[4:], xmp=b"<broken", exif=exif({0x010E: "Yes"})
    )
    assert words_in(data).caption == "Yes"


def test_a_png_with_packed_text_is_not_unpacked() -> None:
    bomb = zlib.compress(b"x" * 50_000_000)
    assert words_in(png_with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)) == NOTHING


def test_texts_are_cut_to_size() -> None:
    body = alternatives("title", x_default="t" * 400) + alternatives("description", x_default="c " * 4000)
    words = words_in(encoded("WEBP", xmp=packet(body + bag(*(f"{number} {'k' * 200}" for number in range(90))))))
    assert len(words.title or "") == 300
    assert len(words.caption or "") == 4_999  # the space at the end goes
    assert len(words.keywords) == 50
    assert {len(keyword) for keyword in words.keywords} == {100}


@pytest.mark.parametrize(
    "block",
    [
        {"xmp": packet(alternatives("title", x_default="a" + "\u0300\u0323" * 100_000))},
        {"xmp": packet(alternatives("description", x_default="a" + "\u0300\u0323" * 100_000))},
        {"xmp": packet(bag(*(f"{number}" + "\u0300\u0323" * 20_000 for number in range(12))))},
    ],
    ids=("title", "caption", "keywords"),
)
def test_accents_by_the_thousand_take_no_time(block: dict) -> None:
    start = time.process_time()
    render(encoded("WEBP", **block))
    assert time.process_time() - start < 3


def test_a_tag_of_millions_of_characters_takes_no_time() -> None:
    out = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[0x9C9E] = TiffTags.BYTE
    tags[0x9C9E] = b";\0" * 10_000_000
    PICTURE.save(out, "TIFF", tiffinfo=tags)
    start = time.process_time()
    assert words_in(out.getvalue()) == NOTHING
    assert time.process_time() - start < 3


def test_only_captions_keep_their_lines() -> None:
    assert clean_title(" a\r\n b\tc ") == "a b c"
    assert clean_caption("\n a  b \r\n\r\n\n\nc\x0bd\u2028e ") == "a b\n\nc\nd\ne"
    assert clean_keywords(["  a\nb ", "A B", "", "c"]) == ["a b", "c"]


def test_right_to_left_text_stays_but_turns_nothing_else() -> None:
    assert clean_title("שלום \u202eabc\u202c") == "שלום abc"


@given(st.text())
def test_clean_texts_are_clean_and_stay_as_they_are(text: str) -> None:
    for clean in (clean_title, clean_caption):
        cleaned = clean(text)
        assert cleaned == cleaned.strip() == clean(cleaned)
        assert not any(ord(char) < 32 and char != "\n" for char in cleaned)
        cleaned.encode()


@given(st.binary(max_size=300))
def test_no_bytes_in_any_block_hide_the_photo(data: bytes) -> None:
    assert render(jpeg(iptc((2, 5, data), (2, 120, data)), xmp=data, exif=exif({0x010E: data}))).width == 90
