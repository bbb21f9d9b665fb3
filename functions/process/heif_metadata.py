"""HEIC and AVIF without private metadata: boxes are blanked in place, because others point into them by offset.

A file is a list of boxes. `meta` names the items (pictures, tiles, EXIF, XMP) and where the bytes of each lie, most of
them in `mdat`. Items that aren't pictures leave `meta`; of `mdat` only the bytes of pictures stay, the rest are zeros.
How a picture lies is a property of its own (`irot`, `imir`), which stays.

ISO/IEC 14496-12 (boxes, meta, iloc) and 23008-12 (HEIF); https://aomediacodec.github.io/av1-avif/
"""

import io
from dataclasses import dataclass, field

import pillow_heif
from PIL import ExifTags, Image

from functions.process.colour_profile import bare_profile
from functions.process.heif_boxes import FileBox, walk_boxes
from functions.process.parts import CantStripError, part, uint, view

pillow_heif.register_heif_opener(thumbnails=False)

_PICTURES = frozenset({b"hvc1", b"av01", b"grid", b"iden", b"iovl", b"tmap"})
_NO_PICTURES = frozenset({b"Exif", b"mime", b"uri "})
_PROPERTIES = frozenset(
    b"hvcC av1C ispe pixi colr pasp irot imir clap auxC rloc lsel a1op a1lx clli mdcv cclv amve".split()
)
_META_READ = frozenset({b"hdlr", b"iinf", b"iloc", b"iprp", b"iref", b"idat"})
# Which item is shown, that data is in this file, and groups of pictures to choose from.
_META_KEPT = frozenset({b"pitm", b"dinf", b"grpl"})
_FREE = b"free"
_MAX_BYTES = 200 * 1024 * 1024
_IN_FILE, _IN_META = 0, 1


@dataclass
class _Items:
    """Pictures by their ids, and where their bytes lie: (start, size) in the file, or in ``idat`` of ``meta``."""

    pictures: set[int] = field(default_factory=set)
    in_file: list[tuple[int, int]] = field(default_factory=list)
    in_meta: list[tuple[int, int]] = field(default_factory=list)


def strip_heif(data: bytes) -> bytes:
    """The same file without private metadata. Raises ``CantStripError``."""
    top = list(walk_boxes(data, 0, len(data)))
    kinds = [box.kind for box in top]
    if kinds.count(b"meta") != 1 or b"moov" in kinds or b"moof" in kinds:
        raise CantStripError("the file is not a still picture")
    meta = top[kinds.index(b"meta")]
    items = _Items()
    if len(data) > _MAX_BYTES:
        raise CantStripError("the file is too large to hold in memory three times")
    stripped = bytearray(len(data))
    rebuilt = _meta(data, meta, items)
    end = meta.end
    for box in top:
        kept = part(data, box.start, box.body - box.start)
        if box.kind == b"ftyp":
            kept = part(data, box.start, box.end - box.start)
        elif box is meta:
            kept = rebuilt
        elif box.kind != b"mdat":
            kept = (box.end - box.start).to_bytes(4, "big") + _FREE
        stripped[box.start : box.start + len(kept)] = kept
    media = [box for box in top if box.kind == b"mdat"]
    for start, size in items.in_file:
        inside = next((box for box in media if box.body <= start and start + size <= box.end), None)
        if inside is None:
            raise CantStripError("a picture's bytes lie outside the boxes for them")
        stripped[start : start + size] = view(data, start, size)
        end = max(end, inside.end)
    # The films of moving photos follow the picture.
    del stripped[end:]
    return bytes(stripped)


