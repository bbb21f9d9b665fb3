"""XMP: what owners and photo programs wrote about a photo, into its file or into a sidecar beside it.

Its language is RDF as XML, in which the same may be written in several ways: a property is an attribute or an element,
and a structure's properties are in the element itself or in an ``rdf:Description`` inside it.

https://developer.adobe.com/xmp/docs/, https://www.w3.org/TR/rdf-syntax-grammar/
"""

import codecs
from collections.abc import Iterator
from xml.etree import ElementTree

from functions.errors import KinpicsError

# Photo programs write a few kilobytes, and a JPEG has room for 64; longer blocks hold more than words and regions.
MAX_XMP_BYTES = 1024 * 1024
# Photo programs write about ten levels.
_MAX_LEVELS = 100
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DESCRIPTION, ITEM = f"{RDF}Description", f"{RDF}li"


class BadXmpError(KinpicsError):
    """A packet that is no XMP, or not safe to read; the message says why."""


def parse_xmp(packet: bytes) -> ElementTree.Element:
    """The root of a packet. Raises ``BadXmpError``."""
    if len(packet) > MAX_XMP_BYTES:
        raise BadXmpError(f"it has more than {MAX_XMP_BYTES // 1024**2} MB, and no more is read of XMP")
    is_utf16 = packet.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE))
    try:
        text = packet.decode("utf-16" if is_utf16 else "utf-8").strip("\0 \t\r\n\ufeff")
    except UnicodeDecodeError:
        raise BadXmpError("it is no text in Unicode") from None
    # XMP has no document type. Without one there are no entities, which could name files or grow without end.
    if "<!DOCTYPE" in text:
        raise BadXmpError("it has a document type, which XMP has not")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no entities, and not long
    except (ElementTree.ParseError, ValueError) as error:
        raise BadXmpError(f"it is no XML: {error}") from None
    # ElementTree writes packets by recursion, and other programs read them so.
    level = [root]
    for _ in range(_MAX_LEVELS):
        level = [child for element in level for child in element]
    if level:
        raise BadXmpError(f"its elements are more than {_MAX_LEVELS} levels deep")
    return root


def structures(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The values of a structure's property that are structures themselves."""
    for holder in _holders(element):
        yield from holder.findall(name)


def items(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The members of a structure's property that is an array."""
    for array in structures(element, name):
        for members in array:
            yield from members.findall(ITEM)


def text(element: ElementTree.Element, name: str) -> str:
    """A structure's property that is a text; empty if it has none."""
    for holder in _holders(element):
        if (value := holder.get(name)) is not None:
            return value
        for child in holder.findall(name):
            return child.text or ""
    return ""


def _holders(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    yield element
    yield from element.findall(DESCRIPTION)


def properties(root: ElementTree.Element, name: str) -> list[str]:
    """A simple property, wherever it is, as attribute or element."""
    attributes = [value for element in root.iter() if (value := element.get(name))]
    return [value.strip() for value in (*attributes, *(element.text or "" for element in root.iter(name)))]
