"""Feeds, and what search engines are told."""

from xml.etree import ElementTree

from functions.feeds import MAX_ENTRIES, Entry, render_feed
from scripts.site.search_engines import render_sitemap

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "a <b>\"c\"</b> & 'd' ]]> \x0b\ud800 🎉"


def entry(number: int, **known: str | None) -> Entry:
    values = {"title": f"Photo {number}", "text": "", "updated": None, "published": None, "picture": None} | known
    return Entry(url=f"https://x.example/{number}/", **values)  # type: ignore[arg-type]


def feed(*entries: Entry, title: str = "Title") -> ElementTree.Element:
    return ElementTree.fromstring(
        render_feed("https://x.example/feed.xml", "https://x.example/", title, "About", "Us", entries)
    )


def test_a_feed_has_what_atom_asks_for() -> None:
    root = feed(
        entry(1, updated="2026-01-02T03:04:05.678+00:00", published="2026-01-01T00:00:00Z"),
        entry(2, updated="2026-02-02T03:04:05+00:00", picture="https://x.example/a&b.jpg", text="One\nTwo"),
        entry(3, updated="yesterday"),
    )
    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}id") == "https://x.example/"
    assert root.findtext(f"{ATOM}updated") == "2026-02-02T03:04:05+00:00", "as its newest entry"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Us"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": "https://x.example/feed.xml", "alternate": "https://x.example/"}
    entries = root.findall(f"{ATOM}entry")
    assert [item.findtext(f"{ATOM}id") for item in entries] == [f"https://x.example/{number}/" for number in (2, 1, 3)]
    for item in entries:
        assert item.findtext(f"{ATOM}title")
        assert item.findtext(f"{ATOM}updated")
        assert item.find(f"{ATOM}link") is not None
    assert entries[0].findtext(f"{ATOM}content") == (
        '<p><a href="https://x.example/2/"><img src="https://x.example/a&amp;b.jpg" alt="Photo 2"></a></p>'
        "<p>One</p><p>Two</p>"
    )


def test_a_feed_changes_only_with_its_content() -> None:
    assert feed().findtext(f"{ATOM}updated") == feed(entry(1)).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def test_a_feed_takes_any_text() -> None:
    root = feed(entry(1, title=HOSTILE, text=HOSTILE), title=HOSTILE)
    assert root.findtext(f"{ATOM}title") == HOSTILE.replace("\x0b\ud800", "")
    content = root.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "&lt;b&gt;" in content, "as text in HTML"
    assert "<b>" not in content


def test_a_feed_has_only_the_newest() -> None:
    root = feed(*(entry(number, updated=f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z") for number in range(150)))
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == MAX_ENTRIES
    assert entries[0].findtext(f"{ATOM}title") == "Photo 149"


def test_a_sitemap_holds_no_more_than_search_engines_read() -> None:
    pages = (("https://x.example/a&b/", "2026-01-01T00:00:00Z") if number else ("x", None) for number in range(50_001))
    urls = list(ElementTree.fromstring(render_sitemap(pages)))
    assert len(urls) == 50_000
    assert [part.text for part in urls[0]] == ["x"]
    assert [part.text for part in urls[1]] == ["https://x.example/a&b/", "2026-01-01T00:00:00Z"]
