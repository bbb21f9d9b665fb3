"""Pages about people, rendered from the public files in the site bucket."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from people_cases import Journal, inventory, person, photo, ref
from support import FakeAws, site_stack

from build import Site, build
from functions.keys import ImagePath
from functions.languages import LANGUAGES, in_language
from functions.people.hanging import hang
from functions.people.knowledge import fold
from functions.people.people_state import Unknown, make_state
from functions.people.public_files import portrait_key, public_files
from functions.photo_page import page_key
from functions.photo_rows import Photo, PhotoSet
from functions.public_lists import set_list_key
from scripts.common.config import load_config
from scripts.deployment.publish import publish
from scripts.deployment.publish_record import PublishRecord
from scripts.site.people_shown import People, SetPeople, read_set_people
from scripts.site.published import Published
from scripts.site.shown import list_shown_rows, read_sets

FAIR_1 = photo("fair/1.jpg", 1, 2, taken_at="2019-05-01T12:00:00")
FAIR_2 = photo("fair/2.jpg", 1, 3, taken_at="2021-05-01T12:00:00")
PHOTOS = (FAIR_1, FAIR_2)
ANN, BOB = person(1), person(2)
PORTRAIT = portrait_key("0123456789abcdef")
ENGLISH = replace(load_config(), language="en")


def named(bob: str = "Bob & <b>") -> Journal:
    """Ann on both photos, Bob on one with her."""
    journal = Journal()
    for who, name, faces in ((ANN, "Ann", [ref(FAIR_1, 1), ref(FAIR_2, 1)]), (BOB, bob, [ref(FAIR_1, 2)])):
        journal.add("name", person=who, name=name)
        journal.add("assign", person=who, faces=faces)
    return journal


def write_files(stack: Any, journal: Journal) -> None:
    """Write the public files as the people function does."""
    known, photos = fold(journal.events), inventory(PHOTOS)
    unknown = [Unknown(("e-fair/2.jpg-3",))]
    state = make_state(known, hang(known, photos), photos, {}, unknown)
    bucket = stack.outputs.site_bucket
    there = {item["Key"] for item in stack.s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
    files = public_files(state, photos)
    for key in there - files.keys():
        if key.endswith(("photos.json", "people.json")):
            stack.s3.delete_object(Bucket=bucket, Key=key)
    for key, body in files.items():
        stack.s3.put_object(Bucket=bucket, Key=key, Body=body)


@pytest.fixture
def stack(aws: FakeAws) -> Any:
    for each in PHOTOS:
        file = each.path.partition("/")[2]
        row = Photo(
            primarykey="fair", sortkey=file, grid_key=f"{each.taken_at}/{file}", width=4000, height=3000,
            taken_at=each.taken_at,
        )  # fmt: skip
        aws.dynamodb.put_item(TableName=aws.pics_table, Item=row.to_item())
    fair = PhotoSet(sortkey="fair", pic="1.jpg", pic_count=2, updated_at="2026-01-01T00:00:00+00:00")
    aws.dynamodb.put_item(TableName=aws.pics_table, Item=fair.to_item())
    return site_stack(aws)


def content(stack: Any, key: str) -> Any:
    return json.loads(stack.s3.get_object(Bucket=stack.outputs.site_bucket, Key=key)["Body"].read())


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_people_have_a_page_each_and_the_site_leads_there(stack: Any, tmp_path: Path) -> None:
    write_files(stack, named())
    site = build(stack, tmp_path / "dist", load_config()).folder
    for language in LANGUAGES:
        assert (site / "people" / "ann" / in_language("index.html", language)).exists()
    ann = text_of(site / "people" / "ann" / "index.html")
    assert re.findall(r'data-key="([^"]+)"', ann) == ["fair/2.jpg", "fair/1.jpg"], "the latest year first"
    assert ">2 photos</span>" in ann
    assert ">2019\N{EN DASH}2021</span>" in ann
    assert 'href="/people/ann+bob-b/"' in ann
    assert "Bob &amp; &lt;b&gt;" in ann
    assert '<meta name="robots" content="noindex">' in ann
    people = text_of(site / "people" / "index.html")
    assert re.findall(r'href="(/people/\w[^"]*/)"', people) == ["/people/ann/", "/people/bob-b/"]
    assert 'href="/faces/?face=e-fair/2.jpg-3"' in people, "who has no name yet leads to a search"
    front = text_of(site / "index.html")
    assert re.findall(r'<a class="person-link" href="([^"]+)"', front) == ["/people/ann/", "/people/bob-b/"]
    fair = text_of(site / "sets" / "fair" / "index.html")
    assert re.findall(r'data-person="([^"]+)"', fair) == ["ann", "bob-b"]


def show_in_best(aws: FakeAws, file: str = "1.jpg") -> ImagePath:
    """Let a set `best`, which has no photo of its own, show one of `fair`."""
    rows = (
        Photo(primarykey="best", sortkey=f"fair/{file}", grid_key=f"2019/{file}"),
        PhotoSet(sortkey="best", pic=f"fair/{file}", pic_count=1, updated_at="2026-01-01T00:00:00+00:00"),
    )
    for row in rows:
        aws.dynamodb.put_item(TableName=aws.pics_table, Item=row.to_item())
    return ImagePath("fair", file)


def test_who_is_on_another_sets_photo_is_on_the_page_that_shows_it(aws: FakeAws, stack: Any, tmp_path: Path) -> None:
    journal = named()
    write_files(stack, journal)
    show_in_best(aws)

    def page(folder: str, last: Published | None = None) -> tuple[str, Site]:
        made = build(stack, tmp_path / folder, ENGLISH, last=last)
        (index,) = (made.folder / "search").glob("words-*.json")
        stack.s3.put_object(Bucket=stack.outputs.site_bucket, Key=f"search/{index.name}", Body=index.read_bytes())
        file = made.folder / "sets" / "best" / "index.html"
        return text_of(file) if file.exists() else "", made

    best, first = page("1")
    assert re.findall(r'data-person="([^"]+)"', best) == ["ann", "bob-b"]
    assert """data-sets='["fair"]'""" in best, "the script knows whose lists to read"
    assert "data-sets" not in text_of(first.folder / "sets" / "fair" / "index.html")
    again, _ = page("2", first.published)
    assert again == "", "nothing has changed, so nothing is rendered"
    journal.add("hide", person=BOB)
    write_files(stack, journal)
    hidden, _ = page("3", first.published)
    assert re.findall(r'data-person="([^"]+)"', hidden) == ["ann"], "though the row of the set is the same"


def test_somebody_without_a_page_is_named_where_their_photo_is_shown(aws: FakeAws, stack: Any) -> None:
    """Two sets of one audience, for fewer people than the site is."""
    path = show_in_best(aws)
    box = [0.1, 0.2, 0.3, 0.4]
    content = {"v": 1, "people": [["zoe", "Zoe", False]], "photos": {"1.jpg": [[box, 0, "e-1"]], "2.jpg": []}}
    key = set_list_key("fair")
    aws.s3.put_object(Bucket=aws.site_bucket, Key=key, Body=json.dumps(content).encode())
    (best,) = read_sets(aws.photos, [row for row in list_shown_rows(aws.photos) if row.sortkey == "best"], {})
    who = read_set_people(stack, People(), best, is_everywhere=False)
    assert [(one.person.name, one.person.has_page, one.photos) for one in who.people] == [("Zoe", False, 1)]
    assert who.people[0].person.portrait.path == path
    assert read_set_people(stack, People(), best) == SetPeople(), "everywhere else, only people of the site are named"


def test_titles_of_albums_are_there_for_peoples_pages(aws: FakeAws, stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "1", ENGLISH).folder
    assert json.loads(text_of(site / "people" / "albums.json")) == {"v": 1, "titles": {}}
    row = PhotoSet(sortkey="fair", title="The fair </script>", pic="1.jpg", pic_count=2)
    aws.dynamodb.put_item(TableName=aws.pics_table, Item=row.to_item())
    site = build(stack, tmp_path / "2", ENGLISH).folder
    assert json.loads(text_of(site / "people" / "albums.json"))["titles"] == {"fair": "The fair </script>"}


def test_a_photos_own_page_names_who_is_on_it(stack: Any, tmp_path: Path) -> None:
    journal = named()
    write_files(stack, journal)
    names = re.compile(r'<a class="chip plain" href="([^"]+)"><bdi>([^<]+)</bdi>')

    def on_page(file: str, folder: str) -> list[tuple[str, str]]:
        more = build(stack, tmp_path / folder, ENGLISH).more
        return names.findall(more[f"sets/fair/photos/{file}/index.html"]().decode())

    ann = ("/people/ann/", "Ann")
    assert on_page("1.jpg", "1") == [ann, ("/people/bob-b/", "Bob &amp; &lt;b&gt;")]
    assert on_page("2.jpg", "2") == [ann]
    journal.add("hide", person=BOB)
    write_files(stack, journal)
    assert on_page("1.jpg", "3") == [ann]


def test_names_come_back_with_the_next_publish_after_a_photo_was_processed_again(
    aws: FakeAws, stack: Any, tmp_path: Path
) -> None:
    """The process function, which doesn't know who is in a photo, has written the photo's page."""
    write_files(stack, named())
    published(stack, tmp_path / "1")
    path = ImagePath("fair", "1.jpg")

    def page() -> bytes:
        return aws.s3.get_object(Bucket=aws.site_bucket, Key=page_key(path))["Body"].read()

    before = page()
    assert b"/people/ann/" in before
    row = aws.photos.get_photo(path)
    assert row is not None
    aws.writer.put_photo(path, row, "2026-01-02T00:00:00+00:00")
    aws.pages.put(row)
    assert b"/people/ann/" not in page()
    published(stack, tmp_path / "2")
    assert page() == before


def test_without_names_pages_have_nobody(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "dist", load_config()).folder
    assert [path.parent.name for path in (site / "people").rglob("index.html")] == ["people", "+"]
    for page in ("index.html", "sets/fair/index.html", "people/index.html"):
        assert "person-link" not in text_of(site / page)
        assert "data-person" not in text_of(site / page)


def test_pages_find_the_lists_of_people_before_anybody_has_a_name(stack: Any, tmp_path: Path) -> None:
    site = build(stack, tmp_path / "1", ENGLISH)
    write_files(stack, named())
    publish(stack, site)
    assert [name for _, name in content(stack, "sets/fair/people.json")["people"]] == ["Ann", "Bob & <b>"]
    for key in ("people/people.json", "sets/fair/people.json"):
        stack.s3.delete_object(Bucket=stack.outputs.site_bucket, Key=key)
    publish(stack, site)
    assert content(stack, "people/people.json")["people"] == content(stack, "sets/fair/people.json")["people"] == []
    assert not build(stack, tmp_path / "2", ENGLISH, last=PublishRecord(stack).published).rendered


def test_someone_hidden_is_on_no_page(stack: Any, tmp_path: Path) -> None:
    journal = named()
    journal.add("hide", person=BOB)
    write_files(stack, journal)
    site = build(stack, tmp_path / "dist", load_config()).folder
    assert not any(re.search(r"\bbob\b", text_of(path), re.IGNORECASE) for path in site.rglob("*.html"))
    assert not (site / "people" / "bob-b").exists()


def test_someone_hidden_while_the_site_is_rendered_does_not_stay_on_it(stack: Any, tmp_path: Path) -> None:
    write_files(stack, named())
    record = PublishRecord(stack)
    site = build(stack, tmp_path / "1", ENGLISH, last=record.published)
    journal = named()
    journal.add("hide", person=BOB)
    write_files(stack, journal)
    publish(stack, site, record)
    assert record.was_disturbed, "what shows him is rendered once more"
    assert not any("bob" in key for key in keys_of(stack)), "and his page isn't published"
    record = PublishRecord(stack)
    publish(stack, build(stack, tmp_path / "2", ENGLISH, last=record.published), record)
    assert not record.was_disturbed
    pages = [content_of(stack, key) for key in keys_of(stack) if key.endswith(".html")]
    assert not any(re.search(r"\bbob\b", page, re.IGNORECASE) for page in pages)


def keys_of(stack: Any) -> set[str]:
    return {item["Key"] for item in stack.s3.list_objects_v2(Bucket=stack.outputs.site_bucket)["Contents"]}


def content_of(stack: Any, key: str) -> str:
    text: str = stack.s3.get_object(Bucket=stack.outputs.site_bucket, Key=key)["Body"].read().decode()
    return text


def published(stack: Any, folder: Path) -> tuple[set[str], set[str]]:
    """Publish; returns what was rendered of people, and what is in the bucket of them."""
    record = PublishRecord(stack)
    site = build(stack, folder, ENGLISH, last=record.published)
    publish(stack, site, record)
    there = stack.s3.list_objects_v2(Bucket=stack.outputs.site_bucket)["Contents"]
    pages = {path.parent.name for path in (site.folder / "people").glob("*/index.html")} - {"+"}
    return pages, {item["Key"] for item in there if item["Key"].startswith("people/")}


def test_only_pages_of_people_who_have_changed_are_rendered_again(stack: Any, tmp_path: Path) -> None:
    write_files(stack, named(bob="Bob"))
    stack.s3.put_object(Bucket=stack.outputs.site_bucket, Key=PORTRAIT, Body=b"cut by the people function")
    everyone, there = published(stack, tmp_path / "1")
    assert everyone == {"ann", "bob"}
    assert {PORTRAIT, "people/people.json", "people/ann/photos.json", "people/ann/index.html"} <= there
    assert published(stack, tmp_path / "2") == (set(), there), "and nothing of theirs is deleted"
    journal = named(bob="Bob")
    journal.add("name", person=BOB, name="Rob")
    write_files(stack, journal)
    pages, after = published(stack, tmp_path / "3")
    assert pages == {"ann", "rob"}, "hers names him"
    assert not any(key.startswith("people/bob/") for key in after)
    assert [entry["name"] for entry in content(stack, "people/people.json")["people"]] == ["Ann", "Rob"]
    fair = stack.s3.get_object(Bucket=stack.outputs.site_bucket, Key="sets/fair/index.html")["Body"].read().decode()
    assert re.findall(r'data-person="([^"]+)"', fair) == ["ann", "rob"], "who is on a set's photos is on its page"


def test_somebody_who_is_shown_again_gets_a_page_again(stack: Any, tmp_path: Path) -> None:
    """The people function has removed it, and the photos are those that it was rendered from."""
    write_files(stack, named(bob="Bob"))
    published(stack, tmp_path / "1")
    stack.s3.delete_object(Bucket=stack.outputs.site_bucket, Key="people/bob/index.html")
    pages, there = published(stack, tmp_path / "2")
    assert pages == {"bob"}
    assert "people/bob/index.html" in there


def test_a_publish_that_was_stopped_is_made_good(stack: Any, tmp_path: Path) -> None:
    write_files(stack, named(bob="Bob"))
    published(stack, tmp_path / "1")
    record = PublishRecord(stack)
    record.begin([], {"bob": record.published.people["bob"]})
    assert published(stack, tmp_path / "2")[0] == {"ann"}
