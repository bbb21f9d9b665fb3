"""Sidecars: XMP files beside photos, in which photo programs keep what they know about them.

A photo ``IMG_1.jpg`` has the sidecar ``IMG_1.jpg.xmp`` (digiKam, darktable) or ``IMG_1.xmp`` (Adobe, osxphotos). Of
those that others wrote, nothing is changed. One that kinpics wrote says so, with a digest of the regions it wrote: so
it can be written again, with whatever another program has added, and an unchanged one is known when it comes back.

https://docs.digikam.org/en/setup_application/metadata_settings.html, https://iptc.org/std/photometadata/specification/
"""

import contextlib
import hashlib
import io
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from PIL import Image

from functions.face_regions import (
    FACE,
    MP,
    MWG_RS,
    NORMALIZED,
    PIXEL,
    ST_AREA,
    ST_DIM,
    NamedArea,
    Stored,
    as_stored,
    read_regions,
)
from functions.process.images import FORMATS, stored_picture
from functions.xmp import DESCRIPTION, ITEM, MAX_XMP_BYTES, RDF, BadXmpError, parse_xmp, text

SUFFIX = ".xmp"
_X = "{adobe:ns:meta/}"
_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_KINPICS = "{urn:kinpics:sidecar#}"
_REGIONS, _PEOPLE, _MARK = f"{MWG_RS}Regions", f"{_IPTC}PersonInImage", f"{_KINPICS}Regions"
# What is written anew each time. Other programs may have added their second form of the same regions.
_OURS = (_REGIONS, _PEOPLE, _MARK, f"{MP}RegionInfo")
_PREFIXES = {
    "x": _X,
    "rdf": RDF,
    "mwg-rs": MWG_RS,
    "stArea": ST_AREA,
    "stDim": ST_DIM,
    "Iptc4xmpExt": _IPTC,
    "kinpics": _KINPICS,
}
# https://developer.adobe.com/xmp/docs/: what says to programs that look for it where XMP begins.
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = '\n<?xpacket end="w"?>\n'
_Photo = TypeVar("_Photo")


@dataclass(frozen=True)
class Sidecar:
    """The named faces of a sidecar; ``is_ours`` if kinpics wrote them and nobody has changed them since."""

    regions: list[NamedArea]
    is_ours: bool


def is_sidecar(name: str) -> bool:
    """Whether a file of this name is one."""
    return name.lower().endswith(SUFFIX)


def sidecars_of(photo: str) -> list[str]:
    """The names that a photo's sidecars may have."""
    names = (photo, Path(photo).stem)
    return [f"{name}{suffix}" for name in names for suffix in (SUFFIX, SUFFIX.upper())]


def pair(sidecars: Iterable[str], photos: Mapping[str, _Photo]) -> tuple[list[tuple[str, _Photo]], list[str]]:
    """Each sidecar with its photo, by file names, and those without one. ``IMG_1.xmp`` is every ``IMG_1.*``'s."""
    exact, folded, stems = (defaultdict[str, list[_Photo]](list) for _ in range(3))
    for name, photo in photos.items():
        whole = unicodedata.normalize("NFC", name)
        exact[whole].append(photo)
        folded[whole.casefold()].append(photo)
        stems[Path(whole).stem.casefold()].append(photo)
    pairs, orphans = [], []
    for sidecar in sidecars:
        about = unicodedata.normalize("NFC", sidecar)[: -len(SUFFIX)]
        found = exact.get(about) or folded.get(about.casefold()) or stems.get(about.casefold(), [])
        pairs += [(sidecar, photo) for photo in found]
        if not found:
            orphans.append(sidecar)
    return pairs, orphans


def stored_file(photo: Path) -> Stored:
    """How a photo's file stores its picture. Raises ``OSError``."""
    try:
        with Image.open(photo, formats=FORMATS) as image:
            return stored_picture(image, image.getexif())
    except OSError:
        raise
    except Exception as error:  # a damaged file makes decoders raise nearly anything
        raise OSError(f"the photo can't be read: {error}") from None


def read_sidecar(file: Path, stored: Stored) -> Sidecar:
    """What a sidecar says of a photo that is stored like this. Raises ``BadXmpError`` and ``OSError``."""
    root = parse_xmp(_content(file))
    regions = read_regions(root, stored)
    return Sidecar(regions, is_ours=_mark(root) == _digest(regions))


