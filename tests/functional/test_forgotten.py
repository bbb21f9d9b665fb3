"""Somebody who asked to be forgotten is not indexed again, and no search tells of them."""

import base64
import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image
from support import COLLECTION, GREEN, RED, FakeAws, picture

from functions.face_collection import FaceCollection
from functions.keys import FORGOTTEN_PREFIX, image_path
from functions.ledger import CeilingReachedError
from functions.photo_reader import PhotoReader
from functions.process.sync import LostReferenceError
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.visitor_calls import RequestError
from functions.visitor_rows import Forgotten
from scripts.deployment.migration import migrate, remove_old_rows
from scripts.people.removal_requests import forgetting_of


def sync(aws: FakeAws, file: str, body: bytes, **options: Any) -> set[str]:
    """Process a photo; returns its row's face ids."""
    path = image_path("set", file)
    aws.put(path.key, body)
    aws.photo_sync.sync(aws.pics_bucket, path, owner="message", seconds=60, **options)
    photo = aws.photos.get_photo(path)
    return photo.face_ids if photo else set()


def keep_apart(aws: FakeAws, color: tuple[int, int, int]) -> str:
    face = index_apart(aws, color)
    row = Forgotten(id=face, person="somebody", made_at="2026-01-01T00:00:00Z")
    aws.dynamodb.put_item(TableName=aws.forgotten_table, Item=row.to_item())
    return face


def keep_apart_as_the_first_release_did(aws: FakeAws, color: tuple[int, int, int]) -> str:
    face = index_apart(aws, color)
    row = {"identity_id": "forgotten", "kind": face, "person": "somebody", "made_at": "2026-01-01T00:00:00Z"}
    aws.dynamodb.put_item(TableName=aws.matches_table, Item=row)
    return face


def index_apart(aws: FakeAws, color: tuple[int, int, int]) -> str:
    found = aws.faces.index(f"{FORGOTTEN_PREFIX}1", {"Bytes": picture(color, size=(100, 100))})
    (face,) = [record["Face"]["FaceId"] for record in found["FaceRecords"]]
    return face


def owners(aws: FakeAws) -> Any:
    """What the owner's commands use of a stack."""
    forgotten = aws.photo_sync.forgotten
    return SimpleNamespace(
        outputs=aws.outputs,
        dynamodb=aws.dynamodb,
        s3=aws.s3,
        sqs=aws.sqs,
        ledger=aws.ledger,
        forgotten=forgotten,
        faces=aws.faces,
        images=aws.images,
    )


def in_collection(aws: FakeAws) -> set[str]:
    return {face["FaceId"] for face in aws.faces.list_faces()}


def test_only_a_forgotten_face_leaves_row_and_collection(aws: FakeAws) -> None:
    reference = keep_apart(aws, RED)
    faces = sync(aws, "two.png", picture(RED, GREEN))
    assert len(faces) == 1
    assert in_collection(aws) == {reference, *faces}
    (record,) = aws.rows(aws.pics_by_image_id_table)
    assert {entry["Face"]["FaceId"] for entry in record["data"]["FaceRecords"]} == faces
    (photo_set,) = [row for row in aws.rows(aws.pics_table) if row["primarykey"] == "/"]
    assert photo_set["face_count"] == 1
    assert sync(aws, "alone.png", picture(RED)) == set()
    assert in_collection(aws) == {reference, *faces}


def test_reprocessing_drops_forgotten_faces_and_keeps_other_ids(aws: FakeAws) -> None:
    before = sync(aws, "two.png", picture(RED, GREEN))
    reference = keep_apart(aws, RED)
    after = sync(aws, "two.png", picture(RED, GREEN), force=True)
    assert len(after) == 1
    assert after < before
    assert in_collection(aws) == {reference, *after}


def with_regions(data: bytes, *names: str) -> bytes:
    """A picture that names the person of each stripe."""
    listed = "".join(
        f'<rdf:li m:Name="{name}" m:Type="Face"><m:Area a:x="{(number + 0.5) / len(names)}" a:y="0.5" '
        f'a:w="{0.8 / len(names)}" a:h="0.8"/></rdf:li>'
        for number, name in enumerate(names)
    )
    xmp = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:a="http://ns.adobe.com/xmp/sType/Area#">'
        f"<m:Regions><m:RegionList><rdf:Bag>{listed}</rdf:Bag></m:RegionList></m:Regions></rdf:RDF>"
    )
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.save(out, "WEBP", lossless=True, xmp=xmp.encode())
    return out.getvalue()


def names_kept(aws: FakeAws, file: str) -> list[str]:
    return [region.name for region in aws.regions.read(image_path("set", file))]


def test_a_file_does_not_bring_back_the_name_of_a_forgotten_person(aws: FakeAws) -> None:
    named = with_regions(picture(RED, GREEN), "Ann", "Bob")
    sync(aws, "two.webp", named)
    assert names_kept(aws, "two.webp") == ["Ann", "Bob"]
    keep_apart(aws, RED)
    sync(aws, "two.webp", named, force=True)
    assert names_kept(aws, "two.webp") == ["Bob"]


def test_without_anybody_forgotten_nothing_is_searched(aws: FakeAws) -> None:
    sync(aws, "two.png", picture(RED, GREEN))
    assert "SearchFaces" not in aws.rekognition.calls


