"""Several lookalike galleries side by side: what is in one is never in another."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from support import BLUE, COLLECTION, GREEN, GREY, RED, FakeAws, picture

from functions.ceilings import SEARCH
from functions.face_collection import FaceCollection
from functions.galleries import FIRST_GALLERY, Gallery
from functions.process.complexity import UnusableImageError
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.visitor_calls import RequestError
from scripts.common.folders import FolderError
from scripts.common.progress import Progress
from scripts.common.site_galleries import (
    GalleryError,
    GalleryWords,
    delete_collection,
    find_gallery,
    list_galleries,
    list_other_collections,
    open_gallery,
    read_words,
    write_words,
)
from scripts.deployment.destroy import delete_kept
from scripts.gallery.gallery_mending import mend_gallery
from scripts.gallery.gallery_survey import survey_galleries
from scripts.gallery.portrait_folder import Portrait, read_folder
from scripts.gallery.portraits import add_portrait, count_portraits, list_portraits, remove_gallery, remove_person
from scripts.photos.export import export_site
from scripts.site.galleries_shown import list_galleries_shown

COLLECTION_OF_FIRST = "kinpics-celebrities"


@pytest.fixture
def stack(aws: FakeAws) -> Any:
    aws.rekognition.create_collection(CollectionId=COLLECTION_OF_FIRST)
    return SimpleNamespace(
        outputs=aws.outputs,
        rekognition=aws.rekognition,
        s3=aws.s3,
        dynamodb=aws.dynamodb,
        ledger=aws.ledger,
        photos=aws.photos,
        access=aws.access,
        gallery=FaceCollection(aws.rekognition, COLLECTION_OF_FIRST),
    )


@pytest.fixture
def bands(stack: Any, tmp_path: Path) -> Gallery:
    """A gallery with one of the people of the first, and somebody else."""
    bands = open_gallery(stack, "bands")
    for gallery, people in ((FIRST_GALLERY, {"Ada": RED, "Grace": GREEN}), (bands, {"Ada": RED, "Zoe": BLUE})):
        for person, color in people.items():
            add_portrait(stack, portrait(tmp_path, person, color), (), gallery)
    return bands


def portrait(folder: Path, person: str, color: tuple[int, int, int]) -> Portrait:
    path = folder / f"{person}.png"
    path.write_bytes(picture(color, size=(200, 150)))
    return Portrait(path, person)


def search(aws: FakeAws, color: tuple[int, int, int], **fields: Any) -> list[dict[str, Any]]:
    collections = {
        "album": FaceCollection(aws.rekognition, COLLECTION),
        "celebrities": FaceCollection(aws.rekognition, COLLECTION_OF_FIRST),
    }
    searcher = Searcher(collections, aws.images, aws.ledger, 1000, 1000, aws.access)
    drawn = io.BytesIO()
    Image.new("RGB", (200, 150), color).save(drawn, "JPEG")
    event = {"image": base64.b64encode(drawn.getvalue()).decode(), "collection": "celebrities", "threshold": 0}
    return searcher.search(parse_request(event | fields), None)["output"]


def drifts(stack: Any) -> list[str]:
    return [line for drift in survey_galleries(stack).values() for line in drift.lines()]


def mend(stack: Any) -> None:
    for gallery, drift in survey_galleries(stack).items():
        mend_gallery(stack, drift, gallery)


def test_a_search_sees_the_people_of_the_gallery_it_names_alone(aws: FakeAws, stack: Any, bands: Gallery) -> None:
    first, named, other = (
        search(aws, RED, **which) for which in ({}, {"gallery": "celebrities"}, {"gallery": "bands"})
    )
    assert first == named
    assert [found["person"] for found in first] == ["Ada", "Grace"]
    assert [found["person"] for found in other] == ["Ada", "Zoe"]
    assert first[0]["image_path"].startswith("celebrities/Ada/")
    assert other[0]["image_path"].startswith("celebrities/bands/Ada/")
    assert first[0]["image_id"] == other[0]["image_id"] == "person:Ada"
    face_id = other[0]["face"]["FaceId"]
    assert drifts(stack) == []
    rows = [row for row in aws.rows(aws.outputs.ledger_table) if row["entry"].startswith("collection/")]
    assert {row["entry"]: row["version"] for row in rows} == {
        "collection/celebrities": 2,
        "collection/celebrities/bands": 2,
    }
    assert face_id in {face["FaceId"] for face in faces(stack, bands).list_faces()}


def faces(stack: Any, gallery: Gallery) -> FaceCollection:
    return FaceCollection(stack.rekognition, gallery.collection_id(COLLECTION_OF_FIRST))


def test_a_gallery_the_site_does_not_have_is_refused(aws: FakeAws, stack: Any) -> None:
    with pytest.raises(RequestError) as refused:
        search(aws, RED, gallery="bands")
    assert (refused.value.status, refused.value.code) == (404, "GalleryNotFound")
    assert aws.ledger.read_count(SEARCH) == 0, "before it is counted"
    assert len(search(aws, RED)) == 0
    assert aws.ledger.read_count(SEARCH) == 1
    for gallery in ("Bands", "", "../album", 1, None, ["bands"]):
        with pytest.raises(RequestError) as refused:
            search(aws, RED, gallery=gallery)
        assert refused.value.code == "InvalidGallery"
    with pytest.raises(RequestError, match="collection celebrities"):
        search(aws, RED, gallery="bands", collection="album")


def test_removing_somebody_from_a_gallery_leaves_their_namesake(aws: FakeAws, stack: Any, bands: Gallery) -> None:
    assert remove_person(stack, "Ada", bands) == 1
    assert [found["person"] for found in search(aws, RED)] == ["Ada", "Grace"]
    assert [found["person"] for found in search(aws, RED, gallery="bands")] == ["Zoe"]
    assert drifts(stack) == []
    remove_person(stack, "Zoe", bands)
    assert search(aws, RED, gallery="bands") == []
    assert [shown.name for shown in list_galleries_shown(stack)] == ["celebrities"], "nobody is in the other"
    assert bands in list_galleries(stack)


def test_a_deleted_gallery_leaves_nothing(aws: FakeAws, stack: Any, bands: Gallery) -> None:
    before = {record.image_id for record in list_portraits(stack)}
    write_words(stack, bands, GalleryWords("Bands", "Loud people."))
    assert list_other_collections(stack) == ["kinpics-celebrities.bands"]
    assert remove_gallery(stack, bands) == 2
    assert list_galleries(stack) == [FIRST_GALLERY]
    assert list_other_collections(stack) == []
    for bucket in (aws.pics_bucket, aws.outputs.thumbnails_bucket):
        keys = [item["Key"] for item in aws.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        assert not [key for key in keys if "bands" in key]
        assert len(keys) == 2
    rows = aws.rows(aws.outputs.pics_by_image_id_table)
    assert {row["image_id"] for row in rows} == before | {"person:Ada", "person:Grace"}
    assert open_gallery(stack, "bands") == bands
    assert read_words(stack, bands) == GalleryWords()
    assert remove_gallery(stack, FIRST_GALLERY) == 2
    assert list_galleries(stack) == [FIRST_GALLERY, bands]


def test_what_disagrees_in_a_gallery_is_mended_there(aws: FakeAws, stack: Any, bands: Gallery) -> None:
    (ada,) = (record for record in list_portraits(stack, bands) if record.person == "Ada")
    aws.s3.delete_object(Bucket=aws.outputs.thumbnails_bucket, Key=ada.image_path)
    aws.dynamodb.delete_item(TableName=aws.outputs.pics_by_image_id_table, Key={"image_id": "person:Zoe/bands"})
    assert len(drifts(stack)) == 2
    mend(stack)
    assert drifts(stack) == []
    # Its collection is lost, as with `kinpics collection delete`.
    delete_collection(stack, bands)
    mend(stack)
    assert drifts(stack) == []
    assert [found["person"] for found in search(aws, RED, gallery="bands")] == ["Ada", "Zoe"]
    # A gallery that was only begun.
    write_words(stack, Gallery("actors"), GalleryWords())
    assert drifts(stack) == ["gallery actors has words, but no collection and no portraits"]
    assert [shown.name for shown in list_galleries_shown(stack)] == ["celebrities", "bands"]
    mend(stack)
    assert list_galleries(stack) == [FIRST_GALLERY, bands]


def test_pages_offer_each_gallery_with_its_words_and_portraits(stack: Any, bands: Gallery) -> None:
    first, other = list_galleries_shown(stack)
    assert (first.name, first.title, first.people, len(first.portraits)) == ("celebrities", "", 2, 2)
    assert (other.name, other.title, other.text, other.people) == ("bands", "Bands", "", 2)
    assert all(address.startswith("/thumbnails/celebrities/bands/") for address in other.portraits)
    write_words(stack, bands, GalleryWords("  Loud\n people ", "They sing."))
    write_words(stack, FIRST_GALLERY, GalleryWords("Stars"))
    first, other = list_galleries_shown(stack)
    assert (first.title, other.title, other.text) == ("Stars", "Loud people", "They sing.")


def test_words_that_do_not_fit_are_refused() -> None:
    with pytest.raises(GalleryError, match="the title has 61 characters: at most 60"):
        GalleryWords("x" * 61).checked()
    with pytest.raises(GalleryError, match="the text has 301 characters"):
        GalleryWords("", "x" * 301).checked()
    for strange in ("a\x07b", "a\udcff"):
        with pytest.raises(GalleryError, match="the text contains control characters"):
            GalleryWords("", strange).checked()


def test_a_gallery_that_is_not_there_is_told_with_those_that_are(stack: Any, bands: Gallery) -> None:
    with pytest.raises(GalleryError, match="there is no gallery band, only celebrities, bands: "):
        find_gallery(stack, "band")
    assert find_gallery(stack, "bands") == bands
    # What somebody else put there is no gallery.
    for key in ("galleries/Not a name.json", "galleries/x.txt", "galleries/a/b.json"):
        stack.s3.put_object(Bucket=stack.outputs.pics_bucket, Key=key, Body=b"{}")
    assert list_galleries(stack) == [FIRST_GALLERY, bands]
    for body in (b"", b"[]", b'{"title": 1}', b'{"title": null}', b"\xff"):
        stack.s3.put_object(Bucket=stack.outputs.pics_bucket, Key="galleries/bands.json", Body=body)
        assert read_words(stack, bands) == GalleryWords()


def test_a_gallery_that_was_exported_can_be_put_back(aws: FakeAws, stack: Any, bands: Gallery, tmp_path: Path) -> None:
    words = GalleryWords("Bands", "Loud people, schön.")
    write_words(stack, bands, words)
    stack.sqs, stack.faces = aws.sqs, aws.faces
    export_site(stack, tmp_path / "out", 1, Progress(quiet=True))
    assert sorted(path.name for path in (tmp_path / "out" / "galleries").iterdir()) == ["bands"]
    remove_gallery(stack, bands)
    found = read_folder(tmp_path / "out" / "galleries" / "bands")
    assert found.words == words
    again = open_gallery(stack, "bands", found.words)
    for each in found.portraits:
        assert add_portrait(stack, each, (), again)
    assert count_portraits(stack, again) == {"Ada": 1, "Zoe": 1}
    assert read_words(stack, again) == words
    write_words(stack, again, GalleryWords("Mine"))
    open_gallery(stack, "bands", found.words)
    assert read_words(stack, again) == GalleryWords("Mine"), "the owner's later words stay"
    assert not (tmp_path / "out" / "gallery" / "gallery.json").exists()
    (tmp_path / "out" / "gallery" / "gallery.json").write_text("{")
    with pytest.raises(FolderError, match=r"gallery\.json can't be read"):
        read_folder(tmp_path / "out" / "gallery")


def test_a_drawing_without_a_face_is_refused_with_a_way_out(stack: Any, tmp_path: Path) -> None:
    gallery = open_gallery(stack, "characters")
    with pytest.raises(UnusableImageError, match="no face was found in it: in drawings") as refused:
        add_portrait(stack, portrait(tmp_path, "Cat", GREY), (), gallery)
    assert refused.value.code == "NoFace"
    assert add_portrait(stack, portrait(tmp_path, "Ada", RED), (), gallery), "the others go on"
    assert count_portraits(stack, gallery) == {"Ada": 1}


def test_with_the_site_all_its_galleries_go_and_no_other_sites(aws: FakeAws, stack: Any, bands: Gallery) -> None:
    others = {"kinpics-2-celebrities", "kinpics-celebritie.bands"}
    for name in (*others, f"{COLLECTION_OF_FIRST}.left_over"):
        aws.rekognition.create_collection(CollectionId=name)
    names = {"album_collection": COLLECTION, "celebrities_collection": COLLECTION_OF_FIRST}
    stack.outputs = replace(stack.outputs, **names)
    delete_kept(stack)
    assert set(aws.rekognition.list_collections()["CollectionIds"]) == others
    delete_kept(stack)
