"""Makes exports as services write them, of any size and with every trap, and says what an import has to make of them.

Made after the services' published descriptions and reports of users; no photo or text is anybody's.
"""

import hashlib
import io
import json
import random
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

_START = int(datetime(2012, 1, 1, 12, tzinfo=UTC).timestamp())
_YEARS = 10
_WORDS = ("harbour", "garden", "snow", "birthday", "market", "train", "island", "bridge", "window", "concert")
_EMOJI = ("", " 🌊", " 🎉🎂", " żółć", " 日本", " l'été")
_PEOPLE = ("Ada", "Björn", "Chloé", "Dmitri", "Emeka")


@dataclass
class Truth:
    """What has to become of one photo: the sets it belongs to, its date, caption and people, and what it comes after in
    its post."""

    sets: set[str]
    taken_at: str | None = None
    caption: str = ""
    people: tuple[str, ...] = ()
    after: str = ""


@dataclass
class Export:
    """An export's zips, and the truth by each photo's SHA-256; ``left_out`` is how many files don't go in."""

    paths: list[Path]
    photos: dict[str, Truth] = field(default_factory=dict)
    files: int = 0


def picture(number: int, size: tuple[int, int] = (96, 72), quality: int = 80) -> bytes:
    """A JPEG that looks like no other: coloured clouds."""
    noise = random.Random(number)  # noqa: S311 - no secret
    clouds = Image.frombytes("RGB", (8, 6), noise.randbytes(8 * 6 * 3))
    out = io.BytesIO()
    clouds.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=quality)
    return out.getvalue()


