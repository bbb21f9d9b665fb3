"""What visitors search: every set and photo is in the file, and it stays small."""

import gzip
import json
import random
from pathlib import Path

from functions.shapes import Photo, PhotoSet
from local.site_server import SERVED_WHILE_CLOSED
from scripts.site.covers import Cover
from scripts.site.search_index import entry_of, read_search_index, search_index, suggestions, write_search_index
from scripts.site.shown import ShownSet

PLACES = ("Lisbon", "Porto", "Nice", "Genoa", "Bergen", "Galway", "Malmö", "Trieste", "Cádiz", "Ghent")
THINGS = (
    *(
        "grandma",
        "children",
        "garden",
        "beach",
        "cake",
        "candles",
        "harbour",
        "boat",
        "dog",
        "picnic",
        "rain",
        "kitchen",
    ),
    *(
        "dinner",
        "table",
        "speech",
        "dance",
        "sunset",
        "mountain",
        "hut",
        "snow",
        "train",
        "station",
        "market",
        "bridge",
    ),
    *("river", "bicycle", "guitar", "balloons", "wedding", "bride", "uncle", "cousins", "football"),
)
LABELS = ("Beach", "Sea", "Cake", "Food", "Dog", "Garden", "Tree", "Mountain", "Snow", "Car", "Boat", "Sky", "Flower")


def photo(file: str = "a.jpg", *, width: int = 400, **values: object) -> Photo:
    return Photo(primarykey="2026_lisbon", sortkey=file, width=width, height=300, **values)  # type: ignore[arg-type]


def one_set(*photos: Photo, **values: object) -> ShownSet:
    return ShownSet(PhotoSet(sortkey="2026_lisbon", pic_count=len(photos), **values), list(photos))  # type: ignore[arg-type]


def test_a_set_says_once_what_neighbours_share() -> None:
    photos = [
        photo("1.jpg", taken_at="2026-04-03T10:00:00"),
        photo(
            "2.jpg", taken_at="2026-04-03T11:00:00", caption="On the tram", keywords=["Tram"], labels=["tram", "City"]
        ),
        photo("3.jpg", width=200, taken_at="2026-04-04"),
        photo("4.jpg", width=200, taken_at="sometime", title="Home"),
    ]
    shown = one_set(*photos, title="Lisbon", description="A week", pic="2.jpg")
    assert json.loads(search_index([entry_of(shown, Cover(photos[1], 50.04, 25))])) == {
        "sets": [
            {
                "name": "2026_lisbon",
                "title": "Lisbon",
                "description": "A week",
                "cover": ["2.jpg", 50.0, 25],
                "files": ["1.jpg", "2.jpg", "3.jpg", "4.jpg"],
                "sizes": [[400, 300, 2], [200, 300, 2]],
                "days": [["2026-04-03", 2], ["2026-04-04", 1], ["", 1]],
                "words": [[1, "", "On the tram", "tram", "City"], [3, "Home", ""]],
            }
        ]
    }


def test_another_programs_photo_is_found_too() -> None:
    odd = Photo(primarykey="2026_lisbon", sortkey="odd.jpg", keywords=["Tram", 7], labels=[None])
    (entry,) = json.loads(search_index([entry_of(one_set(odd), None)]))["sets"]
    assert entry["title"] == "2026 lisbon"
    assert entry["words"] == [[0, "", "", "Tram"]]
    assert "cover" not in entry


def test_the_words_most_photos_have_are_suggested_then_years() -> None:
    photos = [
        photo(f"{at}.jpg", labels=["Beach", "Dog"] if at < 3 else ["beach"], taken_at="2025-01-01") for at in range(5)
    ]
    photos.append(photo("rare.jpg", keywords=["Once"], taken_at="2026-01-01"))
    assert suggestions([entry_of(one_set(*photos), None)]) == ["Beach", "Dog", "2026", "2025"]
    assert suggestions([entry_of(one_set(*photos[:5]), None)]) == ["Beach", "Dog"], "a single year tells nothing apart"


def test_the_index_is_not_among_what_is_served_while_the_site_is_closed(tmp_path: Path) -> None:
    key = write_search_index(tmp_path, [])
    assert (tmp_path / key).is_file()
    assert not f"/{key}".startswith(SERVED_WHILE_CLOSED)


def test_a_published_index_is_read_again_unless_it_is_damaged(tmp_path: Path) -> None:
    entry = entry_of(one_set(photo(keywords=["Tram"])), None)
    key = write_search_index(tmp_path, [entry])
    content = (tmp_path / key).read_bytes()
    assert read_search_index(key, content) == {"2026_lisbon": entry}
    assert read_search_index(key, content[:-9]) == {}


def test_ten_thousand_photos_take_at_most_250_kb_and_the_same_bytes_each_time() -> None:
    content, again = (search_index(entry_of(_long_set(number), None) for number in range(50)) for _ in range(2))
    assert content == again
    assert 100_000 < len(gzip.compress(content)) <= 250_000


def _long_set(number: int) -> ShownSet:
    """200 photos; each has labels and a caption of about 50 characters."""
    chance = random.Random(number)  # noqa: S311 - a sample, no secret
    photos = [
        photo(
            f"IMG_{number * 200 + at + 1000}.JPG",
            width=chance.choice([400, 225]),
            taken_at=f"2026-{number % 12 + 1:02}-{at // 40 + 1:02}T10:{at % 60:02}:00",
            caption=_caption(chance),
            labels=chance.sample(LABELS, 3),
        )
        for at in range(200)
    ]
    return one_set(*photos, title=f"{PLACES[number % 10]} {2000 + number % 26}")


def _caption(chance: random.Random) -> str:
    one, two, three = chance.sample(THINGS, 3)
    return f"{one.title()} and the {two} by the {three} in {chance.choice(PLACES)}, {chance.randrange(1, 100)}"
