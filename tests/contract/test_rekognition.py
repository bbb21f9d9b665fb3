"""The laptop's Rekognition through boto3, on real photographs; answers are parsed by botocore's service model."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image
from running import RunningStack
from support import jpeg

COLLECTION = "contract"


@pytest.fixture(scope="module")
def rekognition(stack: RunningStack) -> Any:
    return stack.client("rekognition")


@pytest.fixture
def collection(rekognition: Any) -> Iterator[str]:
    rekognition.create_collection(CollectionId=COLLECTION)
    yield COLLECTION
    rekognition.delete_collection(CollectionId=COLLECTION)


@pytest.fixture(scope="module")
def portraits(demo_folders: list[Path]) -> dict[str, bytes]:
    files = {path.name: path for folder in demo_folders for path in folder.iterdir()}
    return {
        name: files[name].read_bytes()
        for name in ("obama.jpg", "obama2.jpg", "biden.jpg", "group.jpg", "cat.png", "turned.jpg")
    }


def index(rekognition: Any, image: bytes, name: str, **options: Any) -> dict:
    return rekognition.index_faces(CollectionId=COLLECTION, Image={"Bytes": image}, ExternalImageId=name, **options)


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_collections_come_and_go(rekognition: Any) -> None:
    created = rekognition.create_collection(CollectionId="coming")
    assert created["CollectionArn"].endswith(":collection/coming")
    assert code_of(rekognition.create_collection, CollectionId="coming") == "ResourceAlreadyExistsException"
    assert rekognition.describe_collection(CollectionId="coming")["FaceCount"] == 0
    names, token = [], {}
    while True:
        page = rekognition.list_collections(MaxResults=1, **token)
        names += page["CollectionIds"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert "coming" in names
    rekognition.delete_collection(CollectionId="coming")
    assert code_of(rekognition.describe_collection, CollectionId="coming") == "ResourceNotFoundException"


def test_faces_are_indexed_searched_and_deleted(rekognition: Any, collection: str, portraits: dict[str, bytes]) -> None:
    first = index(rekognition, portraits["obama.jpg"], "one")["FaceRecords"][0]["Face"]
    second = index(rekognition, portraits["obama2.jpg"], "two")["FaceRecords"][0]["Face"]
    index(rekognition, portraits["biden.jpg"], "three")
    again = index(rekognition, portraits["obama.jpg"], "again")["FaceRecords"][0]["Face"]
    assert again["ImageId"] == first["ImageId"] != second["ImageId"], "it is made from the picture's bytes"
    assert again["FaceId"] != first["FaceId"], "another name makes other faces"
    assert index(rekognition, portraits["obama.jpg"], "one")["FaceRecords"][0]["Face"] == first
    rekognition.delete_faces(CollectionId=collection, FaceIds=[again["FaceId"]])
    found = rekognition.search_faces(CollectionId=collection, FaceId=first["FaceId"])
    assert [match["Face"]["FaceId"] for match in found["FaceMatches"]] == [second["FaceId"]]
    assert 80 <= found["FaceMatches"][0]["Similarity"] <= 100
    by_image = rekognition.search_faces_by_image(CollectionId=collection, Image={"Bytes": portraits["turned.jpg"]})
    assert {match["Face"]["ExternalImageId"] for match in by_image["FaceMatches"]} == {"one", "two"}
    everyone = rekognition.search_faces(CollectionId=collection, FaceId=first["FaceId"], FaceMatchThreshold=0)
    similarities = [match["Similarity"] for match in everyone["FaceMatches"]]
    assert len(similarities) == 2
    assert similarities == sorted(similarities, reverse=True)
    missing = "00000000-0000-0000-0000-000000000000"
    deleted = rekognition.delete_faces(CollectionId=collection, FaceIds=[second["FaceId"], missing])
    assert deleted["DeletedFaces"] == [second["FaceId"]]
    assert deleted["UnsuccessfulFaceDeletions"][0]["Reasons"] == ["FACE_NOT_FOUND"]
    assert rekognition.search_faces(CollectionId=collection, FaceId=first["FaceId"])["FaceMatches"] == []


def test_the_same_picture_under_the_same_name_keeps_its_faces(
    rekognition: Any, collection: str, portraits: dict[str, bytes]
) -> None:
    once, twice, other = (index(rekognition, portraits["group.jpg"], name) for name in ("a", "a", "b"))
    ids = [[record["Face"]["FaceId"] for record in answer["FaceRecords"]] for answer in (once, twice, other)]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 8


def test_the_largest_faces_are_kept_and_the_rest_reported(
    rekognition: Any, collection: str, portraits: dict[str, bytes]
) -> None:
    answer = index(rekognition, portraits["group.jpg"], "group", MaxFaces=1)
    assert len(answer["FaceRecords"]) == 1
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]] * 3
    areas = [face["FaceDetail"]["BoundingBox"] for face in answer["UnindexedFaces"]]
    kept = answer["FaceRecords"][0]["Face"]["BoundingBox"]
    assert all(kept["Width"] * kept["Height"] >= box["Width"] * box["Height"] for box in areas)


def test_faces_are_listed_in_pages(rekognition: Any, collection: str, portraits: dict[str, bytes]) -> None:
    indexed = {record["Face"]["FaceId"] for record in index(rekognition, portraits["group.jpg"], "g")["FaceRecords"]}
    pages = list(
        rekognition.get_paginator("list_faces").paginate(CollectionId=collection, PaginationConfig={"PageSize": 3})
    )
    assert [len(page["Faces"]) for page in pages] == [3, 1]
    assert {face["FaceId"] for page in pages for face in page["Faces"]} == indexed
    one = rekognition.list_faces(CollectionId=collection, FaceIds=[min(indexed)])["Faces"]
    assert [face["FaceId"] for face in one] == [min(indexed)]


def test_a_picture_turned_by_exif_is_seen_upright(rekognition: Any, portraits: dict[str, bytes]) -> None:
    """The box is told for the upright picture, as AWS does for its newer face models."""
    turned = rekognition.detect_faces(Image={"Bytes": portraits["turned.jpg"]})["FaceDetails"][0]["BoundingBox"]
    plain = rekognition.detect_faces(Image={"Bytes": portraits["obama2.jpg"]})["FaceDetails"][0]["BoundingBox"]
    for name, value in plain.items():
        assert turned[name] == pytest.approx(value, abs=0.03)


def test_a_detected_face_tells_what_is_known_and_no_more(rekognition: Any, portraits: dict[str, bytes]) -> None:
    (face,) = rekognition.detect_faces(Image={"Bytes": portraits["obama.jpg"]})["FaceDetails"]
    assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    points = {landmark["Type"]: landmark for landmark in face["Landmarks"]}
    assert points["eyeLeft"]["X"] < points["nose"]["X"] < points["eyeRight"]["X"]
    assert rekognition.detect_faces(Image={"Bytes": portraits["cat.png"]})["FaceDetails"] == []


def test_the_largest_face_of_a_picture_is_compared_with_all_of_another(
    rekognition: Any, portraits: dict[str, bytes]
) -> None:
    source, target = {"Bytes": portraits["obama2.jpg"]}, {"Bytes": portraits["group.jpg"]}
    answer = rekognition.compare_faces(SourceImage=source, TargetImage=target)
    assert set(answer["SourceImageFace"]) == {"BoundingBox", "Confidence"}
    (match,) = answer["FaceMatches"]
    assert match["Similarity"] >= 80
    assert match["Face"]["BoundingBox"]["Left"] < 0.25, "the leftmost of four"
    assert len(answer["UnmatchedFaces"]) == 3
    everyone = rekognition.compare_faces(SourceImage=source, TargetImage=target, SimilarityThreshold=0)
    similarities = [match["Similarity"] for match in everyone["FaceMatches"]]
    assert len(similarities) == 4
    assert similarities == sorted(similarities, reverse=True)
    faceless = {"Bytes": portraits["cat.png"]}
    for one, other in ((faceless, target), (source, faceless)):
        assert code_of(rekognition.compare_faces, SourceImage=one, TargetImage=other) == "InvalidParameterException"


def webp() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 100)).save(out, "WEBP")
    return out.getvalue()


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("index_faces", {"CollectionId": "none", "Image": {"Bytes": jpeg()}}, "ResourceNotFoundException"),
        ("index_faces", {"Image": {"Bytes": b"text"}}, "InvalidImageFormatException"),
        ("index_faces", {"Image": {"Bytes": webp()}}, "InvalidImageFormatException"),
        ("index_faces", {"Image": {"Bytes": b"x" * (5 * 2**20 + 1)}}, "ImageTooLargeException"),
        ("index_faces", {"Image": {"Bytes": jpeg(size=(79, 100))}}, "InvalidParameterException"),
        ("index_faces", {"Image": {"S3Object": {"Bucket": "none", "Name": "x"}}}, "InvalidS3ObjectException"),
        ("index_faces", {"Image": {}}, "InvalidParameterException"),
        ("search_faces_by_image", {"Image": {"Bytes": jpeg()}}, "InvalidParameterException"),
        ("search_faces", {"FaceId": "00000000-0000-0000-0000-000000000000"}, "InvalidParameterException"),
        (
            "search_faces",
            {"FaceId": "00000000-0000-0000-0000-000000000000", "MaxFaces": 5000},
            "InvalidParameterException",
        ),
        ("list_faces", {"NextToken": "junk"}, "InvalidPaginationTokenException"),
        ("delete_faces", {"FaceIds": ["not a face"]}, "InvalidParameterException"),
    ],
)
def test_errors_have_the_names_aws_gives_them(
    rekognition: Any, collection: str, operation: str, arguments: dict, code: str
) -> None:
    assert code_of(getattr(rekognition, operation), **{"CollectionId": collection, **arguments}) == code


def test_an_operation_this_stack_does_not_have(rekognition: Any) -> None:
    assert code_of(rekognition.recognize_celebrities, Image={"Bytes": jpeg()}) == "UnknownOperationException"
