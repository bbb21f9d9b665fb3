"""What visitors search: every set and photo is in the file, and it stays small."""

import gzip
import json
import random
import uuid
from pathlib import Path

from bench.made_up_words import PLACES, THINGS
from functions.people.boxes import Box
from functions.people.inventory import Face, Inventory, PhotoFaces
from functions.people.people_state import PersonState, State, Unknown
from functions.people.public_files import portraits_wanted, public_files
from functions.people.ulid import ulid_of
from functions.photo_rows import Photo, PhotoSet
from functions.public_lists import PEOPLE_KEY
from local.site_server import OPEN_FOLDER
from scripts.site.covers import Cover
from scripts.site.search_index import (
    entry_of,
    read_search_index,
    search_index,
    suggestions,
    write_search_index,
)
from scripts.site.shown import ShownSet

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
    assert not f"/{key}".startswith(OPEN_FOLDER)


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


def test_with_a_thousand_people_all_that_the_search_box_loads_is_below_that() -> None:
    index = search_index(entry_of(_long_set(number), None) for number in range(50))
    assert len(gzip.compress(index)) + len(gzip.compress(_people(1000))) <= 250_000


def _people(count: int) -> bytes:
    """The list that the people function writes, of as many people with a name and as many unknown ones as it takes."""
    chance = random.Random(0)  # noqa: S311 - a sample, no secret
    photos, people, unknown = [], [], []
    for number in range(2 * count):
        face = str(uuid.UUID(int=chance.getrandbits(128)))
        box = Box.of([*(chance.uniform(0, 0.8) for _ in range(2)), *(chance.uniform(0.02, 0.2) for _ in range(2))])
        path = f"2026_{chance.choice(PLACES).lower()}/IMG_{number}.JPG"
        photos.append(PhotoFaces(path, face, None, 4000, 3000, None, None, (Face(face, box, 99, 50),), ()))
        if number >= count:
            unknown.append(Unknown((face,)))
            continue
        name = " ".join(word.title() for word in chance.sample(THINGS, 2))
        days = [f"20{chance.randrange(10, 26)}-{chance.randrange(1, 13):02}-01" for _ in range(2)]
        slug = f"{name.lower().replace(' ', '-')}-{number}"
        people.append(PersonState(ulid_of(str(number)), name, slug, (), False, None, (path,), (face,), *days, face, ()))
    state, inventory = State(tuple(people), unknown=tuple(unknown)), Inventory.of(photos)
    return public_files(state, inventory, portraits_wanted(state, inventory))[PEOPLE_KEY]


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
