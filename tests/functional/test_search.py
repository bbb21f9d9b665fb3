"""The search function on tables in memory, with a Rekognition that tells colours apart."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support import BLUE, COLLECTION, GREEN, GREY, RED, FakeAws, LambdaContext, kept, picture

from functions.face_collection import FaceCollection
from functions.keys import encode_external_image_id, parse_image_path
from functions.ledger import Found
from functions.search import handler as handler_module
from functions.search import person_search
from functions.search.person_search import Searcher


def searcher(aws: FakeAws, daily: int = 1000, visitor_daily: int = 1000) -> Searcher:
    collection = FaceCollection(aws.rekognition, COLLECTION)
    images = replace(aws.images, photos=replace(aws.photos, patience=0.05))
    ledger = replace(aws.ledger, patience=0.05)
    return Searcher({"album": collection}, images, ledger, daily, visitor_daily, aws.access)


@pytest.fixture
def album(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    kept(add_photos)(aws)
    monkeypatch.setattr(handler_module, "_searcher", lambda: searcher(aws))
    return aws


def add_photos(aws: FakeAws) -> None:
    pictures = {"one/a.png": [RED], "one/b.png": [BLUE, RED], "two/c.png": [GREEN, RED, BLUE], "two/d.png": [GREEN]}
    for name, colors in pictures.items():
        path = parse_image_path(name)
        aws.put(path.key, picture(*colors))
        aws.photo_sync.sync("pics", path, owner=name, seconds=60)


def call(**event: Any) -> dict:
    return handler_module.handler(event, LambdaContext())


def face_of(aws: FakeAws, name: str, number: int = 0) -> str:
    photo = aws.photos.get_photo(parse_image_path(name))
    assert photo is not None
    return photo.face_records[number]["Face"]["FaceId"]


def test_a_face_leads_to_all_photos_of_that_person_its_own_first(album: FakeAws) -> None:
    face_id = face_of(album, "one/b.png", 1)
    answer = call(faceid=face_id)
    assert answer["statusCode"] == 200
    assert answer["output"][0]["image_path"] == "one/b.png"
    assert {photo["image_path"] for photo in answer["output"]} == {"one/a.png", "one/b.png", "two/c.png"}
    similarities = [photo["similarity"] for photo in answer["output"]]
    assert similarities == sorted(similarities, reverse=True)
    assert answer["output"][0]["face"]["FaceId"] == face_id
    assert "next" not in answer


def test_an_answer_has_what_the_page_shows(album: FakeAws) -> None:
    photo = call(faceid=face_of(album, "two/c.png"))["output"][0]
    assert (photo["width"], photo["height"]) == (160, 120)
    assert len(photo["data"]["FaceRecords"]) == 3
    box = photo["face"]["BoundingBox"]
    assert all(isinstance(box[name], float | int) for name in ("Left", "Top", "Width", "Height"))


def test_a_photo_with_the_same_person_twice_counts_once(aws: FakeAws, album: FakeAws) -> None:
    path = parse_image_path("one/twins.png")
    aws.put(path.key, picture(RED, GREEN, RED, size=(400, 100)))
    aws.photo_sync.sync("pics", path, owner="twins", seconds=60)
    paths = [photo["image_path"] for photo in call(faceid=face_of(album, "one/a.png"))["output"]]
    assert len(paths) == len(set(paths))


def test_pages_follow_each_other_without_gap_or_repeat(album: FakeAws) -> None:
    face_id = face_of(album, "one/a.png")
    whole = [photo["image_path"] for photo in call(faceid=face_id)["output"]]
    pages, token = [], None
    while True:
        answer = call(faceid=face_id, limit=1, **({"next": token} if token else {}))
        pages += [photo["image_path"] for photo in answer["output"]]
        token = answer.get("next")
        if not token:
            break
    assert pages == whole


def test_a_long_answer_is_cut_at_the_size_lambda_allows(album: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person_search, "MAX_ANSWER_BYTES", 10)
    answer = call(faceid=face_of(album, "one/a.png"))
    assert len(answer["output"]) == 1
    assert "next" in answer


def test_more_than_a_hundred_photos_are_fetched_in_chunks(aws: FakeAws, album: FakeAws) -> None:
    model = aws.photos.get_photo(parse_image_path("one/a.png"))
    assert model is not None
    for number in range(101):
        path = parse_image_path(f"many/{number}.png")
        data = aws.faces.index(encode_external_image_id(path), {"Bytes": picture(RED)})
        row = replace(model, primarykey=path.set_name, sortkey=path.file, data=data)
        aws.dynamodb.put_item(TableName=aws.pics_table, Item=row.to_item())
    assert len(call(faceid=face_of(album, "one/a.png"), limit=500)["output"]) == 104


def test_by_image(album: FakeAws) -> None:
    image = base64.b64encode(picture(GREEN)).decode()
    assert {photo["image_path"] for photo in call(image=image)["output"]} == {"two/c.png", "two/d.png"}


def test_an_image_that_is_too_small(album: FakeAws) -> None:
    answer = call(image=base64.b64encode(picture(RED, size=(40, 40))).decode())
    assert (answer["statusCode"], answer["err"]["code"]) == (400, "InvalidImage")


def test_an_image_without_a_face(album: FakeAws) -> None:
    answer = call(image=base64.b64encode(picture(GREY)).decode())
    assert (answer["statusCode"], answer["err"]["code"]) == (422, "NoFace")


def test_a_photo_deleted_meanwhile_is_left_out(aws: FakeAws, album: FakeAws) -> None:
    face_id = face_of(album, "one/a.png")
    aws.writer.remove_photo(parse_image_path("two/c.png"), "now")
    assert {photo["image_path"] for photo in call(faceid=face_id)["output"]} == {"one/a.png", "one/b.png"}


def test_a_page_is_filled_up_where_photos_are_gone(aws: FakeAws, album: FakeAws) -> None:
    for number in range(13):
        path = parse_image_path(f"many/{number:02}.png")
        aws.put(path.key, picture(RED, size=(80, 80 + number)))
        aws.photo_sync.sync("pics", path, owner=str(number), seconds=60)
    face_id = face_of(album, "one/a.png")
    whole = [photo["image_path"] for photo in call(faceid=face_id)["output"]]
    gone = {path for path in whole[1:] if path.startswith("many/")} - {whole[-1]}
    left = [path for path in whole if path not in gone]
    for path in gone:
        aws.writer.remove_photo(parse_image_path(path), "now")
    first = call(faceid=face_id, limit=2)
    second = call(faceid=face_id, limit=2, next=first["next"])
    assert [photo["image_path"] for photo in first["output"] + second["output"]] == left[:4]
    assert "next" not in call(faceid=face_id, limit=len(left))


def test_a_face_deleted_meanwhile_is_not_found(album: FakeAws) -> None:
    face_id = face_of(album, "one/a.png")
    album.faces.delete([face_id])
    answer = call(faceid=face_id)
    assert (answer["statusCode"], answer["err"]["code"]) == (404, "FaceNotFound")


def test_a_collection_the_album_does_not_have(album: FakeAws) -> None:
    answer = call(faceid=face_of(album, "one/a.png"), collection="celebrities")
    assert (answer["statusCode"], answer["err"]["code"]) == (400, "InvalidCollection")


def test_neither_answer_nor_log_says_what_went_wrong_inside(
    album: FakeAws, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A function's caller can get the end of its log."""
    face_id = face_of(album, "one/a.png")

    def fails(**_: Any) -> None:
        raise RuntimeError(f"account 123456789012, {face_id}, one/a.png")

    monkeypatch.setattr(album.dynamodb, "batch_get_item", fails)
    answer = call(faceid=face_id)
    assert answer["statusCode"] == 500
    log = capfd.readouterr()
    failures = [line for line in map(json.loads, log.out.splitlines()) if "_aws" not in line]
    assert [failure["error"] for failure in failures] == ["RuntimeError"]
    assert any(place.startswith("functions/search/person_search.py:") for place in failures[0]["at"])
    assert not [text for text in ("123456789012", face_id, "one/a.png") if text in f"{answer}{log.out}{log.err}"]


