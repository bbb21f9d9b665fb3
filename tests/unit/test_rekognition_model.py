"""The laptop's Rekognition against botocore's service model: every request field's type and limits, and the shape of
every answer."""

import asyncio
import base64
import concurrent.futures
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.model import Shape
from support import BLUE, GREEN, RED, ColorEngine, picture

from local.rekognition.engine import Analysis, FoundFace
from local.rekognition.operations import OPERATIONS
from local.rekognition.service import Service
from local.rekognition.state import State
from local.rekognition.validation import service_model

FACE = "00000000-0000-0000-0000-000000000000"
IMAGE = {"Bytes": base64.b64encode(picture(RED, GREEN, BLUE)).decode()}
# A request of each operation that is right in form; it may still name what is not there.
REQUESTS: dict[str, dict] = {
    "CreateCollection": {"CollectionId": "c"},
    "DescribeCollection": {"CollectionId": "c"},
    "ListCollections": {},
    "DeleteCollection": {"CollectionId": "c"},
    "IndexFaces": {"CollectionId": "c", "Image": IMAGE},
    "ListFaces": {"CollectionId": "c"},
    "DeleteFaces": {"CollectionId": "c", "FaceIds": [FACE]},
    "SearchFaces": {"CollectionId": "c", "FaceId": FACE},
    "SearchFacesByImage": {"CollectionId": "c", "Image": IMAGE},
    "CreateUser": {"CollectionId": "c", "UserId": "u"},
    "DeleteUser": {"CollectionId": "c", "UserId": "u"},
    "ListUsers": {"CollectionId": "c"},
    "AssociateFaces": {"CollectionId": "c", "UserId": "u", "FaceIds": [FACE]},
    "DisassociateFaces": {"CollectionId": "c", "UserId": "u", "FaceIds": [FACE]},
    "SearchUsers": {"CollectionId": "c", "FaceId": FACE},
    "SearchUsersByImage": {"CollectionId": "c", "Image": IMAGE},
    "DetectFaces": {"Image": IMAGE},
    "CompareFaces": {"SourceImage": IMAGE, "TargetImage": IMAGE},
    "DetectLabels": {"Image": IMAGE},
}


class Rekognition:
    """The service in this process; each answer is held against the model."""

    def __init__(self, label_model: Path | None = None) -> None:
        arn = "arn:aws:rekognition:us-east-1:0"
        self._service = Service(State(":memory:"), ColorEngine(), _no_object, arn, label_model=label_model)

    def __call__(self, operation: str, **request: Any) -> dict:
        status, answer = self.ask(operation, request)
        assert status == 200, answer
        check_shape(service_model().operation_model(operation).output_shape, answer, operation)
        return answer

    def ask(self, operation: str, request: Any) -> tuple[int, dict]:
        body = json.dumps(request).encode()
        return asyncio.run(self._service.handle(f"RekognitionService.{operation}", body))

    def code(self, operation: str, **request: Any) -> str:
        status, answer = self.ask(operation, request)
        assert status in (400, 500)
        assert answer["__type"] in {shape.name for shape in service_model().operation_model(operation).error_shapes}
        return answer["__type"]

    def reopened(self, path: Path) -> "Rekognition":
        """The same service on its file, opened again."""
        other = Rekognition()
        other._service = Service(State(path), ColorEngine(), _no_object, "arn:aws:rekognition:us-east-1:0")
        return other


async def _no_object(bucket: str, key: str) -> bytes:
    raise AssertionError(f"s3://{bucket}/{key} was asked for")


@pytest.fixture
def rekognition() -> Rekognition:
    asked = Rekognition()
    asked("CreateCollection", CollectionId="c")
    return asked


