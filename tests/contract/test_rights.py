"""What a guest may do: read the album and invoke one function. Everything else that is tried is refused."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from running import RunningStack, new_guest


@pytest.fixture(scope="module")
def outputs(stack: RunningStack) -> dict[str, str]:
    return stack.outputs


@pytest.fixture(scope="module")
def guest(stack: RunningStack, outputs: dict[str, str]) -> Any:
    """Clients with the credentials a visitor's browser gets."""
    _, session = new_guest(stack)
    return lambda name: session.client(name, endpoint_url=stack.api_url)


@pytest.mark.aws
def test_a_guest_reads_the_album_and_searches(guest: Any, outputs: dict[str, str]) -> None:
    dynamodb = guest("dynamodb")
    table = outputs["PicsTable"]
    for index in ({}, {"IndexName": "grid"}):
        answer = dynamodb.query(
            TableName=table,
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": {"S": "2009_inauguration"}},
            **index,
        )
        assert answer["Count"] == 4
    key = {"primarykey": {"S": "/"}, "sortkey": {"S": "2009_inauguration"}}
    assert "Item" in dynamodb.get_item(TableName=table, Key=key)
    answer = guest("lambda").invoke(FunctionName=outputs["SearchFunction"], Payload=b"{}")
    assert json.loads(answer["Payload"].read())["err"]["code"] == "InvalidRequest"


@pytest.mark.aws
def test_the_end_of_a_log_tells_a_guest_nothing(stack: RunningStack, guest: Any, outputs: dict[str, str]) -> None:
    row = stack.table("PicsTable").get_item(Key={"primarykey": "2009_inauguration", "sortkey": "biden.jpg"})["Item"]
    face_id = row["data"]["FaceRecords"][0]["Face"]["FaceId"]
    for function, event in (
        ("SearchFunction", {"faceid": face_id}),
        ("SearchFunction", {"faceid": [face_id]}),
        ("RemovalFunction", {"action": "ask", "face_ids": [face_id], "message": "biden"}),
        ("RemovalFunction", {"action": "withdraw"}),
    ):
        payload = json.dumps(event).encode()
        answer = guest("lambda").invoke(FunctionName=outputs[function], LogType="Tail", Payload=payload)
        log = base64.b64decode(answer["LogResult"]).decode()
        assert not [text for text in (face_id, "biden", "Traceback", "arn:aws:iam", ":role/") if text in log], log


@pytest.mark.aws
def test_a_guest_keeps_a_last_lookalike_and_nothing_else(stack: RunningStack, outputs: dict[str, str]) -> None:
    identity, session = new_guest(stack)
    dynamodb = session.client("dynamodb", endpoint_url=stack.api_url)
    table, key = outputs["MatchesTable"], {"identity_id": {"S": identity}, "kind": {"S": "lookalike"}}
    dynamodb.put_item(TableName=table, Item=key | {"people": {"L": []}})
    dynamodb.put_item(TableName=table, Item=key | {"people": {"L": []}, "gallery": {"S": "bands"}})
    # What the first release's page wrote here, a removal request.
    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(TableName=table, Item=key | {"people": {"L": []}, "face_ids": {"L": []}})
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    dynamodb.delete_item(TableName=table, Key=key)


