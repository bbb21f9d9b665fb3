"""The search box on a large site: how much it loads, and from a key to suggestions and to results."""

import gzip
import json
import random
import statistics
import uuid
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from bench import workplace
from bench.browser import chromium
from bench.made_up_words import PLACES, THINGS
from functions.people.public_files import PEOPLE_KEY, VERSION
from functions.people.ulid import ulid_of
from functions.photo_rows import Photo, PhotoSet
from scripts.site.search_index import SEARCH_INDEX, entry_of, search_index
from scripts.site.shown import ShownSet

PHOTOS = (10_000, 20_000)
PEOPLE = 1_000
OF_A_SET = 200
# What is typed, key by key.
TYPED = ("ann", "ann and bob", "beach", "lisbon 2019", "may 2012")
_FIRST = [
    "Ann",
    "Bob",
    "Carla",
    "Dieter",
    "Élodie",
    "Fatima",
    "Georg",
    "Hanna",
    "Inga",
    "Jörg",
    "Karim",
    "Lena",
    "Marek",
    "Nora",
    "Oskar",
    "Paula",
    "Rosa",
    "Søren",
    "Tilda",
]
_LAST = [
    "Miller",
    "Weber",
    "Dubois",
    "García",
    "Novák",
    "Larsen",
    "Rossi",
    "Kaya",
    "Nguyen",
    "Okafor",
    "Silva",
    "Andersen",
    "Petit",
    "Ruiz",
    "Fischer",
]
# Types a text as keys do; returns for each key how long until the suggestions are laid out, in ms.
_TYPE = """async (text) => {
    const field = document.getElementById("words"), list = document.getElementById("matches"), taken = [];
    for (let end = 1; end <= text.length; end += 1) {
        field.value = text.slice(0, end);
        const start = performance.now();
        field.dispatchEvent(new Event("input"));
        list.getBoundingClientRect();
        taken.push(performance.now() - start);
        await new Promise((done) => setTimeout(done, 30));
    }
    return taken;
}"""
# From the last key to the results, in ms.
_RESULTS = """(text) => new Promise((done) => {
    const field = document.getElementById("words"), count = document.getElementById("count");
    count.textContent = "";
    field.value = text;
    const start = performance.now();
    const shown = new MutationObserver(() => {
        shown.disconnect();
        done(performance.now() - start);
    });
    shown.observe(count, { childList: true });
    field.dispatchEvent(new Event("input"));
})"""


def run() -> list[str]:
    """Lines of the report."""
    with workplace.stack("finding-stack") as stack, chromium() as browser:
        stack.kinpics("upload", str(workplace.sample_folders()[0]))
        people = _people()
        lines = [f"the search box, {PEOPLE:,} people ({_size(people)}):"]
        for count in PHOTOS:
            index = search_index(_entry(number) for number in range(count // OF_A_SET))
            page = browser.new_page(base_url=stack.site_url)
            page.route(f"**/{SEARCH_INDEX}*", _answering(index))
            page.route(f"**/{PEOPLE_KEY}", _answering(people))
            lines.append(f"  {count:,} photos ({_size(index)}): {_measured(page)}")
            page.close()
    return lines


def _answering(content: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=content)


def _measured(page: Page) -> str:
    page.goto("/search/")
    page.locator("#albums:not([hidden])").wait_for()
    keys = [taken for text in TYPED for taken in page.evaluate(_TYPE, text)]
    results = []
    for text in TYPED:
        page.evaluate(_TYPE, " ")
        page.wait_for_timeout(400)
        results.append(page.evaluate(_RESULTS, text))
    percentiles = statistics.quantiles(keys, n=100, method="inclusive")
    return (
        f"a key to suggestions p50 {percentiles[49]:.0f} ms, p95 {percentiles[94]:.0f} ms;"
        f" the last key to results, with the pause, {statistics.median(results):.0f} ms"
    )


def _size(content: bytes) -> str:
    return f"{len(gzip.compress(content)) / 1000:.0f} kB gzip"


def _entry(number: int) -> dict[str, Any]:
    """A set of made-up photos; each has a caption of about 50 characters and a label."""
    chance = random.Random(number)  # noqa: S311 - made-up photos, no secret
    name = f"{2005 + number % 20}_{number:03}"

    def photo(at: int) -> Photo:
        one, two, three = chance.sample(THINGS, 3)
        caption = f"{one.title()} and the {two} by the {three} in {chance.choice(PLACES)}, {chance.randrange(1, 100)}"
        day = f"{2005 + number % 20}-{number % 12 + 1:02}-{at // 40 + 1:02}"
        return Photo(
            primarykey=name, sortkey=f"IMG_{number * OF_A_SET + at}.JPG", width=chance.choice([400, 225]), height=300,
            taken_at=day, caption=caption, labels=[chance.choice(THINGS).title()],
        )  # fmt: skip

    title = f"{chance.choice(PLACES)} {2005 + number % 20}"
    return entry_of(
        ShownSet(PhotoSet(sortkey=name, title=title, pic_count=OF_A_SET), list(map(photo, range(OF_A_SET)))), None
    )


def _people() -> bytes:
    """A list of people as the people function writes it, most photographed first, and 200 unknown ones."""
    chance = random.Random(1)  # noqa: S311 - as above

    def portrait() -> dict[str, Any]:
        box = [round(chance.uniform(0.02, 0.7), 5) for _ in range(4)]
        return {"path": f"2005_000/IMG_{chance.randrange(200)}.JPG", "box": box, "width": 4000, "height": 3000}

    people = []
    for number in range(PEOPLE):
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        days = {"from": f"20{chance.randrange(10, 20)}-05-01", "to": f"20{chance.randrange(20, 26)}-05-01"}
        slug = f"{name.lower().replace(' ', '-')}-{number}"
        known = {"id": ulid_of(str(number)), "name": name, "slug": slug, "photos": 1 + 2000 // (number + 1)}
        people.append({**known, **days, "portrait": portrait()})
    unknown = [
        {"face": str(uuid.UUID(int=chance.getrandbits(128))), "photos": 1, "portrait": portrait()} for _ in range(200)
    ]
    return json.dumps(
        {"v": VERSION, "people": people, "unknown": unknown}, ensure_ascii=False, separators=(",", ":")
    ).encode()