def check_shape(shape: Shape, value: Any, name: str) -> None:
    """Assert that a value on the wire has the type, the fields and the limits of a shape."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), name
        assert value.keys() <= shape.members.keys(), f"{name} has fields that the model does not know"
        for field, inner in value.items():
            check_shape(shape.members[field], inner, f"{name}.{field}")
        return
    if kind == "list":
        assert isinstance(value, list), name
        for inner in value:
            check_shape(shape.member, inner, f"{name}[]")
        return
    types = {"string": str, "integer": int, "long": int, "float": (int, float), "timestamp": (int, float)}
    assert isinstance(value, types[kind]), name
    measured = len(value) if kind == "string" else value
    if kind != "timestamp":
        assert shape.metadata.get("min", measured) <= measured <= shape.metadata.get("max", measured), name
    if "pattern" in shape.metadata:
        assert re.fullmatch(shape.metadata["pattern"], value), name
    if kind == "string" and shape.enum:
        assert value in shape.enum, name


def wrong_values(shape: Shape) -> Iterator[Any]:
    """Values that a shape does not allow: of another type, beyond each limit, outside pattern and enumeration."""
    limits = shape.metadata
    if shape.type_name == "structure":
        yield from ("text", [])
    elif shape.type_name == "list":
        yield "text"
        good = FACE if "pattern" in shape.member.metadata else "GENERAL_LABELS"
        if limits.get("min"):
            yield []
        if limits.get("max"):
            yield [good] * (limits["max"] + 1)
        for wrong in wrong_values(shape.member):
            yield [wrong]
    elif shape.type_name == "string":
        yield from (1, True, {"a": "b"})
        if limits.get("max"):
            yield "a" * (limits["max"] + 1)
        if limits.get("min"):
            yield ""
        if "pattern" in limits:
            yield from ("white space", "ä")
        if shape.enum:
            yield shape.enum[0].lower()
    elif shape.type_name in ("integer", "float"):
        yield from ("1", True)
        yield from (limits[name] + step for name, step in (("min", -1), ("max", 1)) if name in limits)
    if shape.type_name == "integer":
        yield 1.5


CASES = [
    pytest.param(operation, field, wrong, id=f"{operation}-{field}-{number}")
    for operation in OPERATIONS
    for field, shape in service_model().operation_model(operation).input_shape.members.items()
    if shape.type_name in ("structure", "list", "string", "integer", "float")
    for number, wrong in zip(itertools.count(), wrong_values(shape), strict=False)
    if not (shape.type_name == "string" and not shape.metadata and isinstance(wrong, str))
]


def test_every_operation_is_tested() -> None:
    assert set(REQUESTS) == set(OPERATIONS)
    assert len(CASES) > 200


@pytest.mark.parametrize(("operation", "field", "wrong"), CASES)
def test_a_refusal_names_the_wrong_field(operation: str, field: str, wrong: Any) -> None:
    asked = Rekognition()
    asked("CreateCollection", CollectionId="c")
    status, answer = asked.ask(operation, REQUESTS[operation] | {field: wrong})
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert field in answer["message"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_required_fields_can_not_be_empty(operation: str, rekognition: Rekognition) -> None:
    for field in service_model().operation_model(operation).input_shape.required_members:
        for request in (
            {name: value for name, value in REQUESTS[operation].items() if name != field},
            REQUESTS[operation] | {field: None},
        ):
            status, answer = rekognition.ask(operation, request)
            assert (status, answer["__type"]) == (400, "InvalidParameterException")
            assert field in answer["message"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_must_be_an_object(operation: str, rekognition: Rekognition) -> None:
    status, answer = rekognition.ask(operation, ["a"])
    assert (status, answer["__type"]) == (400, "InvalidParameterException")


@pytest.mark.parametrize(
    "operation",
    [name for name in OPERATIONS if "CollectionId" in REQUESTS[name] and name != "CreateCollection"],
)
def test_a_missing_collection_is_not_found(operation: str) -> None:
    assert Rekognition().code(operation, **REQUESTS[operation]) == "ResourceNotFoundException"


@pytest.mark.parametrize("operation", ["IndexFaces", "SearchFacesByImage", "DetectFaces"])
def test_bad_pictures_are_refused(operation: str, rekognition: Rekognition) -> None:
    request = REQUESTS[operation]
    large = base64.b64encode(b"x" * (5 * 1024 * 1024 + 1)).decode()
    assert rekognition.code(operation, **request | {"Image": {"Bytes": large}}) == "ImageTooLargeException"
    for image in ({}, {"Bytes": "no base64!"}, {"S3Object": {"Bucket": "bucket"}}, IMAGE | {"S3Object": {}}):
        assert rekognition.code(operation, **request | {"Image": image}) == "InvalidParameterException"


@pytest.mark.parametrize("operation", ["ListCollections", "ListFaces", "ListUsers"])
@pytest.mark.parametrize("token", ["!", "YQ==YQ==", "ä", "gA=="])
def test_tokens_we_never_gave_out_are_refused(operation: str, token: str, rekognition: Rekognition) -> None:
    assert rekognition.code(operation, **REQUESTS[operation], NextToken=token) == "InvalidPaginationTokenException"


def index(rekognition: Rekognition, *people: tuple, name: str = "a", **options: Any) -> list[str]:
    image = {"Bytes": base64.b64encode(picture(*people)).decode()}
    answer = rekognition("IndexFaces", CollectionId="c", Image=image, ExternalImageId=name, **options)
    return [record["Face"]["FaceId"] for record in answer["FaceRecords"]]


def test_answers_about_faces(rekognition: Rekognition) -> None:
    faces = index(rekognition, RED, GREEN, BLUE)
    assert index(rekognition, RED, GREEN, BLUE) == faces, "the same picture under the same name is no new one"
    assert index(rekognition, RED, GREEN, BLUE, name="b") != faces
    answer = rekognition("IndexFaces", CollectionId="c", Image=IMAGE, ExternalImageId="c", MaxFaces=1)
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]] * 2
    found = rekognition("SearchFaces", CollectionId="c", FaceId=faces[0])
    assert len(found["FaceMatches"]) == 2
    assert len(rekognition("SearchFaces", CollectionId="c", FaceId=faces[0], MaxFaces=1)["FaceMatches"]) == 1
    assert rekognition("SearchFacesByImage", CollectionId="c", Image=IMAGE)["FaceMatches"]
    assert len(rekognition("DetectFaces", Image=IMAGE)["FaceDetails"]) == 3
    compared = rekognition("CompareFaces", SourceImage=IMAGE, TargetImage=IMAGE)
    assert (len(compared["FaceMatches"]), len(compared["UnmatchedFaces"])) == (1, 2)
    assert rekognition("DescribeCollection", CollectionId="c")["FaceCount"] == 7
    page = rekognition("ListFaces", CollectionId="c", FaceIds=[*faces, FACE], MaxResults=2)
    rest = rekognition("ListFaces", CollectionId="c", FaceIds=faces, NextToken=page["NextToken"])
    assert [face["FaceId"] for face in page["Faces"] + rest["Faces"]] == faces
    deleted = rekognition("DeleteFaces", CollectionId="c", FaceIds=[faces[0], FACE])
    assert deleted["DeletedFaces"] == [faces[0]]
    assert deleted["UnsuccessfulFaceDeletions"] == [{"FaceId": FACE, "Reasons": ["FACE_NOT_FOUND"]}]
    assert rekognition.code("SearchFaces", CollectionId="c", FaceId=faces[0]) == "InvalidParameterException"


def test_the_quality_filter_takes_none_and_auto_by_default(rekognition: Rekognition) -> None:
    """The test engine's faces have a score of 1, and brightness and sharpness of 50; they are as wide as a stripe."""
    wide = {"Bytes": base64.b64encode(picture(RED, GREEN, BLUE, size=(300, 100))).decode()}
    assert len(rekognition("IndexFaces", CollectionId="c", Image=wide, QualityFilter="HIGH")["FaceRecords"]) == 3
    narrow = {"Bytes": base64.b64encode(picture(RED, GREEN, BLUE, size=(96, 96))).decode()}
    answer = rekognition("IndexFaces", CollectionId="c", Image=narrow, QualityFilter="MEDIUM")
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["SMALL_BOUNDING_BOX"]] * 3
    assert answer["FaceRecords"] == []
    filtered = {"CollectionId": "c", "Image": narrow, "QualityFilter": "MEDIUM"}
    assert rekognition.code("SearchFacesByImage", **filtered) == "InvalidParameterException"
    assert len(rekognition("SearchUsersByImage", **filtered)["UnsearchedFaces"]) == 3