def make_sidecar(regions: Sequence[NamedArea], stored: Stored, before: Path) -> bytes | None:
    """The sidecar of a photo with these faces, as they lie in the upright photo; empty if it needs none.

    Where kinpics wrote a sidecar at ``before``, what others have added to it stays; None if somebody else wrote it.
    Raises ``OSError``.
    """
    for prefix, name in _PREFIXES.items():
        ElementTree.register_namespace(prefix, name.strip("{}"))
    root = _new()
    with contextlib.suppress(FileNotFoundError):
        try:
            root = _with_prefixes(_content(before))
        except BadXmpError:
            return None
        if not _mark(root):
            return None
    _take_out_ours(root)
    holder = next(root.iter(f"{RDF}RDF"))
    if regions:
        about = ElementTree.SubElement(holder, DESCRIPTION, {f"{RDF}about": ""})
        _add_regions(about, regions, stored)
        about.set(_MARK, _digest(read_regions(root, stored)))
    elif not len(holder):
        return b""
    ElementTree.indent(root, " ")
    return f"{_HEAD}{ElementTree.tostring(root, 'unicode')}{_END}".encode()


def _content(file: Path) -> bytes:
    with open(file, "rb") as opened:
        return opened.read(MAX_XMP_BYTES + 1)


def _new() -> ElementTree.Element:
    root = ElementTree.Element(f"{_X}xmpmeta", {f"{_X}xmptk": "kinpics"})
    ElementTree.SubElement(root, f"{RDF}RDF")
    return root


def _with_prefixes(content: bytes) -> ElementTree.Element:
    """The root of a packet that is going to be written again, with the prefixes it has."""
    root = parse_xmp(content)
    for _, (prefix, name) in ElementTree.iterparse(io.BytesIO(content), ["start-ns"]):  # noqa: S314 - as above
        # ElementTree has prefixes of its own, `ns0` and so on, which can't be registered.
        if prefix and prefix not in _PREFIXES and not re.fullmatch(r"ns\d+", prefix):
            ElementTree.register_namespace(prefix, name)
    return root


def _mark(root: ElementTree.Element) -> str:
    return next((mark for about in root.iter(DESCRIPTION) if (mark := text(about, _MARK))), "")


def _digest(regions: Iterable[NamedArea]) -> str:
    listed = sorted([region.name, *region.area] for region in regions)
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()


def _take_out_ours(root: ElementTree.Element) -> None:
    for about in list(root.iter(DESCRIPTION)):
        for name in _OURS:
            about.attrib.pop(name, None)
            for child in about.findall(name):
                about.remove(child)
    for holder in root.iter(f"{RDF}RDF"):
        for about in holder.findall(DESCRIPTION):
            if not len(about) and not (about.attrib.keys() - {f"{RDF}about"}):
                holder.remove(about)


def _add_regions(about: ElementTree.Element, regions: Sequence[NamedArea], stored: Stored) -> None:
    people = ElementTree.SubElement(ElementTree.SubElement(about, _PEOPLE), f"{RDF}Bag")
    for name in dict.fromkeys(region.name for region in regions):
        ElementTree.SubElement(people, ITEM).text = name
    whole = ElementTree.SubElement(about, _REGIONS, {f"{RDF}parseType": "Resource"})
    size = {"w": str(stored.width), "h": str(stored.height), "unit": PIXEL}
    ElementTree.SubElement(whole, f"{MWG_RS}AppliedToDimensions", _within(ST_DIM, size))
    listed = ElementTree.SubElement(ElementTree.SubElement(whole, f"{MWG_RS}RegionList"), f"{RDF}Bag")
    for name, area in regions:
        item = ElementTree.SubElement(listed, ITEM)
        region = ElementTree.SubElement(item, DESCRIPTION, _within(MWG_RS, {"Name": name, "Type": FACE}))
        left, top, width, height = as_stored(area, stored.orientation)
        numbers = {"x": left + width / 2, "y": top + height / 2, "w": width, "h": height}
        sides = {side: f"{number:.6f}" for side, number in numbers.items()}
        ElementTree.SubElement(region, f"{MWG_RS}Area", _within(ST_AREA, {**sides, "unit": NORMALIZED}))


def _within(namespace: str, values: Mapping[str, str]) -> dict[str, str]:
    return {f"{namespace}{name}": value for name, value in values.items()}
