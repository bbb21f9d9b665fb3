"""Atom feeds (RFC 4287): of the site, whose entries are its sets, and of each set and each private address, whose
entries are their newest photos.

An entry is identified by its page's address, which stays when its title changes. Times come from rows, so a feed
changes only when its content does.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

ATOM_TYPE = "application/atom+xml"
MAX_ENTRIES = 100
_ATOM = "http://www.w3.org/2005/Atom"
# For rows written by other programs, which don't say when.
_LONG_AGO = "1970-01-01T00:00:00Z"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
# Characters that no XML document can hold: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """What a feed says about a set or a photo: full addresses, times as in rows, and its picture."""

    url: str
    title: str
    text: str
    updated: str | None
    published: str | None
    picture: str | None


def render_feed(
    url: str,
    page_url: str,
    title: str,
    subtitle: str,
    author: str,
    entries: Iterable[Entry],
    *,
    feed_id: str | None = None,
) -> bytes:
    """A feed with its newest entries first; ``url`` is its own address. Its page identifies it, unless several feeds
    share one: then ``feed_id`` does."""
    newest = sorted(entries, key=lambda entry: _moment(entry.updated), reverse=True)[:MAX_ENTRIES]
    feed = ElementTree.Element("feed", xmlns=_ATOM)
    _add(feed, "id", feed_id or page_url)
    _add(feed, "title", title)
    if subtitle:
        _add(feed, "subtitle", subtitle)
    _add(feed, "link", rel="self", type=ATOM_TYPE, href=url)
    _add(feed, "link", rel="alternate", type="text/html", href=page_url)
    _add(feed, "updated", _moment(newest[0].updated if newest else None))
    _add(_add(feed, "author"), "name", author)
    for entry in newest:
        _add_entry(feed, entry)
    ElementTree.indent(feed, "")
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add_entry(feed: ElementTree.Element, entry: Entry) -> None:
    element = _add(feed, "entry")
    _add(element, "id", entry.url)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    _add(element, "updated", _moment(entry.updated))
    if entry.published:
        _add(element, "published", _moment(entry.published))
    _add(element, "content", _content(entry), type="html")


def _content(entry: Entry) -> str:
    """The picture, linked to the page, and its description, as HTML."""
    shown = []
    if entry.picture:
        image = f'<img src="{html.escape(entry.picture)}" alt="{html.escape(entry.title)}">'
        shown.append(f'<p><a href="{html.escape(entry.url)}">{image}</a></p>')
    shown += [f"<p>{html.escape(line)}</p>" for line in entry.text.splitlines() if line.strip()]
    return "".join(shown)


def _moment(text: str | None) -> str:
    """A time in Atom's format; another program may have written it differently."""
    return text if text and _MOMENT.fullmatch(text) else _LONG_AGO


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = _NO_XML.sub("", text) if text else None
    return element