def test_users(rekognition: Rekognition) -> None:
    faces = index(rekognition, RED, GREEN, BLUE)
    again = index(rekognition, RED, name="b")
    for user in ("red", "green"):
        assert rekognition("CreateUser", CollectionId="c", UserId=user) == {}
    assert rekognition.code("CreateUser", CollectionId="c", UserId="red") == "ConflictException"
    assert rekognition("DescribeCollection", CollectionId="c")["UserCount"] == 2
    page = rekognition("ListUsers", CollectionId="c", MaxResults=1)
    rest = rekognition("ListUsers", CollectionId="c", NextToken=page["NextToken"])
    assert page["Users"] + rest["Users"] == [
        {"UserId": "red", "UserStatus": "CREATED"},
        {"UserId": "green", "UserStatus": "CREATED"},
    ]

    def associate(user: str, *face_ids: str, **options: Any) -> dict:
        return rekognition("AssociateFaces", CollectionId="c", UserId=user, FaceIds=list(face_ids), **options)

    assert associate("red", faces[0])["AssociatedFaces"] == [{"FaceId": faces[0]}]
    assert associate("green", faces[1])["UserStatus"] == "ACTIVE"
    answer = associate("red", faces[0], *again, faces[1], faces[2], FACE)
    assert answer["AssociatedFaces"] == [{"FaceId": again[0]}]
    reasons = {one["FaceId"]: (one["Reasons"], one.get("UserId")) for one in answer["UnsuccessfulFaceAssociations"]}
    assert reasons == {
        faces[1]: (["ASSOCIATED_TO_A_DIFFERENT_USER"], "green"),
        faces[2]: (["LOW_MATCH_CONFIDENCE"], None),
        FACE: (["FACE_NOT_FOUND"], None),
    }
    listed = rekognition("ListFaces", CollectionId="c", UserId="red")["Faces"]
    assert [(face["FaceId"], face["UserId"]) for face in listed] == [(faces[0], "red"), (again[0], "red")]

    def found(**request: Any) -> list[str]:
        answer = rekognition("SearchUsers", CollectionId="c", **request)
        return [match["User"]["UserId"] for match in answer["UserMatches"]]

    assert found(FaceId=again[0]) == ["red"]
    assert found(FaceId=faces[2]) == []
    assert sorted(found(FaceId=faces[2], UserMatchThreshold=0)) == ["green", "red"]
    assert len(found(FaceId=faces[2], UserMatchThreshold=0, MaxUsers=1)) == 1
    assert found(UserId="red", UserMatchThreshold=0) == ["green"]
    for request in ({}, {"FaceId": faces[0], "UserId": "red"}, {"FaceId": FACE}):
        assert rekognition.code("SearchUsers", CollectionId="c", **request) == "InvalidParameterException"
    assert rekognition.code("SearchUsers", CollectionId="c", UserId="nobody") == "ResourceNotFoundException"
    by_image = rekognition("SearchUsersByImage", CollectionId="c", Image=IMAGE)
    assert [match["User"]["UserId"] for match in by_image["UserMatches"]] == ["red"]
    assert [face["Reasons"] for face in by_image["UnsearchedFaces"]] == [["FACE_NOT_LARGEST"]] * 2

    kept = rekognition("DeleteFaces", CollectionId="c", FaceIds=[faces[0]])
    assert kept["DeletedFaces"] == []
    assert kept["UnsuccessfulFaceDeletions"][0]["Reasons"] == ["ASSOCIATED_TO_AN_EXISTING_USER"]
    answer = rekognition("DisassociateFaces", CollectionId="c", UserId="red", FaceIds=[*faces, FACE])
    assert answer["DisassociatedFaces"] == [{"FaceId": faces[0]}]
    assert [(one["FaceId"], one["Reasons"]) for one in answer["UnsuccessfulFaceDisassociations"]] == [
        (FACE, ["FACE_NOT_FOUND"]),
        (faces[1], ["ASSOCIATED_TO_A_DIFFERENT_USER"]),
    ]
    rekognition("DeleteUser", CollectionId="c", UserId="red")
    assert rekognition.code("DeleteUser", CollectionId="c", UserId="red") == "ResourceNotFoundException"
    assert found(FaceId=again[0]) == []
    assert rekognition("DeleteFaces", CollectionId="c", FaceIds=again)["DeletedFaces"] == again