def test_beyond_the_ceiling_no_unchecked_face_stays(aws: FakeAws) -> None:
    reference = keep_apart(aws, RED)
    aws.daily_indexing = 2  # the reference and the photo, but not the search
    with pytest.raises(CeilingReachedError):
        sync(aws, "two.png", picture(RED, GREEN))
    assert in_collection(aws) == {reference}


def test_without_its_reference_face_no_photo_is_indexed(aws: FakeAws) -> None:
    reference = keep_apart(aws, RED)
    aws.faces.delete([reference])
    with pytest.raises(LostReferenceError, match=reference):
        sync(aws, "two.png", picture(RED, GREEN))
    assert aws.photos.get_photo(image_path("set", "two.png")) is None


def test_people_the_first_release_forgot_are_never_indexed_again(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (keep_apart_as_the_first_release_did(aws, color) for color in (RED, GREEN))
    version = aws.ledger.recall("album", "any").version
    aws.now += 60
    assert sync(aws, "before.png", picture(RED, GREEN)) == set()

    # The move breaks after the first of the two rows.
    stack = owners(aws)
    put, calls = aws.dynamodb.put_item, []

    def breaks(**arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise ConnectionError
        put(**arguments)

    with monkeypatch.context() as patch:
        patch.setattr(aws.dynamodb, "put_item", breaks)
        with pytest.raises(ConnectionError):
            migrate(stack)
    assert len(aws.rows(aws.forgotten_table)) == 1
    assert sync(aws, "between.png", picture(RED, GREEN)) == set()

    migrate(stack)
    assert sync(aws, "after.png", picture(RED, GREEN)) == set()
    aws.now += 60
    assert aws.ledger.recall("album", "any").version > version, "answers found before are not current"
    assert len(aws.rows(aws.matches_table)) == 2, "a function of the first release may still ask for them"
    remove_old_rows(stack)
    assert aws.rows(aws.matches_table) == []
    assert sync(aws, "last.png", picture(RED, GREEN)) == set()
    assert {entry.id for entry in forgetting_of(stack).list_forgotten()} == {first, second}


def test_a_remembered_person_stays_so_after_the_move(aws: FakeAws) -> None:
    keep_apart_as_the_first_release_did(aws, RED)
    stack = owners(aws)
    forgetting_of(stack).allow_again(forgetting_of(stack).list_forgotten())
    migrate(stack)
    assert forgetting_of(stack).list_forgotten() == []
    remove_old_rows(stack)
    assert aws.rows(aws.matches_table) == []
    assert len(sync(aws, "again.png", picture(RED))) == 1


def test_once_moved_visitors_table_is_not_asked(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its capacity is the visitors' to use up."""
    migrate(owners(aws))
    query = aws.dynamodb.query

    def used_up(**arguments: Any) -> dict:
        if arguments["TableName"] == aws.matches_table:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")
        return query(**arguments)

    monkeypatch.setattr(aws.dynamodb, "query", used_up)
    assert len(sync(aws, "two.png", picture(RED, GREEN))) == 2


def searches(aws: FakeAws, reference: str | None) -> list[Any]:
    """Everything that a visitor could ask to learn of a forgotten person, with the answers and the calls they took."""
    for row in aws.rows(aws.ledger_table):
        aws.dynamodb.delete_item(TableName=aws.ledger_table, Key={"entry": row["entry"]})
    known = aws.photos.get_photo(image_path("set", "other.png"))
    assert known is not None
    (face,) = known.face_ids
    asked: list[dict[str, Any]] = [{"image": base64.b64encode(picture(RED)).decode()}, {"faceid": face}]
    asked.append({"faceid": reference or "00000000-0000-0000-0000-000000000000"})
    aws.now += 60
    told = []
    for event in asked:
        for threshold in (0, 50, 99):
            for limit in (1, 2, 500):
                aws.rekognition.calls.clear()
                told.append(answer(aws, {**event, "threshold": threshold, "limit": limit}))
                told.append(list(aws.rekognition.calls))
    return told


def answer(aws: FakeAws, event: dict) -> Any:
    """A search's answer, or its error, without the ids that differ from album to album."""
    collection = FaceCollection(aws.rekognition, COLLECTION)
    reads: list[int] = []
    tables = Counting(aws.dynamodb, reads)
    searcher = Searcher(
        {"album": collection},
        replace(aws.images, photos=PhotoReader(aws.tables(tables))),
        replace(aws.ledger, client=tables),
        1000,
        1000,
        aws.access,
    )
    try:
        found = searcher.search(parse_request(event), None)
    except RequestError as error:
        return error.status, error.code, str(error), reads
    return [(photo["image_path"], photo["similarity"]) for photo in found["output"]], found.keys(), reads


class Counting:
    """A DynamoDB client that notes how many rows each read asks for."""

    def __init__(self, client: Any, reads: list[int]):
        self._client = client
        self._reads = reads

    def batch_get_item(self, **arguments: Any) -> dict:
        self._reads.append(sum(len(request["Keys"]) for request in arguments["RequestItems"].values()))
        return self._client.batch_get_item(**arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_no_search_shows_that_somebody_was_forgotten(aws: FakeAws) -> None:
    """Answers, Rekognition's calls and the rows read are the same with a forgotten person and without one."""
    sync(aws, "other.png", picture(GREEN))
    before = searches(aws, None)
    assert searches(aws, keep_apart(aws, RED)) == before