def test_a_search_logs_its_metrics_alone(album: FakeAws, capfd: pytest.CaptureFixture[str]) -> None:
    face_id = face_of(album, "one/a.png")
    capfd.readouterr()
    for event in ({"faceid": face_id}, {"image": base64.b64encode(picture(RED)).decode()}, {"faceid": "odd"}):
        call(**event)
    log = capfd.readouterr()
    assert log.err == ""
    for line in map(json.loads, log.out.splitlines()):
        assert line.keys() <= {"_aws", "service", "Searches", "PaidCalls", "AnswersFromCache", "CeilingReached"}


def test_unprocessed_keys_are_asked_for_again(album: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    client = album.dynamodb
    batch_get_item = client.batch_get_item
    calls = []

    def half(**arguments: Any) -> dict:
        calls.append(next(iter(arguments["RequestItems"])))
        ((table, request),) = arguments["RequestItems"].items()
        keys = request["Keys"]
        if len(keys) == 1:
            return batch_get_item(**arguments)
        answer = batch_get_item(RequestItems={table: {**request, "Keys": keys[:1]}})
        return {**answer, "UnprocessedKeys": {table: {**request, "Keys": keys[1:]}}}

    monkeypatch.setattr(client, "batch_get_item", half)
    assert len(call(faceid=face_of(album, "one/a.png"))["output"]) == 3
    assert calls.count(album.pics_table) == 3
    assert calls.count(album.ledger_table) == 3, "two for what is known of the search, one for the day's count"


THROTTLED = ("ProvisionedThroughputExceededException", "ThrottlingException")


@pytest.mark.parametrize("code", THROTTLED)
@pytest.mark.parametrize(
    ("operation", "table"),
    [("batch_get_item", "pics"), ("batch_get_item", "ledger"), ("update_item", "ledger")],
)
def test_a_table_at_its_maximum_means_too_many_requests(
    album: FakeAws, monkeypatch: pytest.MonkeyPatch, operation: str, table: str, code: str
) -> None:
    made = getattr(album.dynamodb, operation)

    def refuse(**arguments: Any) -> dict:
        if table in (arguments.get("TableName"), *arguments.get("RequestItems", {})):
            raise ClientError({"Error": {"Code": code}}, operation)
        return made(**arguments)

    monkeypatch.setattr(album.dynamodb, operation, refuse)
    answer = call(faceid=face_of(album, "one/a.png"))
    assert (answer["statusCode"], answer["err"]["code"]) == (429, "TooManyRequests")


def test_keys_left_unprocessed_mean_too_many_requests(album: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(**arguments: Any) -> dict:
        return {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"]}

    face = face_of(album, "one/a.png")
    monkeypatch.setattr(album.dynamodb, "batch_get_item", nothing)
    assert call(faceid=face)["err"]["code"] == "TooManyRequests"


def test_a_paid_answer_is_shown_though_it_cannot_be_kept(album: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**arguments: Any) -> dict:
        raise ClientError({"Error": {"Code": THROTTLED[0]}}, "PutItem")

    monkeypatch.setattr(album.dynamodb, "put_item", refuse)
    assert len(call(faceid=face_of(album, "one/a.png"))["output"]) == 3


def test_a_refusal_says_when_there_are_new_searches(album: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(**limits: int) -> dict:
        monkeypatch.setattr(handler_module, "_searcher", lambda: searcher(album, **limits))
        return call(faceid=face_of(album, "one/a.png"))["err"]

    assert album.now % 86_400 == 8 * 3600
    monkeypatch.setattr(album.dynamodb, "batch_get_item", spent(album, 1000))
    assert answer(daily=1000)["until"].endswith("T09:00:00+00:00")
    assert "09:00 UTC" in answer(daily=1000)["message"]
    assert "until" not in answer(daily=0)


def spent(aws: FakeAws, calls: int) -> Any:
    """The table's reads, with so many searches counted today."""
    read = aws.dynamodb.batch_get_item

    def reads(**arguments: Any) -> dict:
        answer = read(**arguments)
        for key in arguments["RequestItems"].get(aws.ledger_table, {}).get("Keys", []):
            if key["entry"].startswith("calls/search/"):
                answer["Responses"][aws.ledger_table].append({**key, "calls": calls})
        return answer

    return reads


def test_one_picture_under_two_names_is_found_as_two_photos(aws: FakeAws, album: FakeAws) -> None:
    twins = [parse_image_path("three/e.png"), parse_image_path(f"three/{'é' * 90}.png")]
    for path in twins:
        aws.put(path.key, picture(BLUE, size=(200, 100)))
        aws.photo_sync.sync("pics", path, owner=str(path), seconds=60)
    face_ids = {face_of(aws, str(path)) for path in twins}
    assert len(face_ids) == 2
    for face_id in face_ids:
        photos = call(faceid=face_id)["output"]
        assert {str(path) for path in twins} < {photo["image_path"] for photo in photos}
        assert len({photo["image_id"] for photo in photos if photo["image_path"].startswith("three/")}) == 1
        assert {photo["face"]["FaceId"] for photo in photos} >= face_ids
    aws.s3.delete_object(Bucket="pics", Key=twins[0].key)
    aws.photo_sync.sync("pics", twins[0], owner="again", seconds=60)
    (photo,) = [photo for photo in call(faceid=face_of(aws, str(twins[1])))["output"] if "three" in photo["image_path"]]
    assert photo["image_path"] == str(twins[1])


def test_an_answer_that_an_older_release_kept_is_passed_over(aws: FakeAws, album: FakeAws) -> None:
    face_id = face_of(aws, "one/a.png")
    photo = aws.photos.get_photo(parse_image_path("one/a.png"))
    assert photo is not None
    aws.ledger.keep_answer("album", f"{face_id}/80", Found([(face_id, str(photo.image_id), 100.0)], aws.now, True), 4)
    assert len(call(faceid=face_id)["output"]) == 3