def test_a_user_has_a_hundred_faces_at_most(rekognition: Rekognition) -> None:
    faces = [index(rekognition, RED, name=str(number))[0] for number in range(102)]
    rekognition("CreateUser", CollectionId="c", UserId="red")
    first = rekognition("AssociateFaces", CollectionId="c", UserId="red", FaceIds=faces[:99])
    assert len(first["AssociatedFaces"]) == 99
    second = rekognition("AssociateFaces", CollectionId="c", UserId="red", FaceIds=faces[99:])
    assert second["AssociatedFaces"] == [{"FaceId": faces[99]}]
    assert [one["FaceId"] for one in second["UnsuccessfulFaceAssociations"]] == faces[100:]
    more = {"CollectionId": "c", "UserId": "red", "FaceIds": faces[100:]}
    assert rekognition.code("AssociateFaces", **more) == "ServiceQuotaExceededException"


def test_a_request_with_a_token_takes_effect_once(rekognition: Rekognition) -> None:
    request = {"CollectionId": "c", "UserId": "u", "ClientRequestToken": "token-1"}
    assert rekognition("CreateUser", **request) == rekognition("CreateUser", **request) == {}
    other = request | {"UserId": "v"}
    assert rekognition.code("CreateUser", **other) == "IdempotentParameterMismatchException"
    again = request | {"ClientRequestToken": "token-2"}
    assert rekognition.code("CreateUser", **again) == "ConflictException"


