"""Bodies that no service should have to read are refused before one does."""

import asyncio
import base64
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.embedded import refusals
from local.embedded.refusals import RefusedError, check_body, check_query, limit_body

DEEP = b"[" * 100_000 + b"]" * 100_000
INVOKE = "/2015-03-31/functions/search/invocations"
TARGETS = {
    "dynamodb": "DynamoDB_20120810.Query",
    "sqs": "AmazonSQS.SendMessage",
    "cognito-identity": "AWSCognitoIdentityService.GetId",
    "cognito-idp": "AWSCognitoIdentityProviderService.InitiateAuth",
    "logs": "Logs_20140328.DescribeLogGroups",
    "rekognition": "RekognitionService.SearchFaces",
}


def read(service: str, body: bytes, *, target: str = "", **headers: str) -> bytes:
    if service in TARGETS:
        headers["x-amz-target"] = target or TARGETS[service]
    path = INVOKE if service == "lambda" else "/"
    return check_body(service, path, {name.replace("_", "-"): value for name, value in headers.items()}, body)


NOT_JSON = {
    "deep": DEEP,
    "deep in a field": b'{"a": {"b": ' + DEEP + b"}}",
    "just too deep": b'{"a":' * 129 + b"1" + b"}" * 129,
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "half a pair as a name": b'{"\\uDFFF": 1}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "cut off": b'{"a": ',
    "two": b"{} {}",
    "words": b"hello",
}


@pytest.mark.parametrize("service", [*TARGETS, "lambda"])
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_a_body_that_is_not_json_is_refused_with_the_reason(service: str, body: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        read(service, body)
    code = "InvalidRequestContentException" if service == "lambda" else "SerializationException"
    assert (caught.value.status, caught.value.code) == (400, code)
    assert "set_int_max" not in str(caught.value)
    status, headers, answer = caught.value.answer(service)
    assert (status, headers["x-amzn-errortype"], json.loads(answer)["__type"]) == (400, code, code)


@pytest.mark.parametrize("service", TARGETS)
@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b"true"])
def test_a_body_must_be_an_object(service: str, body: bytes) -> None:
    with pytest.raises(RefusedError, match="must be a JSON object"):
        read(service, body)


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b'{"a": 1, "a": 2}', b'"\\ud83d\\ude00"', b"1e999"])
def test_a_function_takes_any_json(body: bytes) -> None:
    assert read("lambda", body) == body


def test_nesting_within_the_limit_is_read() -> None:
    assert read("lambda", b"[" * 128 + b"]" * 128)
    item = {"S": "x"}
    for _ in range(31):
        item = {"L": [item]}
    body = json.dumps({"TableName": "t", "Item": {"a": item}}).encode()
    assert read("dynamodb", body, target="DynamoDB_20120810.PutItem") == body