# Every operation of DynamoDB that takes a table, and what else a curious guest would try.
KEY = {"primarykey": {"S": "/"}, "sortkey": {"S": "2009_inauguration"}}
FORBIDDEN = [
    ("dynamodb", "scan", {"TableName": "{PicsTable}"}),
    ("dynamodb", "put_item", {"TableName": "{PicsTable}", "Item": KEY}),
    ("dynamodb", "delete_item", {"TableName": "{PicsTable}", "Key": KEY}),
    ("dynamodb", "update_item", {"TableName": "{PicsTable}", "Key": KEY}),
    ("dynamodb", "batch_get_item", {"RequestItems": {"{PicsByImageIdTable}": {"Keys": [{"image_id": {"S": "x"}}]}}}),
    ("dynamodb", "batch_write_item", {"RequestItems": {"{PicsTable}": [{"DeleteRequest": {"Key": KEY}}]}}),
    ("dynamodb", "transact_write_items", {"TransactItems": [{"Delete": {"TableName": "{PicsTable}", "Key": KEY}}]}),
    ("dynamodb", "describe_table", {"TableName": "{PicsTable}"}),
    ("dynamodb", "delete_table", {"TableName": "{PicsTable}"}),
    ("dynamodb", "list_tables", {}),
    ("dynamodb", "get_item", {"TableName": "{PrivatePicsTable}", "Key": KEY}),
    ("dynamodb", "batch_get_item", {"RequestItems": {"{PrivatePicsTable}": {"Keys": [KEY]}}}),
    (
        "dynamodb",
        "query",
        {
            "TableName": "{PrivatePicsTable}",
            "IndexName": "grid",
            "KeyConditionExpression": "primarykey = :p",
            "ExpressionAttributeValues": {":p": {"S": "2009_inauguration"}},
        },
    ),
    ("dynamodb", "put_item", {"TableName": "{PrivatePicsTable}", "Item": KEY}),
    ("dynamodb", "get_item", {"TableName": "{AccessTable}", "Key": {"kind": {"S": "audience"}, "id": {"S": "/"}}}),
    ("dynamodb", "put_item", {"TableName": "{AccessTable}", "Item": {"kind": {"S": "audience"}, "id": {"S": "/"}}}),
    ("dynamodb", "get_item", {"TableName": "{PicsByImageIdTable}", "Key": {"image_id": {"S": "x"}}}),
    ("dynamodb", "scan", {"TableName": "{PicsByImageIdTable}"}),
    ("dynamodb", "get_item", {"TableName": "{LedgerTable}", "Key": {"entry": {"S": "calls/search/2026-01-01"}}}),
    ("dynamodb", "delete_item", {"TableName": "{LedgerTable}", "Key": {"entry": {"S": "calls/search/2026-01-01"}}}),
    ("dynamodb", "scan", {"TableName": "{LeasesTable}"}),
    ("dynamodb", "scan", {"TableName": "{ForgottenTable}"}),
    ("dynamodb", "scan", {"TableName": "{RequestsTable}"}),
    ("dynamodb", "get_item", {"TableName": "{RequestsTable}", "Key": {"identity_id": {"S": "x"}}}),
    ("dynamodb", "put_item", {"TableName": "{RequestsTable}", "Item": {"identity_id": {"S": "x"}}}),
    ("dynamodb", "get_item", {"TableName": "{ForgottenTable}", "Key": {"kind": {"S": "forgotten"}, "id": {"S": "x"}}}),
    ("dynamodb", "put_item", {"TableName": "{ForgottenTable}", "Item": {"kind": {"S": "forgotten"}, "id": {"S": "x"}}}),
    (
        "dynamodb",
        "query",
        {
            "TableName": "{DecisionsTable}",
            "KeyConditionExpression": "journal = :j",
            "ExpressionAttributeValues": {":j": {"S": "people"}},
        },
    ),
    ("dynamodb", "put_item", {"TableName": "{DecisionsTable}", "Item": {"journal": {"S": "people"}, "id": {"S": "x"}}}),
    ("lambda", "invoke", {"FunctionName": "{PeopleFunction}"}),
    ("lambda", "invoke", {"FunctionName": "{ManageFunction}"}),
    ("s3", "get_object", {"Bucket": "{ThumbnailsBucket}", "Key": "people/state.json.gz"}),
    ("s3", "get_object", {"Bucket": "{ThumbnailsBucket}", "Key": "people/regions/2009_inauguration/obama.jpg.json"}),
    ("sqs", "send_message", {"QueueUrl": "{PeopleQueue}", "MessageBody": "x"}),
    ("lambda", "invoke", {"FunctionName": "kinpics-ProcessFunction"}),
    ("lambda", "list_functions", {}),
    ("lambda", "get_function", {"FunctionName": "{SearchFunction}"}),
    ("lambda", "update_function_configuration", {"FunctionName": "{SearchFunction}", "Timeout": 900}),
    ("s3", "list_buckets", {}),
    ("s3", "list_objects_v2", {"Bucket": "{PicsBucket}"}),
    ("s3", "get_object", {"Bucket": "{PicsBucket}", "Key": "photos/2009_inauguration/obama.jpg"}),
    ("s3", "put_object", {"Bucket": "{PicsBucket}", "Key": "photos/x/x.jpg", "Body": b""}),
    ("s3", "delete_object", {"Bucket": "{PicsBucket}", "Key": "photos/2009_inauguration/obama.jpg"}),
    ("s3", "put_object", {"Bucket": "{SiteBucket}", "Key": "index.html", "Body": b""}),
    ("s3", "get_object", {"Bucket": "{ThumbnailsBucket}", "Key": "photos/2009_inauguration/obama.jpg"}),
    ("sqs", "send_message", {"QueueUrl": "{ProcessQueue}", "MessageBody": "x"}),
    ("sqs", "receive_message", {"QueueUrl": "{DeadLetterQueue}"}),
    ("sqs", "purge_queue", {"QueueUrl": "{ProcessQueue}"}),
    ("rekognition", "list_collections", {}),
    ("rekognition", "list_faces", {"CollectionId": "{AlbumCollection}"}),
    ("rekognition", "search_faces", {"CollectionId": "{AlbumCollection}", "FaceId": "0" * 8}),
    ("rekognition", "list_users", {"CollectionId": "{CelebritiesCollection}.bands"}),
    ("s3", "get_object", {"Bucket": "{PicsBucket}", "Key": "galleries/bands.json"}),
    ("rekognition", "index_faces", {"CollectionId": "{AlbumCollection}", "Image": {"Bytes": b"x"}}),
    ("rekognition", "delete_faces", {"CollectionId": "{AlbumCollection}", "FaceIds": ["0"]}),
    ("rekognition", "delete_collection", {"CollectionId": "{AlbumCollection}"}),
    ("rekognition", "detect_faces", {"Image": {"Bytes": b"x"}}),
    ("cloudformation", "describe_stacks", {"StackName": "kinpics"}),
    ("cloudformation", "delete_stack", {"StackName": "kinpics"}),
    ("iam", "list_roles", {}),
    ("cognito-identity", "list_identity_pools", {"MaxResults": 1}),
    ("cognito-identity", "delete_identity_pool", {"IdentityPoolId": "{IdentityPool}"}),
    (
        "sts",
        "assume_role",
        {"RoleArn": "arn:aws:iam::000000000000:role/kinpics-ProcessRole", "RoleSessionName": "guest"},
    ),
    ("logs", "describe_log_groups", {}),
]