def moment(number: int, of: int) -> int:
    """Seconds since 1970 of the photo with this number, in ten years, never twice the same."""
    return _START + number * (_YEARS * 365 * 86400 // max(of, 1))


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def caption(number: int) -> str:
    words = random.Random(-number - 1).sample(_WORDS, 3)  # noqa: S311 - no secret
    return f"{' '.join(words)} {number}{_EMOJI[number % len(_EMOJI)]}"


# Instagram


def _mangled(text: str) -> str:
    """A text as Instagram writes it: each byte of its UTF-8 as a character."""
    return text.encode().decode("latin-1")


def instagram(folder: Path, posts: int = 5000, seed: int = 0, root: str = "your_instagram_activity/") -> Export:
    """An export of today: two files of posts, single photos and carousels, stories and messages, and traps."""
    zipped = folder / f"instagram-someone-{seed}.zip"
    export = Export([zipped])
    listed: list[dict[str, Any]] = []
    number = seed
    with zipfile.ZipFile(zipped, "w") as out:
        for post in range(posts):
            seconds = moment(post, posts)
            count = 1 if post % 4 else 2 + post % 9
            if post and post % 50 == 3:
                seconds = moment(post - 1, posts)  # two posts in one second
            text = caption(post) if post % 7 else ""
            known = post % 100 != 99  # once in a while, the time is missing
            media = []
            before = ""
            for _ in range(count):
                number += 1
                data = picture(number)
                month = datetime.fromtimestamp(seconds, UTC).strftime("%Y%m")
                uri = f"media/posts/{month}/{number * 7919 % 10**9}_{number}_n.jpg"
                out.writestr(uri, data)
                digest = sha256(data)
                year = iso(seconds)[:4]
                export.photos[digest] = Truth({f"Instagram {year}"}, iso(seconds) if known else None, text, (), before)
                export.files += 1
                before = digest
                medium: dict[str, Any] = {"uri": uri, "title": "" if count > 1 else _mangled(text)}
                medium["media_metadata"] = {"photo_metadata": {"exif_data": [{"latitude": 0, "longitude": 0}]}}
                media.append(medium | ({"creation_timestamp": seconds} if known else {}))
            whole: dict[str, Any] = {"media": media}
            if count > 1:
                whole |= {"title": _mangled(text)} | ({"creation_timestamp": seconds} if known else {})
            listed.append(whole)
        # Listed, but not there; there, but not listed; of messages; a story; a film.
        listed.append({"media": [{"uri": "media/posts/201501/gone.jpg", "creation_timestamp": _START, "title": ""}]})
        unlisted = picture(number + 1)
        out.writestr("media/posts/201502/unlisted.jpg", unlisted)
        export.photos[sha256(unlisted)] = Truth({"Instagram 2015"})
        out.writestr(f"{root}messages/inbox/friend_1/photos/1.jpg", picture(number + 2))
        out.writestr("media/stories/201503/story.jpg", picture(number + 3))
        out.writestr("media/posts/201503/film.mp4", bytes(200))  # and it is none
        listed.append({"media": [{"uri": "media/posts/201503/film.mp4", "creation_timestamp": _START, "title": ""}]})
        story = {"uri": "media/stories/201503/story.jpg", "creation_timestamp": _START, "title": ""}
        half = len(listed) // 2
        for name, posted in (("posts_1", listed[:half]), ("posts_2", listed[half:])):
            out.writestr(f"{root}media/{name}.json", json.dumps(posted))
        out.writestr(f"{root}media/stories.json", json.dumps({"ig_stories": [story]}))
        export.files += 6
    return export


# Google Takeout

_SUPPLEMENT = ".supplemental-metadata"
_EDITED = ("edited", "bearbeitet", "modifié", "editado", "編集済み")
_ALBUMS = ("Lisbon", "Gran & Co.", "Årsfest 🎉", "2014", "Wien/Praha")


def takeout(
    folder: Path, photos: int = 20_000, parts: int = 4, year_folder: str = "Fotos von {}", *, films: bool = True
) -> Export:
    """An export in German, in several zips: by year and in albums, with every way its JSON is called.

    With ``films``, one photo has a film beside it, and is only the beginning of a file.
    """
    paths = [folder / f"takeout-20250101T000000Z-{part:03d}.zip" for part in range(1, parts + 1)]
    zips = [zipfile.ZipFile(path, "w") for path in paths]
    export = Export(paths)
    root = "Takeout/Google Fotos"
    written = 0

    def write(name: str, data: bytes | str) -> None:
        nonlocal written
        # A photo and its JSON often lie in different parts.
        zips[written % parts].writestr(name, data)
        written += 1

    for place, title in enumerate(_ALBUMS):
        name = "Metadaten.json" if place % 2 else "metadata.json"
        about = {"title": title, "description": f"All of {title}", "date": {"timestamp": str(_START)}}
        write(f"{root}/{_folder(title)}/{name}", json.dumps(about))
    for number in range(photos):
        seconds = moment(number, photos)
        year = iso(seconds)[:4]
        text = caption(number) if number % 3 == 0 else ""
        people = tuple(sorted(random.Random(number).sample(_PEOPLE, number % 3)))  # noqa: S311 - no secret
        file, sidecar, title = _names(number)
        data = picture(1_000_000 + number)  # unlike Instagram's
        about = _about(title, seconds, text, people)
        truth = Truth({year}, iso(seconds), text, people)
        if number % 40 == 7:  # 1970, and so no date
            about["photoTakenTime"] = {"timestamp": "0"}
            truth.taken_at = None
        if number % 40 == 9:
            sidecar = ""  # no JSON at all
            truth = Truth({year})
        if number % 40 == 11:
            about["favorited"] = True
        where = year_folder.format(year)
        write(f"{root}/{where}/{file}", data)
        if sidecar:
            write(f"{root}/{where}/{sidecar}", json.dumps(about))
        if number % 5 == 1 and sidecar:  # in one album, or in two
            titles = [
                _ALBUMS[number // 5 % len(_ALBUMS)],
                *([_ALBUMS[(number // 5 + 1) % len(_ALBUMS)]] * (number % 2)),
            ]
            for album in titles:
                write(f"{root}/{_folder(album)}/{file}", data)
                write(f"{root}/{_folder(album)}/{sidecar}", json.dumps(about))
            truth.sets = {album.replace("/", "-") if album != "2014" else "2014 2" for album in titles}
        export.photos[sha256(data)] = truth
        if number % 100 == 50:  # an edited copy that is cut, so another photo, with its original's JSON
            stem, dot, suffix = file.rpartition(".")
            word = _EDITED[number // 100 % len(_EDITED)]
            numbered, bracket, rest = stem.partition("(")
            edited = picture(2_000_000 + number)
            write(f"{root}/{where}/{numbered}-{word}{bracket}{rest}{dot}{suffix}", edited)
            export.photos[sha256(edited)] = Truth({year}, truth.taken_at, text, people)
    # A JSON without its photo; photos in the bin, the locked folder, the archive; a motion photo's film; Drive's photo.
    write(f"{root}/{year_folder.format(2015)}/gone.jpg.json", json.dumps(_about("gone.jpg", _START, "", ())))
    write(f"{root}/Papierkorb/bin.jpg", picture(-5))
    write(f"{root}/Papierkorb/bin.jpg.json", json.dumps(_about("bin.jpg", _START, "", ()) | {"trashed": True}))
    for number, (name, said) in enumerate((("Dossier verrouillé", "inLockedFolder"), ("Archives", "archived"))):
        write(f"{root}/{name}/{said}.jpg", picture(-7 - number))
        write(f"{root}/{name}/{said}.jpg.json", json.dumps(_about(f"{said}.jpg", _START, "", ()) | {said: True}))
    if films:
        write(f"{root}/{year_folder.format(2013)}/live.HEIC", _heic_like())
        write(f"{root}/{year_folder.format(2013)}/live.HEIC.json", json.dumps(_about("live.HEIC", _START, "", ())))
        write(f"{root}/{year_folder.format(2013)}/live.MP4", bytes(64))
        export.photos[sha256(_heic_like())] = Truth({iso(_START)[:4]}, iso(_START))
    write("Takeout/Drive/scan.jpg", picture(-6))
    write("Takeout/archive_browser.html", "<html></html>")
    for opened in zips:
        opened.close()
    export.files = written
    return export


def _heic_like() -> bytes:
    """What begins as HEIC does; it isn't decoded before it goes up."""
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


def _folder(title: str) -> str:
    return title.replace("/", "_").replace("&", "_")


def _about(title: str, seconds: int, text: str, people: tuple[str, ...]) -> dict[str, Any]:
    about: dict[str, Any] = {
        "title": title,
        "description": text,
        "imageViews": "12",
        "creationTime": {"timestamp": str(seconds + 86400), "formatted": "made up"},
        "photoTakenTime": {"timestamp": str(seconds), "formatted": "made up"},
        "geoData": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
        "url": "https://photos.example/1",
    }
    return about | ({"people": [{"name": name} for name in people]} if people else {})


def _names(number: int) -> tuple[str, str, str]:
    """A photo's file, its JSON's name, and the title in that: every way they have been seen."""
    short = f"IMG_{number:05d}.jpg"
    long = f"a very long name that somebody gave to it no {number:05d} of all.jpg"
    match number % 10:
        case 0:
            return short, f"{short}.json", short
        case 1:
            return short, f"{short}{_SUPPLEMENT}.json", short
        case 2:  # cut at 46 before `.json`, with the photo's own name cut too
            title = f"{number:05d} {long}"
            file = f"{title[:-4][:47]}.jpg"
            return file, f"{title[:46]}.json", title
        case 3:  # the new name, cut
            return short, f"{(short + _SUPPLEMENT)[:30]}.json", short
        case 4:  # the second of a name
            return f"twice {number // 10}(1).jpg", f"twice {number // 10}.jpg(1).json", f"twice {number // 10}.jpg"
        case 5:
            name = f"twice {number // 10}.jpg"
            return name, f"{name}{_SUPPLEMENT}.json", name
        case 6:  # the title has no suffix, nor has the JSON's name
            return short, f"{short[:-4]}.json", short[:-4]
        case 7:  # cut at 51 in all, by others 53
            title = f"{number:05d} {long}"
            file = f"{title[:-4][:47]}.jpg"
            return file, f"{title[: 48 if number % 20 == 7 else 50]}.json", title
        case 8:  # found by its title alone
            title = f"{number:05d}'s & others?.jpg"
            return title.replace("'", "_").replace("&", "_").replace("?", "_"), f"{number:05d}.json", title
        case _:
            return short.upper(), f"{short.upper()}{_SUPPLEMENT}(1).json".replace("(1)", ""), short.upper()
