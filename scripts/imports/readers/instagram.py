"""Instagram's own export, as JSON: its forms of 2018 to today.

=================  =============================================================================
2018 to 2020       ``media.json``: ``photos`` and others, each with ``path``, ``taken_at``, ``caption``
since 2020         ``posts_N.json`` in ``content/`` or ``media/``, since 2023 in
                   ``your_instagram_activity/``: posts with ``media``, each with ``uri``
=================  =============================================================================

Texts are UTF-8 that was read as Latin-1. A caption is with the single medium, else with the post. Files have no names
that say anything, so photos are called by their time, and those of one post by their place in it too.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import Album, Entry, Found, Note, Unplaced, folder_of, is_photo, may_be_film, suffix_of
from scripts.imports.readers.reading import Choices
from scripts.imports.readers.values import dicts_of, from_seconds, from_text, read_json, text_of

TITLE = "Instagram"
LOOSE = "Instagram "
_ACTIVITY = "your_instagram_activity/"
_POSTS = re.compile(r"(?P<base>(?:.*/)?)(?:content|media)/posts_\d+\.json")
_OLD = re.compile(r"(?P<base>(?:[^/]+/)?)media\.json")
_HTML = re.compile(r"(?:.*/)?(?:content|media)/posts_\d+\.html")
# Files beside the posts', what they are called here, and which choice of the owner's asks for them.
_OTHERS = {
    "reels.json": ("posts", ""),
    "igtv_videos.json": ("posts", ""),
    "stories.json": ("stories", "stories"),
    "profile_photos.json": ("profile photos", "profile"),
    "archived_posts.json": ("archived posts", "archived"),
}
_OLD_PARTS = {
    "photos": ("posts", ""),
    "videos": ("posts", ""),
    "stories": ("stories", "stories"),
    "profile": ("profile photos", "profile"),
}
_MONTH_FOLDER = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])")
_NOT_JSON = (
    "this is the HTML form of an Instagram export, which has the photos but not their times: ask Instagram for one in "
    "the format JSON (docs/importing.md says where)"
)
_UNKNOWN_FORM = (
    "isn't in a form that Instagram's exports have had since 2018: its photos go in without caption and time; please "
    "report this"
)
_MISSING = "Instagram lists it, but it isn't in what you gave: give all parts of the export together"


class _Medium(NamedTuple):
    """A photo or film of a post, as JSON has it."""

    uri: str
    time: str | None
    text: str


def recognises(names: Iterable[str]) -> bool:
    """Whether files of these names are an Instagram export."""
    return any(_POSTS.fullmatch(name) or _HTML.fullmatch(name) or _OLD.fullmatch(name) for name in names)


def read(container: Container, choices: Choices) -> Iterator[Found | Unplaced | Note]:
    """Everything in an export."""
    reader = _Reader(container, choices)
    yield from reader.read()


class _Reader:
    def __init__(self, container: Container, choices: Choices):
        self._container = container
        self._choices = choices
        self._used: set[str] = set()
        self._by_end: dict[str, Entry] | None = None

    def read(self) -> Iterator[Found | Unplaced | Note]:
        names = sorted(self._container.names(), key=_in_order)
        posts = [name for name in names if _POSTS.fullmatch(name)]
        folders = {folder_of(name) for name in posts}
        others = [name for name in names if folder_of(name) in folders and _file(name) in _OTHERS]
        old = [name for name in names if _OLD.fullmatch(name)] if not posts else []
        if not posts and not old:
            yield Unplaced(self._container.label, _NOT_JSON, is_failure=True)
            return
        for name in (*posts, *others):
            yield from self._read_file(name)
        for name in old:
            yield from self._read_old(name)
        yield from self._rest()

    def _read_file(self, name: str) -> Iterator[Found | Unplaced]:
        what, choice = _OTHERS.get(_file(name), ("posts", ""))
        base = folder_of(folder_of(name))
        base = f"{base}/" if base else ""
        try:
            posts = list(_posts_in(read_json(self._container, name)))
        except ContainerError as error:
            yield Unplaced(name, str(error), is_failure=True)
            return
        if not posts:
            yield Unplaced(name, _UNKNOWN_FORM, is_failure=True)
        for post in posts:
            yield from self._post(base, post, what, choice)

    def _read_old(self, name: str) -> Iterator[Found | Unplaced]:
        base = f"{folder_of(name)}/" if folder_of(name) else ""
        try:
            whole = read_json(self._container, name)
        except ContainerError as error:
            yield Unplaced(name, str(error), is_failure=True)
            return
        parts = whole if isinstance(whole, dict) else {}
        if not parts.keys() & _OLD_PARTS.keys():
            yield Unplaced(name, _UNKNOWN_FORM, is_failure=True)
        for part, (what, choice) in _OLD_PARTS.items():
            media = [
                _Medium(text_of(item.get("path")), from_text(item.get("taken_at")), _decoded(item.get("caption")))
                for item in dicts_of(parts.get(part))
            ]
            # This form doesn't say what is a post: its photos follow each other, with one time and caption.
            posts = groupby(media, key=lambda medium: (medium.time, medium.text)) if what == "posts" else ()
            for _, together in posts:
                yield from self._post(base, list(together), what, choice)
            if what != "posts":
                for medium in media:
                    yield from self._post(base, [medium], what, choice)

    def _post(self, base: str, post: list[_Medium], what: str, choice: str) -> Iterator[Found | Unplaced]:
        for number, medium in enumerate(post, 1):
            entry = self._find(base, medium.uri)
            if entry is None:
                yield Unplaced(medium.uri or f"a post of {medium.time or 'an unknown time'}", _MISSING, is_failure=True)
                continue
            if entry.name in self._used:
                continue
            self._used.add(entry.name)
            if choice and choice not in self._choices.extras:
                yield Unplaced(entry.name, f"Instagram's {what}: add --with {choice} to take them too")
                continue
            albums = (_album(what),) if choice else ()
            place = number if len(post) > 1 else 0
            name = _name(entry.name, medium.time, place)
            yield Found(
                entry,
                name,
                albums,
                medium.time,
                caption=medium.text,
                film=may_be_film(entry.name),
                year=_year(entry.name),
            )

    def _find(self, base: str, uri: str) -> Entry | None:
        if not uri:
            return None
        for folder in (base, base.removesuffix(_ACTIVITY), ""):
            if entry := self._container.find(folder + uri):
                return entry
        if self._by_end is None:
            self._by_end = {_end(entry.name): entry for entry in self._container.entries()}
        return self._by_end.get(_end(uri))

    def _rest(self) -> Iterator[Found | Unplaced]:
        """Files that no JSON lists: those of posts go in all the same."""
        for entry in self._container.entries():
            if entry.name in self._used or not (is_photo(entry.name) or may_be_film(entry.name)):
                continue
            parts = entry.name.split("/")
            if "messages" in parts:
                yield Unplaced(entry.name, "sent in a message")
            elif {"posts", "photos", "videos", "reels", "igtv"} & set(parts[:-1]):
                yield Found(entry, parts[-1], film=may_be_film(entry.name), year=_year(entry.name))
            else:
                yield Unplaced(entry.name, "in no post")


def _posts_in(whole: Any) -> Iterator[list[_Medium]]:
    """The posts of a file of any year, each as its media in order."""
    if isinstance(whole, dict) and "media" not in whole and "uri" not in whole:
        # `ig_stories`, `ig_reels_media` and the like.
        for value in whole.values():
            yield from _posts_in(value if isinstance(value, list) else [])
        return
    for post in dicts_of(whole):
        media = dicts_of(post.get("media")) if "media" in post else [post]
        media = [medium for medium in media if "uri" in medium]
        if not media:
            continue
        text = _decoded(post.get("title")) or next(
            (said for medium in media if (said := _decoded(medium.get("title")))), ""
        )
        if len(media) == 1:
            text = _decoded(media[0].get("title")) or text
        times = (from_seconds(holder.get("creation_timestamp")) for holder in (post, *media))
        time = next((time for time in times if time), None)
        yield [_Medium(text_of(medium["uri"]), time, text) for medium in media]


def _decoded(value: Any) -> str:
    """A text as it was written: the export has each of its bytes as a character."""
    text = text_of(value)
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _name(entry: str, time: str | None, place: int) -> str:
    if not time:
        return _file(entry)
    moment = f"{time[:10]}_{time[11:19].replace(':', '')}"
    return f"{moment}{f'_{place:02d}' if place else ''}{suffix_of(entry)}"


def _album(what: str) -> Album:
    return Album(f"instagram:{what}", f"{LOOSE}{what}")


def _year(name: str) -> str:
    """The year of the folder that Instagram keeps a file in, such as `202003`."""
    return next((part[:4] for part in reversed(name.split("/")[:-1]) if _MONTH_FOLDER.fullmatch(part)), "")


def _file(name: str) -> str:
    return name.rpartition("/")[2]


def _end(name: str) -> str:
    return "/".join(name.split("/")[-2:])


def _in_order(name: str) -> tuple[int, str]:
    """`posts_10.json` comes after `posts_9.json`."""
    return len(name), name