def test_a_reopened_file_has_everything(tmp_path: Path) -> None:
    path = tmp_path / "faces.sqlite"
    first = Rekognition().reopened(path)
    first("CreateCollection", CollectionId="c")
    faces = index(first, RED, GREEN)
    request = {"CollectionId": "c", "UserId": "red", "ClientRequestToken": "token"}
    first("CreateUser", **request)
    first("AssociateFaces", CollectionId="c", UserId="red", FaceIds=faces[:1])
    second = first.reopened(path)
    assert second("CreateUser", **request) == {}
    assert second("ListFaces", CollectionId="c") == first("ListFaces", CollectionId="c")
    for operation, asked in (("SearchFaces", {"FaceMatchThreshold": 0}), ("SearchUsers", {})):
        asked |= {"CollectionId": "c", "FaceId": faces[0]}
        assert second(operation, **asked) == first(operation, **asked)
    assert second("SearchUsers", CollectionId="c", FaceId=faces[0])["UserMatches"]


def found(left: float, person: int) -> FoundFace:
    descriptor = np.random.default_rng(person).normal(0, 0.1, 128).astype(np.float32).tobytes()
    return FoundFace(left, 0.1, 0.1, 0.2, 1.0, {}, 0.0, 50.0, 50.0, descriptor)


def test_a_face_found_again_in_another_way_keeps_its_id_and_its_user() -> None:
    state = State(":memory:")
    state.create_collection("c")
    first = state.index("c", b"picture", "a.jpg", [found(0.1, 1), found(0.5, 2)])
    state.create_user("c", "one")
    state.associate("c", "one", [first[0].face_id], True)
    # A later release puts the boxes a little to the side, describes faces otherwise, and finds one more between them.
    again = state.index("c", b"picture", "a.jpg", [found(0.19, 5), found(0.48, 4), found(0.12, 3)])
    assert [face.face_id for face in again][1:] == [first[1].face_id, first[0].face_id]
    assert again[0].face_id not in {face.face_id for face in first}
    assert (again[2].user_id, again[2].bounding_box["Left"]) == ("one", 0.12)
    assert state.faces_by_id("c", [first[0].face_id])[first[0].face_id] == again[2]
    for face, person in zip(again, (5, 4, 3), strict=True):
        assert state.vectors("c").search(found(0, person).vector, 99, 10) == [(face.face_id, pytest.approx(100))]
    assert state.user_vectors("c").get("one").tobytes() == found(0, 3).descriptor
    assert state.describe("c")[:2] == (3, 1)
    (count,) = state._db.execute("SELECT faces FROM collections").fetchone()
    assert count == 3


