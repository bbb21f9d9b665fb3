"""The rendered site: each page is where its address leads, and its scripts get their configuration."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import FakeAws

from build import build
from functions.shapes import KEEP_OWN_ROWS_DAYS, Photo, PhotoSet
from scripts.common.config import ROOT, load_config
from scripts.common.template import load_template
from scripts.site.pages import list_pages

FILES = [f"{number:02}.jpg" for number in range(40)]
SET = "2015_a & b"


@pytest.fixture
def site(aws: FakeAws, tmp_path: Path) -> Path:
    """A site of one set, one of its photos without a size, and of an empty set."""
    for file in FILES:
        photo = Photo(primarykey=SET, sortkey=file, grid_key=f"~/{file}", width=400, height=300)
        put(aws, {**photo.to_item(), **({"width": 0} if file == FILES[1] else {})})
    put(aws, PhotoSet(sortkey=SET, title="A & <b>", pic=FILES[0], pic_count=len(FILES)).to_item())
    put(aws, PhotoSet(sortkey="empty", pic_count=0).to_item())
    stack: Any = SimpleNamespace(
        outputs=aws.outputs,
        photos=aws.photos,
        gallery=SimpleNamespace(count_faces=lambda: 1),
        download_rule="none",
        parameters={},
        region="us-east-1",
        endpoint_url=None,
    )
    return build(stack, tmp_path / "dist", load_config())


def put(aws: FakeAws, item: dict[str, Any]) -> None:
    aws.dynamodb.put_item(TableName=aws.pics_table, Item={name: value for name, value in item.items() if value != ""})


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: Path):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_site_has_each_page_once_and_a_sets_pages_for_each_set(site: Path) -> None:
    files = {page.file(SET): page for page in list_pages().values()}
    assert {str(path.relative_to(site)) for path in site.rglob("*.html")} == set(files)
    for file, page in files.items():
        tags = Tags(site / file)
        assert tags.of("html")[0].get("data-page") == page.script
        assert ({"name": "robots", "content": "noindex"} in tags.of("meta")) is page.noindex


def test_scripts_get_exactly_what_their_type_says(site: Path) -> None:
    typed = re.findall(r"@property \{[^}]+\} (\w+)", (ROOT / "site" / "js" / "config.js").read_text())
    text = (site / "index.html").read_text()
    told = json.loads(re.findall(r'<script type="application/json" id="config">(.*?)</script>', text)[0])
    assert sorted(told) == sorted(typed)


def test_the_lookalike_page_says_how_long_a_result_is_kept(site: Path) -> None:
    assert KEEP_OWN_ROWS_DAYS == 365
    assert " for a year, " in (site / "lookalike" / "index.html").read_text()


def test_a_set_has_a_page_of_first_photos_and_one_of_all(site: Path) -> None:
    first = [tile for tile in Tags(site / "sets" / SET / "index.html").of("a") if tile.get("class") == "tile"]
    everything = [
        tile for tile in Tags(site / "sets" / SET / "all" / "index.html").of("a") if tile.get("class") == "tile"
    ]
    assert [tile["data-file"] for tile in first] == FILES[:32]
    assert [tile["data-file"] for tile in everything] == FILES
    assert first[0]["href"] == "/thumbnails/1600/photos/2015_a%20&%20b/00.jpg"
    assert first[1]["style"] == "--a:1.5", "a photo without a size has one to lay out"


def test_a_title_becomes_no_markup(site: Path) -> None:
    text = (site / "index.html").read_text()
    assert "<h2>A &amp; &lt;b&gt;</h2>" in text
    assert "empty" not in [item.get("data-set") for item in Tags(site / "index.html").of("li")]


def test_every_link_between_pages_leads_to_one(site: Path) -> None:
    for page in site.rglob("*.html"):
        for link in Tags(page).of("a"):
            href = link["href"] or ""
            if href.startswith("/") and not href.startswith(("/thumbnails/", "/sets/")):
                assert (site / href.removeprefix("/") / "index.html").exists(), href


def test_the_account_page_asks_for_the_password_that_cognito_does(site: Path) -> None:
    policy = load_template()["Resources"]["UserPool"]["Properties"]["Policies"]["PasswordPolicy"]
    inputs = Tags(site / "account" / "index.html").of("input")
    assert {tag["minlength"] for tag in inputs if "minlength" in tag} == {str(policy["MinimumLength"])}
