"""The rendered site: each page is where its address leads, and its scripts get their configuration."""

import gzip
import io
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from moto import mock_aws
from PIL import Image
from support import BLUE, RED, FakeAws, kept, make_fake_aws, picture

from build import build
from functions.access.audiences import Access
from functions.keys import ImagePath
from functions.languages import ENGLISH, LANGUAGES, in_language
from functions.photo_page import CACHE_CONTROL, SKELETON_KEY, page_key, read_page_key, render_photo_page
from functions.photo_rows import Photo, PhotoSet
from functions.shown_photos import ShownPhotos
from functions.visitor_rows import KEEP_OWN_ROWS_DAYS
from scripts.common.config import ROOT, load_config
from scripts.common.template import load_template
from scripts.deployment.publish import publish
from scripts.site.bundle import BuildError
from scripts.site.covers import describe_missing_cover
from scripts.site.pages import Page, list_pages

FILES = [f"{number:02}.jpg" for number in range(40)]
SET = "2015_a & b"
PORTRAITS = [{"ExternalImageId": f"{person}:2F{number}.jpg"} for person in ("Ada", "Grace") for number in (1, 2)]
SITE_URL = "https://photos.example"
# Where other languages aren't the point: they are files beside those in English, and cost four times.
IN_ENGLISH = replace(load_config(), language="en")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of `stack`, with the settings as they come. Tests share it, and only read."""
    with mock_aws():
        return build(make_stack(make_fake_aws()), tmp_path_factory.mktemp("site") / "dist", load_config()).folder


@pytest.fixture
def stack(aws: FakeAws) -> Any:
    return make_stack(aws)


def put_rows(aws: FakeAws) -> None:
    for file in FILES:
        photo = Photo(primarykey=SET, sortkey=file, grid_key=f"~/{file}", width=400, height=300)
        put(aws, {**photo.to_item(), **({"width": 0} if file == FILES[1] else {})})
    put(aws, PhotoSet(sortkey=SET, title="A & <b>", pic=FILES[0], pic_count=len(FILES)).to_item())
    put(aws, PhotoSet(sortkey="empty", pic_count=0).to_item())


def make_stack(aws: FakeAws) -> Any:
    """A site of one set, one of its photos without a size, and of an empty set."""
    kept(put_rows)(aws)
    return SimpleNamespace(
        outputs=aws.outputs,
        s3=aws.s3,
        photos=aws.photos,
        access=aws.access,
        gallery=SimpleNamespace(count_faces=lambda: 1, count_people=lambda: 1, list_faces=lambda: iter(PORTRAITS)),
        download_rule="none",
        parameters={},
        region="us-east-1",
        endpoint_url=None,
        site_url=SITE_URL,
        home_url=None,
        shared_url=SITE_URL,
    )


def put(aws: FakeAws, item: dict[str, Any]) -> None:
    aws.dynamodb.put_item(TableName=aws.pics_table, Item={name: value for name, value in item.items() if value != ""})


def test_a_photo_of_another_set_is_on_the_pages_of_both(aws: FakeAws, tmp_path: Path) -> None:
    stack = make_stack(aws)
    put(aws, {**Photo(primarykey=SET, sortkey=FILES[0], grid_key="~/0", etag="1").to_item(), "width": 4, "height": 3})
    ShownPhotos(aws.photos).show(ImagePath(SET, FILES[0]), "Best", "2026-11-26T12:00:00+00:00")
    site = build(stack, tmp_path / "dist", IN_ENGLISH)
    page = (site.folder / "sets" / "Best" / "index.html").read_text()
    tiles = [tag for tag in Tags(page.encode()).of("a") if "tile" in (tag.get("class") or "")]
    assert [tag["data-key"] for tag in tiles] == [f"{SET}/{FILES[0]}"]
    assert page_key(ImagePath(SET, FILES[0])) in site.more
    assert not [key for key in site.more if key.startswith("sets/Best/photos/")], "it has one page of its own"
    front = (site.folder / "index.html").read_text()
    assert front.count(f"/{FILES[0]}") > 1, "it is the cover of both"
    (index,) = (site.folder / "search").glob("words-*.json")
    found = {entry["name"]: entry for entry in json.loads(index.read_text())["sets"]}
    assert (found["Best"]["files"], found["Best"]["cover"][0]) == ([], f"{SET}/{FILES[0]}")


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: Path | bytes):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode() if isinstance(page, bytes) else page.read_text())

    def previewed(self) -> dict[str, str | None]:
        """What a link to the page shows."""
        metas = [tag for tag in self.of("meta") if (tag.get("property") or "").startswith("og:")]
        return {tag["property"] or "": tag["content"] for tag in metas}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_site_has_each_page_in_each_language_and_a_sets_pages_for_each_set(site: Path) -> None:
    files = {
        in_language(page.file(SET), language): (page, language)
        for page in list_pages().values()
        if not page.laptop_only and not page.is_of_person
        for language in LANGUAGES
    }
    assert {str(path.relative_to(site)) for path in site.rglob("*.html")} == set(files)
    for file, (page, language) in files.items():
        tags = Tags(site / file)
        assert tags.of("html")[0]["lang"] == language
        assert tags.of("html")[0].get("data-page") == page.script
        assert {"name": "robots", "content": "noindex"} in tags.of("meta"), "no page, as the settings say"


def test_a_fixed_language_has_the_files_that_are_looked_up(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "dist", replace(load_config(), language="de", title="Meine Fotos")).folder
    assert {str(path.relative_to(site)) for path in site.rglob("*.html")} == {
        page.file(SET) for page in list_pages().values() if not page.laptop_only and not page.is_of_person
    }
    assert all(Tags(path).of("html")[0]["lang"] == "de" for path in site.rglob("*.html"))
    assert "<title>Meine Fotos</title>" in (site / "index.html").read_text()
    assert "data-others" not in Tags(site / "404.html").of("html")[0]


def test_a_page_preloads_its_scripts_texts_and_english_has_none(site: Path) -> None:
    for language in LANGUAGES:
        page = site / in_language("index.html", language)
        told = told_by(page)
        preloaded = [link["href"] for link in Tags(page).of("link") if link["rel"] == "modulepreload"]
        assert (told["texts"] is None) == (language == ENGLISH)
        if told["texts"]:
            assert told["texts"] in preloaded
            assert len(gzip.compress((site / told["texts"].removeprefix("/")).read_bytes())) <= 5 * 1024


def test_scripts_get_exactly_what_their_type_says(site: Path) -> None:
    typed = re.findall(r"@property \{[^}]+\} (\w+)", (ROOT / "site" / "js" / "config.js").read_text())
    assert sorted(told_by(site / "index.html")) == sorted(typed)


def told_by(page: Path) -> dict[str, Any]:
    """What a page tells its scripts."""
    told: list[str] = re.findall(r'<script type="application/json" id="config">(.*?)</script>', page.read_text())
    found: dict[str, Any] = json.loads(told[0])
    return found


def test_the_lookalike_page_says_how_long_a_result_is_kept(site: Path) -> None:
    assert KEEP_OWN_ROWS_DAYS == 365
    assert " for a year, " in (site / "lookalike" / "index.html").read_text()


def tiles_of(page: Path) -> list[dict[str, str | None]]:
    return [link for link in Tags(page).of("a") if "tile" in (link.get("class") or "").split()]


def test_a_set_has_a_page_of_first_photos_and_one_of_all(site: Path) -> None:
    first, everything = (tiles_of(site / "sets" / SET / page) for page in ("index.html", "all/index.html"))
    assert [tile["data-file"] for tile in first] == FILES[:32]
    assert [tile["data-file"] for tile in everything] == FILES
    assert first[0]["href"] == "/thumbnails/1600/photos/2015_a%20&%20b/00.jpg"
    assert first[1]["style"] == "--a:1.5", "a photo without a size has one to lay out"


def test_the_front_page_asks_who_you_look_like_beside_two_portraits(site: Path) -> None:
    heads = [image["src"] for image in Tags(site / "index.html").of("img") if image.get("class") == "head"]
    assert heads == ["/thumbnails/celebrities/Ada/1.jpg", "/thumbnails/celebrities/Grace/1.jpg"]


def test_a_cover_that_is_not_on_the_site_is_named(stack: Any) -> None:
    assert describe_missing_cover(stack.photos, "", Access()) == ""
    assert describe_missing_cover(stack.photos, f"{SET}/{FILES[0]}", Access()) == ""
    assert f"no photo {SET}/gone.jpg" in describe_missing_cover(stack.photos, f"{SET}/gone.jpg", Access())


def test_a_sets_own_date_stands_where_its_photos_days_would(aws: FakeAws, stack: Any, tmp_path: Path) -> None:
    put(aws, replace(stack.photos.get_set(SET), dated="2019-05").to_item())
    build(stack, tmp_path / "dist")
    for page, language, shown in ((f"sets/{SET}/", "", "May 2019"), ("", ".de", "Mai 2019")):
        assert shown in (tmp_path / "dist" / f"{page}index{language}.html").read_text(encoding="utf-8")


def test_a_title_becomes_no_markup(site: Path) -> None:
    text = (site / "index.html").read_text()
    assert '<h2 dir="auto">A &amp; &lt;b&gt;</h2>' in text
    assert "empty" not in [item.get("data-set") for item in Tags(site / "index.html").of("li")]


@pytest.mark.parametrize(("letters", "shown"), [(80, None), (300, "long")])
def test_a_long_title_of_the_site_is_set_smaller(stack: Any, tmp_path: Path, letters: int, shown: str | None) -> None:
    page = build(stack, tmp_path / "dist", replace(IN_ENGLISH, title="t" * letters)).folder / "index.html"
    assert [heading.get("class") for heading in Tags(page).of("h1")] == [shown]


def test_every_link_between_pages_leads_to_one(site: Path) -> None:
    links = {(link["href"] or "").partition("#")[0] for page in site.rglob("*.html") for link in Tags(page).of("a")}
    pages = [href for href in links if href.startswith("/") and not href.startswith(("/thumbnails/", "/sets/"))]
    assert {"/", "/people/", "/selfie/"} <= set(pages)
    for href in pages:
        assert (site / (href.removeprefix("/") + ("index.html" if href.endswith("/") else ""))).exists(), href


def test_the_app_has_a_name_where_the_owner_has_given_none(site: Path) -> None:
    manifest = json.loads((site / "site.webmanifest").read_text())
    assert manifest["name"] == "Our photos"
    assert manifest["description"]


def test_the_account_page_asks_for_the_password_that_cognito_does(site: Path) -> None:
    policy = load_template()["Resources"]["UserPool"]["Properties"]["Policies"]["PasswordPolicy"]
    inputs = Tags(site / "account" / "index.html").of("input")
    assert {tag["minlength"] for tag in inputs if "minlength" in tag} == {str(policy["MinimumLength"])}


def test_the_owners_templates_replace_ours(stack: Any, tmp_path: Path) -> None:
    pages = tmp_path / "theme" / "templates" / "pages"
    pages.mkdir(parents=True)
    (pages / "faces.html").write_text("<p>mine</p>")
    dist = build(stack, tmp_path / "dist", IN_ENGLISH, root=tmp_path).folder
    assert (dist / "faces" / "index.html").read_text() == "<p>mine</p>"
    assert "main.js" not in (dist / "faces" / "index.html").read_text()
    assert (dist / "index.html").exists()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>\n{% if %}", r"pages/faces.html, line 2: Expected an expression"),
        ("<p>\n\n{{ no_such_thing }}", r"pages/faces.html, line 3: 'no_such_thing' is undefined"),
        ('{% include "gone.html" %}', r"no template gone.html"),
        ("{{ theme.template_folders[0].read_text() }}", r"faces.html, line 1: 'dict object' has no attribute"),
        ('{{ cycler.__init__.__globals__["os"].getcwd() }}', r"faces.html, line 1: access to attribute '__init__'"),
        ("\udcff", r"pages/faces.html, or a template that it uses: .*utf-8"),
    ],
)
def test_a_broken_template_is_named_with_its_line_and_the_old_site_stays(
    stack: Any, site: Path, tmp_path: Path, template: str, said: str
) -> None:
    dist = tmp_path / "dist"
    shutil.copytree(site, dist)
    pages = tmp_path / "theme" / "templates" / "pages"
    pages.mkdir(parents=True)
    (pages / "faces.html").write_text(template, "utf-8", "surrogateescape")
    with pytest.raises(BuildError, match=said):
        build(stack, dist, IN_ENGLISH, root=tmp_path)
    assert "Photos of this person" in (dist / "faces" / "index.html").read_text()


def test_only_the_laptops_site_has_the_style_guide(stack: Any, site: Path, tmp_path: Path) -> None:
    assert not (site / "styleguide").exists()
    stack.endpoint_url = "http://localhost:4566"
    assert (build(stack, tmp_path / "laptop", IN_ENGLISH).folder / "styleguide" / "index.html").exists()


OPEN = replace(IN_ENGLISH, search_engines=True, title="Ours <3")


def published_pages() -> list[Page]:
    return [page for page in list_pages().values() if not page.laptop_only and not page.is_of_person]


def read_json_ld(page: bytes) -> Any:
    (found,) = re.findall(rb'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


def test_each_photo_has_a_page_made_from_the_published_skeleton(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "dist", OPEN)
    pages = {path: make() for key, make in site.more.items() if (path := read_page_key(key))}
    assert set(pages) == {ImagePath(SET, file) for file in FILES}
    skeleton = (site.folder / SKELETON_KEY).read_text()
    for page in pages.values():
        assert b"[[" not in page, "every name in the skeleton is a value's"
    first, second = pages[ImagePath(SET, FILES[0])], pages[ImagePath(SET, FILES[1])]
    before, after = (Photo(primarykey=SET, sortkey=file) for file in (FILES[0], FILES[2]))
    row = stack.photos.get_photo(ImagePath(SET, FILES[1]))
    assert second == render_photo_page(skeleton, row, "A & <b>", before=before, after=after)
    address = "/sets/2015_a%20&%20b/photos/00.jpg/"
    assert {"rel": "canonical", "href": SITE_URL + address} in Tags(first).of("link")
    assert {"rel": "prev", "href": address} in Tags(second).of("link")
    assert {"rel": "prev"} not in [{"rel": tag.get("rel")} for tag in Tags(first).of("link")]
    assert Tags(first).previewed()["og:image"] == f"{SITE_URL}/thumbnails/1600/photos/2015_a%20&%20b/00.jpg"
    assert read_json_ld(first)["contentUrl"] == f"{SITE_URL}/thumbnails/1600/photos/2015_a%20&%20b/00.jpg"
    assert read_json_ld(first)["isPartOf"]["name"] == "A & <b>"
    assert Tags(first).previewed()["og:description"] == "A & <b>", "without a caption, it says which album it is from"


def test_a_long_caption_is_cut_where_it_names_a_photo(aws: FakeAws, stack: Any, tmp_path: Path) -> None:
    known = Photo(primarykey=SET, sortkey=FILES[0], grid_key=f"~/{FILES[0]}", width=400, height=300)
    put(aws, replace(known, caption="First line\nsecond " + "word " * 100).to_item())
    site = build(stack, tmp_path / "dist", OPEN).folder
    for page in ("index.html", f"sets/{SET}/index.html", f"sets/{SET}/all/index.html"):
        said = Tags(site / page).of("img")[0]["alt"] or ""
        assert said.startswith("First line second word")
        assert len(said) == 200


def test_shared_pages_of_the_album_show_their_card(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "dist", OPEN)
    cards = {f"{SITE_URL}/{key}" for key in site.more if key.startswith("cards/")}
    assert len(cards) == 2, "the site's and the set's"
    shared = {}
    for page in published_pages():
        shown = Tags(site.folder / page.file(SET)).previewed()
        if shown:
            shared[page.name] = shown
    assert set(shared) == {"index", "set"}, "a page about people gives nothing away"
    assert {shown["og:image"] for shown in shared.values()} == cards
    assert shared["set"]["og:title"] == "A & <b>"
    assert shared["set"]["og:description"] == "40 photos"
    assert shared["set"]["og:url"] == f"{SITE_URL}/sets/2015_a%20&%20b/"
    for make in (site.more[key.removeprefix(f"{SITE_URL}/")] for key in cards):
        assert make().startswith(b"\xff\xd8"), "also where the cover has no rendition"


def test_a_link_to_the_site_shows_the_cover_of_its_front_page(aws: FakeAws, stack: Any, tmp_path: Path) -> None:
    face = {"FaceId": "1", "BoundingBox": {"Left": 0.4, "Top": 0.3, "Width": 0.2, "Height": 0.25}}
    data = {"FaceRecords": [{"Face": face}]}
    best = Photo(primarykey=SET, sortkey="best.jpg", grid_key="~/z", width=1500, height=1000, face_count=1, data=data)
    put(aws, best.to_item())
    for file, colour in ((FILES[0], BLUE), ("best.jpg", RED)):
        key = ImagePath(SET, file).large_key
        aws.s3.put_object(Bucket=aws.thumbnails_bucket, Key=key, Body=picture(colour))
    site = build(stack, tmp_path / "dist", OPEN)
    page = Tags(site.folder / "index.html")
    assert (page.of("img")[0]["src"] or "").endswith("/best.jpg")
    card = (page.previewed()["og:image"] or "").removeprefix(f"{SITE_URL}/")
    red, _, blue = Image.open(io.BytesIO(site.more[card]())).getpixel((900, 300))
    assert red > blue


def test_a_set_has_a_page_for_websites_that_the_owner_allows(stack: Any, site: Path, tmp_path: Path) -> None:
    page = f"sets/{SET}/embed/index.html"
    assert not (site / page).exists()
    assert "data-embed" not in (site / f"sets/{SET}/index.html").read_text()
    allowed = build(stack, tmp_path / "dist", replace(OPEN, embed_on=("https://club.example",))).folder
    assert 'data-embed="/sets/2015_a%20&amp;%20b/embed/"' in (allowed / f"sets/{SET}/index.html").read_text()
    tags = Tags(allowed / page)
    assert tags.of("base") == [{"target": "_blank"}]
    assert tags.of("script") == tags.of("header") == tags.of("nav") == [], "nothing but the photos"
    assert {"name": "robots", "content": "noindex"} in tags.of("meta")
    links = [tag["href"] for tag in tags.of("a")]
    assert "/sets/2015_a%20&%20b/?pic=00.jpg" in links
    assert links[-1] == "/sets/2015_a%20&%20b/"


def test_an_owner_who_wants_no_previews_gets_none(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "dist", replace(OPEN, language=load_config().language, link_previews=False))
    pages = [path.read_bytes() for path in site.folder.rglob("*.html")] + [make() for make in site.more.values()]
    assert not any(b"og:" in page or b"twitter:" in page for page in pages)
    assert not any(key.startswith("cards/") for key in site.more)


def locations_in(sitemap: Path) -> list[str | None]:
    return [entry.findtext("{*}loc") for entry in ElementTree.parse(sitemap).getroot()]


def test_search_engines_are_told_only_about_an_open_site(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "dist", OPEN).folder
    sitemaps = [(loc or "").removeprefix(f"{SITE_URL}/") for loc in locations_in(site / "sitemap.xml")]
    assert sitemaps == ["sitemap-albums.xml", "sets/2015_a%20&%20b/sitemap.xml"]
    locations = [location for path in sitemaps for location in locations_in(site / unquote(path))]
    assert locations[:3] == [
        f"{SITE_URL}/",
        f"{SITE_URL}/sets/2015_a%20&%20b/",
        f"{SITE_URL}/sets/2015_a%20&%20b/photos/00.jpg/",
    ]
    assert f"Sitemap: {SITE_URL}/sitemap.xml" in (site / "robots.txt").read_text()
    for page in published_pages():
        metas = Tags(site / page.file(SET)).of("meta")
        assert ({"name": "robots", "content": "noindex"} in metas) is page.noindex
    gallery = read_json_ld((site / "sets" / SET / "index.html").read_bytes())
    assert (gallery["@type"], gallery["name"], len(gallery["image"])) == ("ImageGallery", "A & <b>", 32)
    closed = build(stack, tmp_path / "dist", replace(OPEN, search_engines=False)).folder
    assert not (closed / "sitemap.xml").exists()
    assert not (closed / "robots.txt").exists()
    assert b"ld+json" not in (closed / "sets" / SET / "index.html").read_bytes()


def test_the_site_and_each_set_have_a_feed(site: Path) -> None:
    for folder, title in ((site, "Our photos"), (site / "sets" / SET, "A & <b>")):
        assert ElementTree.parse(folder / "feed.xml").getroot().findtext("{*}title") == title
        (link,) = [tag for tag in Tags(folder / "index.html").of("link") if tag["rel"] == "alternate"]
        assert (link["type"], (link["href"] or "").rpartition("/")[2]) == ("application/atom+xml", "feed.xml")


def test_publishing_keeps_the_pages_of_new_photos_and_uploads_only_changes(
    aws: FakeAws, stack: Any, tmp_path: Path
) -> None:
    stack.invalidate = lambda paths: None
    new, old = (page_key(ImagePath(SET, file)) for file in ("new.jpg", "old.jpg"))
    site = build(stack, tmp_path / "dist", OPEN)
    put(aws, Photo(primarykey=SET, sortkey="new.jpg", grid_key="~/new.jpg", width=4, height=3).to_item())
    for key in (new, old):
        aws.s3.put_object(Bucket=aws.site_bucket, Key=key, Body=b"page")
    assert publish(stack, site) > len(FILES)
    assert new in aws.keys(aws.site_bucket), "its photo came after the pages were rendered"
    assert old not in aws.keys(aws.site_bucket), "its photo is gone"
    published = aws.s3.get_object(Bucket=aws.site_bucket, Key=page_key(ImagePath(SET, FILES[0])))
    assert published["ContentType"] == "text/html; charset=utf-8"
    assert published["CacheControl"] == CACHE_CONTROL
    assert publish(stack, build(stack, tmp_path / "again", OPEN)) > 0
    assert publish(stack, build(stack, tmp_path / "again", OPEN)) == 0


def test_a_photo_that_goes_while_its_page_is_published_has_none(aws: FakeAws, stack: Any, tmp_path: Path) -> None:
    invalidated: set[str] = set()
    stack.invalidate = invalidated.update
    site = build(stack, tmp_path / "dist", OPEN)
    aws.dynamodb.delete_item(TableName=aws.pics_table, Key={"primarykey": SET, "sortkey": FILES[0]})
    publish(stack, site)
    pages = [page_key(ImagePath(SET, file)) for file in FILES]
    assert sorted(set(pages) - set(aws.keys(aws.site_bucket))) == pages[:1]
    assert "/sets/2015_a%20&%20b/*" in invalidated