def test_pictures_wait_unread_and_too_many_are_refused() -> None:
    read: list[str] = []

    class BusyEngine(ColorEngine):
        """Is never done."""

        def submit(self, image: bytes) -> concurrent.futures.Future[Analysis]:
            return concurrent.futures.Future()

    async def read_object(bucket: str, key: str) -> bytes:
        read.append(key)
        return picture(RED)

    async def ask() -> list[tuple[int, dict]]:
        service = Service(State(":memory:"), BusyEngine(), read_object, "arn:aws:rekognition:us-east-1:0")
        bodies = [json.dumps({"Image": {"S3Object": {"Bucket": "bucket", "Name": str(n)}}}).encode() for n in range(70)]
        tasks = [asyncio.create_task(service.handle("RekognitionService.DetectFaces", body)) for body in bodies]
        done, waiting = await asyncio.wait(tasks, timeout=0.2)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [task.result() for task in done]

    answers = asyncio.run(ask())
    assert len(read) == 2 * BusyEngine.workers
    assert [(status, answer["__type"]) for status, answer in answers] == [(400, "ThrottlingException")] * 6


@pytest.fixture
def label_model(tmp_path: Path) -> Path:
    """A classifier that calls a picture by the strongest of its three colours."""
    from onnx import TensorProto, helper, save

    shape = ["batch", 3, 8, 8]
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["picture"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["mean"]),
            helper.make_node("Softmax", ["mean"], ["scores"]),
        ],
        "colours",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 3])],
    )
    folder = tmp_path / "models"
    folder.mkdir()
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), folder / "labels.onnx")
    (folder / "labels.txt").write_text("Red\nGreen\nBlue\n")
    return folder


def test_labels_with_the_owners_model(label_model: Path) -> None:
    rekognition = Rekognition(label_model)
    image = {"Bytes": base64.b64encode(picture(GREEN)).decode()}

    def names(**request: Any) -> list[str]:
        return [label["Name"] for label in rekognition("DetectLabels", Image=image, **request)["Labels"]]

    assert names() == ["Green"]
    assert names(MinConfidence=0)[0] == "Green"
    assert len(names(MinConfidence=0)) == 3
    assert names(MinConfidence=0, MaxLabels=1) == ["Green"]
    only = {"GeneralLabels": {"LabelInclusionFilters": ["Red"]}}
    assert names(MinConfidence=0, Settings=only) == ["Red"]
    without = {"GeneralLabels": {"LabelExclusionFilters": ["Green"]}}
    assert "Green" not in names(MinConfidence=0, Settings=without)
    for request in (
        {"Features": ["IMAGE_PROPERTIES"]},
        {"Settings": {"GeneralLabels": {"LabelCategoryInclusionFilters": ["Colors"]}}},
    ):
        assert rekognition.code("DetectLabels", Image=image, **request) == "InvalidParameterException"


@pytest.mark.parametrize(("file", "content"), [("labels.txt", b"Red\nGreen\n"), ("labels.onnx", b"rubbish")])
def test_a_bad_label_model_is_named(label_model: Path, file: str, content: bytes) -> None:
    (label_model / file).write_bytes(content)
    status, answer = Rekognition(label_model).ask("DetectLabels", REQUESTS["DetectLabels"])
    assert (status, answer["__type"]) == (500, "InternalServerError")
    assert str(label_model / file) in answer["message"]


def test_a_label_model_that_takes_no_picture_is_refused(label_model: Path) -> None:
    from onnx import TensorProto, helper, save

    numbers, scores = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3]) for name in ("numbers", "scores"))
    graph = helper.make_graph([helper.make_node("Softmax", ["numbers"], ["scores"])], "flat", [numbers], [scores])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    save(made, label_model / "labels.onnx")
    status, answer = Rekognition(label_model).ask("DetectLabels", REQUESTS["DetectLabels"])
    assert (status, answer["__type"]) == (500, "InternalServerError")
    assert "labels.onnx must take one picture" in answer["message"]


def test_labels_without_a_model(rekognition: Rekognition) -> None:
    status, answer = rekognition.ask("DetectLabels", REQUESTS["DetectLabels"])
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert "no label model" in answer["message"]


def test_a_face_that_is_cut_by_the_edge_is_less_prominent() -> None:
    def of(left: float, width: float) -> FoundFace:
        return FoundFace(left, 0.2, width, width, 1.0, {}, 0.0, 50.0, 50.0, b"")

    person, neighbour = of(0.5, 0.4), of(-0.2, 0.5)
    assert person.prominence == pytest.approx(0.16)
    assert neighbour.prominence == pytest.approx(0.15 * 0.6)
    assert of(1.1, 0.4).prominence == 0