WRONG_TYPES = [
    ("dynamodb", "Query", {"TableName": 5}),
    ("dynamodb", "Query", {"Limit": "5"}),
    ("dynamodb", "Query", {"Limit": 1.5}),
    ("dynamodb", "Query", {"Limit": True}),
    ("dynamodb", "Query", {"Limit": 2**31}),
    ("dynamodb", "Query", {"ExclusiveStartKey": []}),
    ("dynamodb", "Query", {"ExclusiveStartKey": {"a": 5}}),
    ("dynamodb", "Query", {"ExclusiveStartKey": {"a": {"N": 5}}}),
    ("dynamodb", "Query", {"ExpressionAttributeValues": {":a": None}}),
    ("dynamodb", "BatchGetItem", {"RequestItems": {"t": {"Keys": [None]}}}),
    ("dynamodb", "PutItem", {"Item": {"a": {"B": "é"}}}),
    ("sqs", "SendMessage", {"QueueUrl": {}}),
    ("sqs", "SendMessage", {"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "?"}}}),
    ("sqs", "SendMessageBatch", {"Entries": [5]}),
    ("cognito-identity", "GetId", {"Logins": ["a"]}),
    ("cognito-idp", "InitiateAuth", {"AuthParameters": "a"}),
    ("logs", "DescribeLogGroups", {"limit": {}}),
]


@pytest.mark.parametrize(("service", "operation", "request_"), WRONG_TYPES)
def test_a_field_of_another_type_is_refused(service: str, operation: str, request_: dict) -> None:
    target = TARGETS[service].partition(".")[0] + "." + operation
    with pytest.raises(RefusedError) as caught:
        read(service, json.dumps(request_).encode(), target=target)
    assert caught.value.code == "SerializationException"


def test_an_empty_field_counts_as_absent() -> None:
    body = read("dynamodb", b'{"TableName": "t", "Limit": null, "unknown": {"a": null}}')
    assert json.loads(body) == {"TableName": "t", "unknown": {"a": None}}


@pytest.mark.parametrize(
    ("operator", "values"), [("BETWEEN", 1), ("BETWEEN", 3), ("EQ", 0), ("EQ", 2), ("NULL", 1), ("IN", 0), (None, 0)]
)
def test_a_comparison_needs_its_values(operator: str | None, values: int) -> None:
    condition = {"ComparisonOperator": operator, "AttributeValueList": [{"S": "a"}] * values}
    with pytest.raises(RefusedError, match="number of argument") as caught:
        read("dynamodb", json.dumps({"TableName": "t", "QueryFilter": {"a": condition}}).encode())
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize("token", ["x", "", "1.5", "٣", base64.b64encode(b"[" * 5000).decode(), "9" * 5000])
@pytest.mark.parametrize(("service", "operation"), [("sqs", "ListQueues"), ("cognito-idp", "ListUserPools")])
def test_a_token_we_never_gave_out_is_refused(service: str, operation: str, token: str) -> None:
    target = TARGETS[service].partition(".")[0] + "." + operation
    if token:
        with pytest.raises(RefusedError, match="NextToken"):
            read(service, json.dumps({"NextToken": token}).encode(), target=target)
    assert read(service, b'{"NextToken": "100"}', target=target)


@pytest.mark.parametrize(
    ("service", "name"), [("s3", "max-keys"), ("s3", "part-number-marker"), ("lambda", "MaxItems")]
)
@pytest.mark.parametrize("value", ["", "x", "1e3", "٣", "9" * 30])
def test_a_parameter_must_be_a_number(service: str, name: str, value: str) -> None:
    with pytest.raises(RefusedError):
        check_query(service, {name: [value]})
    check_query(service, {name: ["10"]})
    check_query("dynamodb", {name: [value]})


@pytest.mark.parametrize("service", ["sts", "iam", "cloudformation", "sqs"])
@pytest.mark.parametrize("body", [DEEP, b"[&Action=x", b'{"Action": "x"}', b"\xef\xbb\xbf{}", b"a=b", b"\xff"])
def test_a_form_names_its_action(service: str, body: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        check_body(service, "/", {"content-type": "application/x-www-form-urlencoded"}, body)
    assert caught.value.code == "MissingAction"
    assert check_body(service, "/", {}, b"Action=ListRoles&Version=1") == b"Action=ListRoles&Version=1"


def test_errors_have_the_form_of_their_service() -> None:
    error = RefusedError(400, "A", "a < b")
    assert error.answer("sts")[2].startswith(b"<ErrorResponse><Error><Type>Sender</Type><Code>A</Code>")
    assert error.answer("s3")[2].startswith(b"<Error>")
    assert b"a &lt; b" in error.answer("s3")[2]


def test_a_compressed_body_is_inflated_up_to_the_limit() -> None:
    headers = {"content-encoding": "gzip", "x-amz-target": TARGETS["sqs"]}
    assert check_body("sqs", "/", headers, gzip.compress(b"{}")) == b"{}"
    assert "content-encoding" not in headers
    bomb = gzip.compress(b'{"a": "' + b"x" * refusals.MAX_OTHER + b'"}')
    with pytest.raises(RefusedError) as caught:
        read("sqs", bomb, content_encoding="gzip")
    assert caught.value.status == 413
    for body in (b"no gzip", bomb[:-9], b"\x1f\x8b"):
        with pytest.raises(RefusedError) as caught:
            read("sqs", body, content_encoding="gzip")
        assert caught.value.status in (400, 413)


@pytest.mark.parametrize(
    ("service", "path", "limit", "status"),
    [
        ("lambda", INVOKE, refusals.MAX_INVOKE, 413),
        ("lambda", "/2015-03-31/functions", refusals.MAX_FUNCTION, 413),
        ("dynamodb", "/", refusals.MAX_DYNAMODB, 413),
        ("rekognition", "/", refusals.MAX_REKOGNITION, 413),
        ("sqs", "/", refusals.MAX_OTHER, 413),
    ],
)
def test_a_body_that_is_too_large_is_read_and_dropped(service: str, path: str, limit: int, status: int) -> None:
    def body(size: int) -> tuple[Any, list[int]]:
        left = [size]

        async def receive() -> dict:
            chunk = min(left[0], 1 << 20)
            left[0] -= chunk
            return {"type": "http.request", "body": bytes(chunk), "more_body": left[0] > 0}

        return limit_body(receive, service, path, {}), left

    async def read_all(receive: Any) -> int:
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
        return size

    assert asyncio.run(read_all(body(limit)[0])) == limit
    receive, left = body(limit + 5_000_000)
    with pytest.raises(RefusedError) as caught:
        asyncio.run(read_all(receive))
    assert caught.value.status == status
    assert left == [0]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["TableName", "Limit", "ExclusiveStartKey", "QueryFilter", "QueueUrl", "NextToken", "AuthParameters", "Logins"]


@given(st.sampled_from([*TARGETS, "lambda"]), st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON)
def test_any_json_is_read_or_refused(service: str, value: Any) -> None:
    try:
        json.loads(read(service, json.dumps(value).encode()))
    except RefusedError as error:
        assert 400 <= error.status < 500
        assert json.loads(error.answer(service)[2].decode())["message"]


@given(st.sampled_from([*TARGETS, "lambda", "sts"]), st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(service: str, body: bytes) -> None:
    for headers in ({}, {"content_encoding": "gzip"}):
        try:
            read(service, body, **headers)
        except RefusedError as error:
            assert 400 <= error.status < 500
