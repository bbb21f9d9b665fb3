"""A guard against files that keep a decoder busy: it walks a file's parts before anything decodes them.

Decoders do as they are told: a file of a few hundred kilobytes can tell them to go through a picture 20,000 times, or
to take gigabytes for a note. So parts are counted here, by each format's own lengths, and what no camera, phone or
program writes is refused with ``UnusableImageError``. A file whose parts make no sense is left to its decoder.
"""

import contextlib
import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from functions.errors import KinpicsError
from functions.process.heif_boxes import walk_boxes
from functions.process.parts import CantStripError

# libjpeg writes a progressive JPEG in 10 scans, and libtiff takes no more than 100 inside a TIFF. libjpeg-turbo advises
# 500, but each goes through the whole picture: a large one would take half a minute.
# https://bugzilla.redhat.com/show_bug.cgi?id=1344214
MAX_SCANS = 100
# Of metadata, at most 64 kB each: more than any picture has.
MAX_SEGMENTS = 10_000
# Some programs write a chunk for each row.
MAX_CHUNKS = 200_000
MAX_GIF_BLOCKS = 100_000
# Mostly two for each strip or tile: 100 megapixels in tiles of 16x16 have 800,000.
MAX_TIFF_NUMBERS = 1_000_000
MAX_TIFF_TAGS = 1_000
# A HEIC may be put together from tiles, and the same tile be named 65,536 times. Gain map and transparency come on top.
MAX_TILE_PIXELS = 400_000_000
MAX_REFERENCES = 100_000
# Grids in grids. Cameras write one, at most with a gain map beside it.
MAX_GRID_DEPTH = 100
# A camera's or screen's profile has some kilobytes; Pillow takes no larger one from a PNG.
MAX_PROFILE_BYTES = 1024 * 1024

_SOI = b"\xff\xd8"
_PNG = b"\x89PNG\r\n\x1a\n"
# Any marker but those that stand inside a scan: stuffed zeros, restarts, fill bytes.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)
_SOS, _EOI, _SOI_MARKER = 0xDA, 0xD9, 0xD8
# https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE, _LOSSLESS = frozenset({0xC2, 0xC6, 0xCA, 0xCE}), frozenset({0xC3, 0xC7, 0xCB, 0xCF})
# Measured by tests/unit/test_memory.py: two bytes, and what rounds up to whole blocks.
_SAMPLE_BYTES = 2.1
# Also buffered whole, and never decoded at a reduced scale.
_LOSSLESS_SAMPLE_BYTES = 4.0
# What a still picture needs. Without the others an animation's first picture is left, and there is no text to unpack.
# XMP is set aside, because Pillow would turn the picture as it says, which browsers don't.
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", b"eXIf"})
# Types whose values are read one by one, not as bytes; 16 to 18 are BigTIFF's.
_TIFF_NUMBERS = frozenset({3, 4, 5, 8, 9, 10, 11, 12, 13, 16, 17, 18})
_TIFF_TILE_SIDES = (322, 323)
# The chunk of a PNG with XMP: not packed, in no language. Adobe XMP specification, part 3, 1.1.5.
_PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"


class UnusableImageError(KinpicsError):
    """The file can't be shown as a photo; ``code`` is for programs, the message for people."""


@dataclass(frozen=True)
class Structure:
    """A file without what a still picture does not need, and what its parts say of the work to decode it.

    ``sample_bytes`` is what a JPEG's decoder keeps of each colour of each pixel; ``tile`` is the size in pixels of a
    TIFF's tile, and ``canvas`` a WebP's, as their decoders take memory for them before they know the picture's own.
    ``xmp`` is a PNG's; of the other formats, their decoder knows it.
    """

    data: bytes
    sample_bytes: float = 0
    tile: tuple[int, int] | None = None
    canvas: tuple[int, int] | None = None
    xmp: bytes = b""