def check_decodes(data: bytes) -> None:
    """Raise ``CantStripError`` where a stripped file no longer decodes, or a decoder still finds metadata in it."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            # Pillow tells of an AVIF's own orientation as if EXIF said it.
            told = set(image.getexif()) - {ExifTags.Base.Orientation} or image.info.get("xmp")
    except Exception as error:  # whatever decoders make of it
        raise CantStripError(f"the stripped file does not decode: {error}") from None
    if told:
        raise CantStripError("metadata is left in the stripped file")


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _meta(data: bytes, meta: FileBox, items: _Items) -> bytes:
    """``meta`` in its size with what belongs to pictures; fills in ``items``."""
    children = [box for box in walk_boxes(data, meta.body + 4, meta.end) if box.kind in _META_READ | _META_KEPT]
    by_kind = {box.kind: box for box in children}
    if len(by_kind) < len(children) or not {b"iinf", b"iloc", b"pitm", b"iprp"} <= by_kind.keys():
        raise CantStripError("the file does not say what its items are")

    def body(kind: bytes) -> bytes:
        box = by_kind[kind]
        return part(data, box.body, box.end - box.body)

    rebuilt = {b"iinf": _item_infos(body(b"iinf"), items)}
    rebuilt[b"iloc"] = _locations(body(b"iloc"), items)
    rebuilt[b"iprp"] = _property_boxes(body(b"iprp"))
    if b"iref" in by_kind:
        rebuilt[b"iref"] = _references(body(b"iref"), items)
    if b"idat" in by_kind:
        rebuilt[b"idat"] = _blanked(body(b"idat"), items.in_meta)
    if b"hdlr" in by_kind:
        # The handler's name is free text.
        rebuilt[b"hdlr"] = _blanked(body(b"hdlr"), [(0, min(24, len(body(b"hdlr"))))])
    rebuilt |= {kind: body(kind) for kind in by_kind.keys() & _META_KEPT}
    made = b"".join(_box(box.kind, rebuilt[box.kind]) for box in children if box.kind in rebuilt)
    head = part(data, meta.start, meta.body + 4 - meta.start)
    room = meta.end - meta.start - len(head) - len(made)
    if room:
        if room < 8:
            raise CantStripError("no room is left for what was taken out")
        made += _box(_FREE, bytes(room - 8))
    return head + made


def _blanked(body: bytes, kept: list[tuple[int, int]]) -> bytes:
    blank = bytearray(len(body))
    for start, size in kept:
        blank[start : start + size] = part(body, start, size)
    return bytes(blank)


def _item_infos(body: bytes, items: _Items) -> bytes:
    count_size = 2 if uint(body, 0, 1) == 0 else 4
    kept = []
    for box in walk_boxes(body, 4 + count_size, len(body)):
        version = uint(body, box.body, 1)
        if box.kind != b"infe" or version not in (2, 3):
            raise CantStripError("an item is described in an unknown way")
        id_size = 2 if version == 2 else 4
        kind = part(body, box.body + 6 + id_size, 4)
        if kind in _PICTURES:
            items.pictures.add(uint(body, box.body + 4, id_size))
            # Version, flags, id, protection, kind; the name is free text.
            own = part(body, box.body, box.end - box.body)
            kept.append(_box(b"infe", _blanked(own, [(0, 10 + id_size)])))
        elif kind not in _NO_PICTURES:
            raise CantStripError(f"there is an item of unknown kind {kind!r}")
    return part(body, 0, 4) + len(kept).to_bytes(count_size, "big") + b"".join(kept)


def _locations(body: bytes, items: _Items) -> bytes:
    version = uint(body, 0, 1)
    if version > 2:
        raise CantStripError("items are located in an unknown way")
    offset_size, length_size = divmod(uint(body, 4, 1), 16)
    base_size, index_size = divmod(uint(body, 5, 1), 16)
    id_size = 4 if version == 2 else 2
    at = 6 + id_size
    kept = []
    for _ in range(uint(body, 6, id_size)):
        start = at
        item = uint(body, at, id_size)
        at += id_size
        method = uint(body, at, 2) & 15 if version else _IN_FILE
        at += 2 if version else 0
        source, base, extents = uint(body, at, 2), uint(body, at + 2, base_size), uint(body, at + 2 + base_size, 2)
        at += 4 + base_size
        found = []
        for _ in range(extents):
            at += index_size if version else 0
            found.append((base + uint(body, at, offset_size), uint(body, at + offset_size, length_size)))
            at += offset_size + length_size
        if item not in items.pictures:
            continue
        if method not in (_IN_FILE, _IN_META) or source or any(size == 0 for _, size in found):
            raise CantStripError("a picture's bytes are located in an unknown way")
        (items.in_file if method == _IN_FILE else items.in_meta).extend(found)
        kept.append(part(body, start, at - start))
    return part(body, 0, 6) + len(kept).to_bytes(id_size, "big") + b"".join(kept)


def _references(body: bytes, items: _Items) -> bytes:
    size = 2 if uint(body, 0, 1) == 0 else 4
    kept = []
    for box in walk_boxes(body, 4, len(body)):
        source, count = uint(body, box.body, size), uint(body, box.body + size, 2)
        targets = [uint(body, box.body + size + 2 + number * size, size) for number in range(count)]
        targets = [item for item in targets if item in items.pictures]
        if source in items.pictures and targets:
            numbers = b"".join(number.to_bytes(size, "big") for number in targets)
            kept.append(_box(box.kind, source.to_bytes(size, "big") + len(targets).to_bytes(2, "big") + numbers))
    return part(body, 0, 4) + b"".join(kept)


def _property_boxes(body: bytes) -> bytes:
    rebuilt = []
    for box in walk_boxes(body, 0, len(body)):
        own = part(body, box.body, box.end - box.body)
        if box.kind == b"ipco":
            own = b"".join(_property(own, item) for item in walk_boxes(own, 0, len(own)))
        elif box.kind != b"ipma":
            raise CantStripError("properties are described in an unknown way")
        rebuilt.append(_box(box.kind, own))
    return b"".join(rebuilt)


def _property(body: bytes, box: FileBox) -> bytes:
    """A property, or zeros of the same size if the picture doesn't need it, because properties are referred to by
    position.
    """
    own = part(body, box.body, box.end - box.body)
    blank = _box(_FREE, bytes(len(own)))
    if box.kind == b"colr" and own[:4] in (b"prof", b"rICC"):
        profile = bare_profile(own[4:])
        return _box(box.kind, own[:4] + profile) if profile else blank
    return _box(box.kind, own) if box.kind in _PROPERTIES else blank
