"""Photos without what they reveal of their owner: location, serial numbers, names, comments, hidden pictures and films.

Nothing is encoded anew, so that every pixel stays as it is. The parts of a file that decoding needs are copied, by a
list of what may stay; whatever else the file holds is left out, known or not. Of EXIF, the orientation and the time
stay (`functions.process.metadata.kept_exif`). Where a file is not understood to its last byte, `CantStripError` says
so, and the site offers its own large rendition instead.

What may stay is named after the formats' specifications: JPEG (ITU-T T.81, Annex B), PNG (https://www.w3.org/TR/png-3/),
WebP (https://developers.google.com/speed/webp/docs/riff_container), GIF (GIF89a). HEIC and AVIF: `heif_metadata`.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from functions.media_types import HEAD_BYTES, media_type
from functions.process.colour_profile import bare_profile
from functions.process.heif_metadata import check_decodes, strip_heif
from functions.process.parts import Bytes, CantStripError, part, uint, view


@dataclass(frozen=True)
class Stripped:
    """A file without private metadata, and its media type."""

    data: bytes
    content_type: str


def strip(data: bytes, exif: bytes) -> Stripped:
    """The same picture without private metadata, with ``exif`` (a TIFF block; empty for none) in the place of its own.

    HEIC and AVIF keep no EXIF: boxes of their own say how they are turned. Raises ``CantStripError``.
    """
    content_type, strip_format = _format_of(data)
    stripped = b"".join(strip_format(data, exif))
    # Read the result again: everything in it must be allowed to stay.
    if not _is(stripped, strip_format(stripped, exif)):
        raise CantStripError("what is left after stripping is not the same picture")
    if content_type in ("image/heic", "image/avif"):
        check_decodes(stripped)  # these alone are changed from within
    return Stripped(stripped, content_type)


def _is(data: bytes, pieces: Iterable[Bytes]) -> bool:
    """Whether ``data`` is made of these pieces; they are not put together, for a file may be half of the memory."""
    at = 0
    for piece in pieces:
        if memoryview(data)[at : at + len(piece)] != piece:
            return False
        at += len(piece)
    return at == len(data)


def _format_of(data: bytes) -> tuple[str, Callable[[bytes, bytes], list[Bytes]]]:
    kind = media_type(data[:HEAD_BYTES])
    if kind is None or kind not in _STRIP:
        raise CantStripError("files of this format are not stripped")
    return kind, _STRIP[kind]


# JPEG

_APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_SOS, _EOI = 0xDA, 0xD9
# Frames, tables, scans; without JPG (C8), which is reserved.
_CODING = {*range(0xC0, 0xD0), *range(0xDA, 0xE0)} - {0xC8}
# The next marker; within a scan, restarts and stuffed zeros belong to the picture.
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_JFIF, _EXIF, _ICC, _ADOBE = b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"
# What decoders read of JFIF and Adobe segments: of the first all but its thumbnail.
_JFIF_SIZE, _ADOBE_SIZE = 12, 12
_MAX_SEGMENT = 65533


def _strip_jpeg(data: bytes, exif: bytes) -> list[Bytes]:
    whole_file = memoryview(data)
    jfif, adobe = b"", b""
    profile: dict[int, bytes] = {}
    coding: list[Bytes] = []
    at, is_scan, has_scan = 2, False, False
    while True:
        found = _MARKER.search(data, at)
        if is_scan:
            coding.append(whole_file[at : found.start() if found else len(data)])
        # Further pictures or a film may follow the end; a file without an end stops with its last scan.
        if found is None or found[1][0] == _EOI:
            break
        marker, start = found[1][0], found.end()
        at = start + uint(data, start, 2)
        body = part(data, start + 2, at - start - 2)
        is_scan = marker == _SOS
        has_scan |= is_scan
        if marker in _CODING:
            coding += [bytes([0xFF, marker]), whole_file[start:at]]
        elif marker == _APP0 and body.startswith(_JFIF) and len(body) >= _JFIF_SIZE + 2:
            jfif = jfif or body[:_JFIF_SIZE] + b"\0\0"
        elif marker == _APP14 and body.startswith(_ADOBE) and len(body) >= _ADOBE_SIZE:
            adobe = body[:_ADOBE_SIZE]
        elif marker == _APP2 and body.startswith(_ICC) and len(body) > len(_ICC) + 2:
            profile[body[len(_ICC)]] = body[len(_ICC) + 2 :]
        elif not (_APP0 <= marker <= _APP15 or marker == _COM):
            raise CantStripError(f"the JPEG holds a segment of unknown kind {marker:02X}")
    if not has_scan:
        raise CantStripError("the JPEG holds no picture")
    whole = bare_profile(b"".join(profile[number] for number in sorted(profile)))
    size = _MAX_SEGMENT - len(_ICC) - 2
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    head = [
        *([_segment(_APP0, jfif)] if jfif else []),
        *([_segment(_APP1, _EXIF + exif)] if exif else []),
        *(_segment(_APP2, _ICC + bytes([number, len(pieces)]) + piece) for number, piece in enumerate(pieces, 1)),
        *([_segment(_APP14, adobe)] if adobe else []),
    ]
    return [b"\xff\xd8", *head, *coding, b"\xff\xd9"]


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


# PNG

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA sBIT sRGB bKGD pHYs cICP mDCV cLLI acTL fcTL fdAT".split())
_MAX_PROFILE = 4 * 1024 * 1024


def _strip_png(data: bytes, exif: bytes) -> list[Bytes]:
    kept: list[Bytes] = [_PNG]
    at = len(_PNG)
    kind = b""
    has_picture = False
    while kind != b"IEND":
        length, kind = uint(data, at, 4), part(data, at + 4, 4)
        chunk = view(data, at, length + 12)
        at += length + 12
        if kind in _PNG_KEPT:
            kept.append(chunk)
        elif kind == b"iCCP" and (profile := _png_profile(bytes(chunk[8:-4]))):
            kept.append(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile)))
        elif not kind[0] & 0x20:  # a capital letter: who doesn't know the chunk can't show the picture
            raise CantStripError(f"the PNG holds a chunk of unknown kind {kind!r}")
        if kind == b"IHDR" and exif:
            kept.append(_chunk(b"eXIf", exif))
        has_picture |= kind == b"IDAT"
    if not has_picture:
        raise CantStripError("the PNG holds no picture")
    return kept


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_profile(body: bytes) -> bytes:
    _, _, packed = body.partition(b"\0")
    try:
        return bare_profile(zlib.decompressobj().decompress(packed[1:], _MAX_PROFILE))
    except zlib.error:
        return b""


# WebP

_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_FRAME_HEADER = 16


def _strip_webp(data: bytes, exif: bytes) -> list[Bytes]:
    kept: list[Bytes] = [b"WEBP"]
    kinds = set()
    for kind, body in _chunks(data, 12, min(len(data), 8 + uint(data, 4, 4, "little"))):
        kinds.add(kind)
        if kind == b"VP8X":
            flags = uint(body, 0, 1) & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if exif else 0)
            kept += _riff(kind, [bytes([flags]), view(body, 1, 9)])
        elif kind == b"ANMF":
            pictures = [item for item in _chunks(body, _FRAME_HEADER, len(body)) if item[0] in _WEBP_PICTURE]
            pieces = [piece for name, picture in pictures for piece in _riff(name, [picture])]
            kept += _riff(kind, [view(body, 0, _FRAME_HEADER), *pieces])
        elif kind == b"ICCP":
            if not (profile := bare_profile(bytes(body))):
                raise CantStripError("the WebP's colour profile is broken")
            kept += _riff(kind, [profile])
        elif kind in _WEBP_PICTURE or kind == b"ANIM":
            kept += _riff(kind, [body])
    if not kinds & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise CantStripError("the WebP holds no picture")
    if exif and b"VP8X" not in kinds:
        raise CantStripError("the WebP has no room for its orientation")
    if exif:
        kept += _riff(b"EXIF", [exif])
    return _riff(b"RIFF", kept)


def _chunks(data: Bytes, at: int, end: int) -> Iterator[tuple[bytes, memoryview]]:
    while at < end:
        kind, length = part(data, at, 4), uint(data, at + 4, 4, "little")
        yield kind, view(data, at + 8, length)
        at += 8 + length + length % 2


def _riff(kind: bytes, body: list[Bytes]) -> list[Bytes]:
    size = sum(map(len, body))
    return [kind + struct.pack("<I", size), *body, b"\0" * (size % 2)]


# GIF

_GIF_PICTURE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B
_GIF_CONTROL, _GIF_APPLICATION = 0xF9, 0xFF
# How often an animation is shown.
_GIF_LOOPS = (b"\x0bNETSCAPE2.0\x03\x01", b"\x0bANIMEXTS1.0\x03\x01")
_GIF_LOOP_SIZE = 17


def _strip_gif(data: bytes) -> list[Bytes]:
    at = 13 + _table_size(part(data, 0, 13)[10])
    kept: list[Bytes] = [view(data, 0, at)]
    has_picture = False
    while (kind := uint(data, at, 1)) != _GIF_END:
        if kind == _GIF_PICTURE:
            # The picture's descriptor, its colours, how wide its codes are, the codes.
            end = _after_blocks(data, at + 11 + _table_size(part(data, at, 10)[9]))
        elif kind == _GIF_EXTENSION:
            end = _after_blocks(data, at + 2)
        else:
            raise CantStripError(f"the GIF holds a block of unknown kind {kind:02X}")
        block = view(data, at, end - at)
        is_loop = len(block) == _GIF_LOOP_SIZE + 2 and bytes(block[2:]).startswith(_GIF_LOOPS)
        has_picture |= kind == _GIF_PICTURE
        if kind == _GIF_PICTURE or block[1] == _GIF_CONTROL or (block[1] == _GIF_APPLICATION and is_loop):
            kept.append(block)
        at = end
    if not has_picture:
        raise CantStripError("the GIF holds no picture")
    return [*kept, bytes([_GIF_END])]


def _table_size(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while length := uint(data, at, 1):
        at += 1 + length
    return at + 1


_STRIP: dict[str, Callable[[bytes, bytes], list[Bytes]]] = {
    "image/jpeg": _strip_jpeg,
    "image/png": _strip_png,
    "image/webp": _strip_webp,
    "image/gif": lambda data, _: _strip_gif(data),
    "image/heic": lambda data, _: [strip_heif(data)],
    "image/avif": lambda data, _: [strip_heif(data)],
}