def filled(value: Any, outputs: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**outputs) if value.startswith("{") else value
    if isinstance(value, dict):
        return {filled(name, outputs): filled(item, outputs) for name, item in value.items()}
    return [filled(item, outputs) for item in value] if isinstance(value, list) else value


@pytest.mark.aws
@pytest.mark.parametrize(
    ("service", "operation", "arguments"), FORBIDDEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_guest_may_do_nothing_else(
    guest: Any, outputs: dict[str, str], service: str, operation: str, arguments: dict
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(guest(service), operation)(**filled(arguments, outputs))
    assert caught.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), caught.value


def test_a_denial_can_be_read_by_a_page_of_another_origin(stack: RunningStack) -> None:
    """Without CORS headers on it a browser would tell the page of no reason."""
    request = urllib.request.Request(
        stack.api_url,
        b'{"TableName": "pics"}',
        {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": "DynamoDB_20120810.Scan",
            "origin": stack.site_url,
            "authorization": "AWS4-HMAC-SHA256 Credential=AKIDUNKNOWN/20260101/us-east-1/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=00",
            "x-amz-date": "20260101T000000Z",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code >= 400
    assert caught.value.headers["access-control-allow-origin"] in ("*", stack.site_url)


def test_rekognition_reads_an_object_with_the_rights_of_its_caller(
    stack: RunningStack, outputs: dict[str, str]
) -> None:
    """The search function's role may not read originals, and can't through Rekognition either."""
    iam = stack.client("iam")
    iam.create_user(UserName="finder")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "rekognition:*", "Resource": "*"}]}
    iam.put_user_policy(UserName="finder", PolicyName="faces", PolicyDocument=json.dumps(policy))
    keys = iam.create_access_key(UserName="finder")["AccessKey"]
    image = {"S3Object": {"Bucket": outputs["PicsBucket"], "Name": "photos/2009_inauguration/obama.jpg"}}
    assert len(stack.client("rekognition").detect_faces(Image=image)["FaceDetails"]) == 1
    finder = boto3.client(
        "rekognition",
        endpoint_url=stack.api_url,
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
    )
    with pytest.raises(ClientError) as caught:
        finder.detect_faces(Image=image)
    assert caught.value.response["Error"]["Code"] == "InvalidS3ObjectException"