def check_complexity(data: bytes) -> Structure:
    """Walk a file's parts. Raises ``UnusableImageError`` where they are too many."""
    try:
        if data.startswith(_SOI):
            return Structure(data, sample_bytes=_jpeg_sample_bytes(data))
        if data.startswith(_PNG):
            still, xmp = _still_png(data)
            return Structure(still, xmp=xmp)
        if data[:2] in (b"II", b"MM"):
            return Structure(data, tile=_tiff_tile(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Structure(data, canvas=_webp_canvas(data))
        if data.startswith(b"GIF8"):
            _check_gif(data)
        elif data[4:8] == b"ftyp":
            _check_grid(data)
    except (struct.error, IndexError):
        pass  # cut off: the decoder says so
    return Structure(data)


def _too_complex(what: str) -> UnusableImageError:
    return UnusableImageError(
        f"{what}: no camera writes such a file; save it again in another program and upload that", code="TooComplex"
    )


def _jpeg_sample_bytes(data: bytes) -> float:
    """Bytes kept of each sample: none where a single scan brings all of them, to be drawn at any scale as they come."""
    scans = segments = 0
    kind = components = 0
    kept = 0.0
    position = len(_SOI)
    while found := _MARKER.search(data, position):
        marker = data[found.start() + 1]
        if marker == _EOI:
            break
        position = found.end()
        if marker == _SOI_MARKER:
            continue
        segments += 1
        if segments > MAX_SEGMENTS:
            raise _too_complex(f"the JPEG has more than {MAX_SEGMENTS:,} segments")
        (length,) = struct.unpack_from(">H", data, position)
        if marker in _SOF:
            kind, components = marker, data[position + 7]
        elif marker == _SOS:
            scans += 1
            if kind in _LOSSLESS:
                kept = _LOSSLESS_SAMPLE_BYTES
            elif kind in _PROGRESSIVE or data[position + 2] < components:
                kept = _SAMPLE_BYTES
            if scans > MAX_SCANS:
                raise _too_complex(f"the JPEG is drawn in more than {MAX_SCANS} scans")
        position += length
    return kept


def _still_png(data: bytes) -> tuple[bytes, bytes]:
    """A PNG's first picture without anything else, ``data`` itself where it holds nothing else; and its XMP."""
    kept: list[bytes | memoryview] = [data[: len(_PNG)]]
    position, chunks = len(_PNG), 0
    xmp = b""
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        chunk = memoryview(data)[position : position + 12 + length]
        position += len(chunk)
        chunks += 1
        if chunks > MAX_CHUNKS:
            raise _too_complex(f"the PNG has more than {MAX_CHUNKS:,} chunks")
        if kind in _PNG_CHUNKS and (kind != b"iCCP" or _is_profile_small(chunk[8:-4])):
            kept.append(chunk)
        elif kind == b"iTXt" and chunk[8 : 8 + len(_PNG_XMP)] == _PNG_XMP:
            xmp = bytes(chunk[8 + len(_PNG_XMP) : -4])
    return (data if len(kept) == chunks + 1 else b"".join(kept)), xmp


def _is_profile_small(chunk: memoryview) -> bool:
    _, _, packed = bytes(chunk).partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return False
    return not unpacker.unconsumed_tail


def _tiff_tile(data: bytes) -> tuple[int, int] | None:
    """The size of the tiles of a TIFF's first picture, if it has any."""
    order = "<" if data.startswith(b"II") else ">"
    is_big = data[2] == 43
    start = struct.unpack_from(order + ("Q" if is_big else "I"), data, 8 if is_big else 4)[0]
    count_form, entry_form = ("Q", "HHQ8s") if is_big else ("H", "HHI4s")
    (tags,) = struct.unpack_from(order + count_form, data, start)
    if tags > MAX_TIFF_TAGS:
        raise _too_complex(f"the TIFF has more than {MAX_TIFF_TAGS:,} tags")
    start += struct.calcsize(order + count_form)
    numbers = 0
    sides = {}
    for place in range(tags):
        entry = struct.unpack_from(order + entry_form, data, start + place * struct.calcsize(order + entry_form))
        tag, kind, count, value = entry
        if kind in _TIFF_NUMBERS:
            numbers += count
        if numbers > MAX_TIFF_NUMBERS:
            raise _too_complex(f"the TIFF is cut into more than {MAX_TIFF_NUMBERS // 2:,} pieces")
        if tag in _TIFF_TILE_SIDES and kind in (3, 4):
            (sides[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), value)
    width, length = (sides.get(tag) for tag in _TIFF_TILE_SIDES)
    return (width, length) if width and length else None


def _webp_canvas(data: bytes) -> tuple[int, int] | None:
    """https://developers.google.com/speed/webp/docs/riff_container"""
    kind = data[12:16]
    if kind == b"VP8X":
        return (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _check_gif(data: bytes) -> None:
    """Count what stands before the first picture: https://www.w3.org/Graphics/GIF/spec-gif89a.txt"""
    position = 13 + (3 << (data[10] & 7) + 1 if data[10] & 128 else 0)
    blocks = 0
    while data[position] == ord("!"):
        position += 2
        while length := data[position]:
            position += length + 1
            blocks += 1
            if blocks > MAX_GIF_BLOCKS:
                raise _too_complex(f"the GIF has more than {MAX_GIF_BLOCKS:,} blocks before its first picture")
        position += 1


def _check_grid(data: bytes) -> None:
    """Count the pixels of all tiles that a HEIC or AVIF is put together from, and of its gain map and transparency.

    ISO/IEC 14496-12 (boxes) and 23008-12 (items).
    """
    meta = _box(data, 0, len(data), b"meta")
    if meta is None:
        return
    start, end = meta[0] + 4, meta[1]
    primary, parts = _primary(data, start, end), _references(data, start, end)
    sizes = _item_sizes(data, start, end)
    known: dict[int, int] = {}

    def pixels(item: int, depth: int) -> int:
        if depth > MAX_GRID_DEPTH:
            raise _too_complex(f"the picture has grids in grids, more than {MAX_GRID_DEPTH} deep")
        if item not in known:
            known[item] = 0  # where an item is part of itself
            known[item] = sizes.get(item, 0) + sum(pixels(part, depth + 1) for part in parts.get(item, ()))
        return known[item]

    if pixels(primary, 1) > MAX_TILE_PIXELS:
        raise _too_complex(f"the picture is put together from more than {MAX_TILE_PIXELS / 1e6:.0f} megapixels")


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes from ``start`` to ``end``, up to one that makes no sense: type, start and end of content."""
    with contextlib.suppress(CantStripError):
        for box in walk_boxes(data, start, end):
            yield box.kind, box.body, box.end


def _box(data: bytes, start: int, end: int, kind: bytes) -> tuple[int, int] | None:
    return next(((first, last) for found, first, last in _boxes(data, start, end) if found == kind), None)


def _primary(data: bytes, start: int, end: int) -> int:
    found = _box(data, start, end, b"pitm")
    return struct.unpack_from(">I" if data[found[0]] else ">H", data, found[0] + 4)[0] if found else 0


def _references(data: bytes, start: int, end: int) -> dict[int, list[int]]:
    """The items each item is put together from, by their ids."""
    parts: dict[int, list[int]] = defaultdict(list)
    found = _box(data, start, end, b"iref")
    if found is None:
        return parts
    letter, width = ("I", 4) if data[found[0]] else ("H", 2)
    total = 0
    for kind, first, _ in _boxes(data, found[0] + 4, found[1]):
        source, count = struct.unpack_from(f">{letter}H", data, first)
        total += count
        if total > MAX_REFERENCES:
            raise _too_complex(f"the picture has more than {MAX_REFERENCES:,} parts")
        targets = struct.unpack_from(f">{count}{letter}", data, first + width + 2)
        if kind == b"dimg":
            parts[source] += targets
        elif kind == b"auxl":
            for target in targets:
                parts[target].append(source)
    return parts


def _item_sizes(data: bytes, start: int, end: int) -> dict[int, int]:
    """How many pixels each item has, by its id."""
    properties = _box(data, start, end, b"iprp")
    container = properties and _box(data, *properties, b"ipco")
    association = properties and _box(data, *properties, b"ipma")
    if not container or not association:
        return {}
    areas = []
    for kind, first, _ in _boxes(data, *container):
        width, height = struct.unpack_from(">II", data, first + 4) if kind == b"ispe" else (0, 0)
        areas.append(width * height)
    position = association[0]
    id_form, place_form = (">I" if data[position] else ">H"), (">H" if data[position + 3] & 1 else ">B")
    (count,) = struct.unpack_from(">I", data, position + 4)
    position += 8
    sizes: dict[int, int] = {}
    for _ in range(min(count, MAX_REFERENCES)):
        (item,) = struct.unpack_from(id_form, data, position)
        position += struct.calcsize(id_form)
        places = data[position]
        position += 1
        for _ in range(places):
            (place,) = struct.unpack_from(place_form, data, position)
            position += struct.calcsize(place_form)
            place &= 0x7FFF if place_form == ">H" else 0x7F
            if 0 < place <= len(areas):
                sizes[item] = max(sizes.get(item, 0), areas[place - 1])
    return sizes