@pytest.mark.parametrize(
    ("access_key", "secret"),
    [("test", "test"), ("test", "{secret}"), ("000000000000", "{secret}"), ("{key}", "wrong"), ("AKIAUNKNOWN", "x")],
)
@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "list_objects_v2", {"Bucket": "{PicsBucket}"}),
        ("s3", "put_object", {"Bucket": "{PicsBucket}", "Key": "photos/x/x.jpg", "Body": b"x"}),
        ("dynamodb", "scan", {"TableName": "{PicsTable}"}),
        ("rekognition", "list_collections", {}),
        ("iam", "list_roles", {}),
        ("cloudformation", "describe_stacks", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_only_the_stacks_own_key_with_its_secret_is_root(
    stack: RunningStack,
    outputs: dict[str, str],
    access_key: str,
    secret: str,
    service: str,
    operation: str,
    arguments: dict,
) -> None:
    own = {"key": stack.environment["AWS_ACCESS_KEY_ID"], "secret": stack.environment["AWS_SECRET_ACCESS_KEY"]}
    client = boto3.client(
        service,
        endpoint_url=stack.api_url,
        region_name="us-east-1",
        aws_access_key_id=access_key.format(**own),
        aws_secret_access_key=secret.format(**own),
    )
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**filled(arguments, outputs))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403), caught.value


def status(url: str, method: str = "GET", headers: dict[str, str] | None = None, data: bytes | None = None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers or {}, method=method)) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_nothing_is_given_to_a_call_without_a_signature(stack: RunningStack, outputs: dict[str, str]) -> None:
    bucket = f"{stack.api_url}/{outputs['PicsBucket']}"
    assert status(stack.api_url) == 403
    assert status(bucket) == 403
    assert status(f"{bucket}/photos/2009_inauguration/obama.jpg") == 403
    assert status(f"{bucket}/photos/x/x.jpg", "PUT", data=b"x") == 403
    target = {"x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0"}
    assert status(stack.api_url, "POST", target, b"{}") in (400, 403)
    target["x-amz-target"] = "RekognitionService.ListCollections"
    assert status(stack.api_url, "POST", target, b"{}") in (400, 403)


@pytest.mark.parametrize("path", ["reset", "config", "health", "lambda-code/x", "../_ministack/reset"])
def test_the_embedded_aws_has_no_administration_over_http(stack: RunningStack, path: str) -> None:
    for method in ("GET", "POST"):
        assert status(f"{stack.api_url}/_ministack/{path}", method) == 403


def test_a_body_that_was_changed_on_the_way_is_refused(stack: RunningStack, outputs: dict[str, str]) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    headers = {"x-amz-target": "DynamoDB_20120810.Scan", "content-type": "application/x-amz-json-1.0"}
    request = AWSRequest("POST", stack.api_url, headers, json.dumps({"TableName": outputs["PicsTable"]}))
    SigV4Auth(stack.session().get_credentials(), "dynamodb", "us-east-1").add_auth(request)
    signed = dict(request.headers)
    assert status(stack.api_url, "POST", signed, request.body) == 200
    changed = json.dumps({"TableName": outputs["PicsByImageIdTable"]}).encode()
    assert status(stack.api_url, "POST", signed, changed) in (400, 403)
