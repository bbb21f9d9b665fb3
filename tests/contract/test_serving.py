"""What the laptop stack answers over HTTP to those who are not its page: foreign names, closed connections."""

import base64
import http.client
import io
import json
import os
import socket
import time
import zipfile
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from running import RunningStack


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def ask(url: str, request: bytes, *, read: bool = True) -> bytes:
    """Send bytes and close the connection: after the answer's first piece, or at once."""
    with socket.create_connection(("127.0.0.1", port_of(url)), timeout=60) as connection:
        connection.sendall(request)
        return connection.recv(65536) if read else b""


def answer_to(url: str, path: str, method: str = "GET", **headers: str) -> bytes:
    """A whole answer."""
    with socket.create_connection(("127.0.0.1", port_of(url)), timeout=60) as connection:
        last = {"connection": "upgrade" if "upgrade" in headers else "close"}
        connection.sendall(request(url, path, method, **headers, **last))
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(url: str, path: str, method: str = "GET", **headers: str) -> bytes:
    """A request without a body, whose connection would be kept."""
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in {"host": url[7:], **headers}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def signed(
    stack: RunningStack, service: str, target: str, body: bytes, *, chunked: bool = False, **headers: str
) -> Any:
    """Status and body of the answer to a signed request, however odd its body; ``target`` is an operation or a path."""
    path = target if target.startswith("/") else "/"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if path != target:
        named |= {"x-amz-target": target, "content-type": "application/x-amz-json-1.0"}
    asked = AWSRequest("POST", f"http://127.0.0.1:{port_of(stack.api_url)}{path}", data=body, headers=named)
    SigV4Auth(stack.session().get_credentials(), service, "us-east-1").add_auth(asked)
    connection = http.client.HTTPConnection("127.0.0.1", port_of(stack.api_url), timeout=60)
    sent: bytes | Iterable[bytes] = (body[at : at + 65536] for at in range(0, len(body), 65536)) if chunked else body
    connection.request("POST", path, sent, dict(asked.headers), encode_chunked=chunked)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def open_files(stack: RunningStack) -> int:
    return len(os.listdir(f"/proc/{stack.process.pid}/fd"))


def test_a_connection_ends_with_its_client(stack: RunningStack) -> None:
    site, api = stack.site_url, stack.api_url
    photo = "/photos/2009_inauguration/obama.jpg"
    kinds = [
        (site, request(site, "/")),
        (site, request(site, "/", connection="close")),
        (site, request(site, photo, "HEAD")),
        (site, request(site, photo, range="bytes=0-9")),
        (site, request(site, photo, range="bytes=99999999-")),
        (site, request(site, photo, if_none_match="*")),
        (site, request(site, "/", accept_encoding="gzip")),
        (site, request(site, "/nothing.html")),
        (site, request(site, "/", "POST", content_length="9")),
        (api, request(api, "/", "OPTIONS")),
        (api, request(api, "/none/x")),
        (api, b""),
    ]
    unanswered = (b"", kinds[8][1])
    before = open_files(stack)
    for url, sent in kinds:
        for _ in range(20):
            ask(url, sent, read=sent not in unanswered)
    for _ in range(20):
        ask(site, request(site, photo), read=False)  # gone before the photo is sent
    deadline = time.monotonic() + 120
    # The site server keeps 32 connections to S3 at most, and both ends of each are files here.
    while (now := open_files(stack)) > before + 64:
        assert time.monotonic() < deadline, f"{before} open files before, {now} after"
        time.sleep(0.2)


@pytest.mark.parametrize("which", ["site_url", "api_url"])
def test_a_foreign_name_or_page_is_refused_in_words(stack: RunningStack, which: str) -> None:
    url = getattr(stack, which)
    for headers in ({"host": f"evil.example:{port_of(url)}"}, {"origin": "http://evil.example"}):
        for method in ("GET", "OPTIONS", "POST"):
            answer = answer_to(url, "/", method, content_length="0", **headers)
            assert answer.startswith(b"HTTP/1.1 403 ")
            assert b"access-control-" not in answer.lower()
            assert b"This stack answers" in answer


def test_the_site_may_ask_first_what_its_page_may_send(stack: RunningStack) -> None:
    headers = {"origin": stack.site_url, "access_control_request_method": "POST"}
    answer = answer_to(stack.api_url, "/", "OPTIONS", **headers).lower()
    assert answer.startswith(b"http/1.1 200 ")
    assert b"access-control-allow-origin: *" in answer


def test_buckets_are_found_by_names_of_their_own(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *rest: Any, **others: Any) -> Any:
        """Browsers know that all names below localhost are this machine; not every resolver does."""
        return look_up("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **others)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    config = Config(s3={"addressing_style": "virtual"})
    s3 = stack.session().client("s3", endpoint_url=stack.api_url, config=config)
    place = {"Bucket": stack.outputs["ThumbnailsBucket"], "Key": "names/ü +.txt"}
    assert s3.generate_presigned_url("get_object", place).startswith(f"http://{place['Bucket']}.localhost:")
    s3.put_object(**place, Body=b"here")
    assert s3.get_object(**place)["Body"].read() == b"here"
    s3.delete_object(**place)


def test_queues_are_named_at_the_address_that_was_asked(stack: RunningStack) -> None:
    number = f"http://127.0.0.1:{port_of(stack.api_url)}"
    for address in (stack.api_url, number):
        sqs = stack.session().client("sqs", endpoint_url=address)
        described = stack.session().client("cloudformation", endpoint_url=address).describe_stacks(StackName="kinpics")
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0]["Outputs"]}
        url = outputs["ProcessQueue"]
        assert url.startswith(f"{address}/000000000000/")
        assert sqs.get_queue_url(QueueName=url.rpartition("/")[2])["QueueUrl"] == url
        assert url in sqs.list_queues()["QueueUrls"]
        made = sqs.create_queue(QueueName="named")["QueueUrl"]
        assert made == f"{address}/000000000000/named"
        # Clients of today send to the URL itself.
        there = stack.session().client("sqs", endpoint_url=made.rpartition("/000000000000")[0])
        assert there.get_queue_attributes(QueueUrl=made, AttributeNames=["QueueArn"])["Attributes"]
        sqs.delete_queue(QueueUrl=made)


ODD_PATHS = ["/thumbnails/", "/photos/", "/%00", "/photos/%00", "/../../x", "/%2e%2e/%2e%2e", "/%zz", "/%", "/%ff"]
ODD_PATHS += ["/a%0d%0aSet-Cookie:x=y", "//evil.example", "*", "/[::]", "/" + "a" * 1100, "/" + "a" * 100_000]
ODD_METHODS = ["TRACE", "PROPFIND", "CONNECT", "FOO"]
ODD_HEADERS = [
    {"range": "bytes=0-1,3-4"},
    {"range": "bytes=" + "9" * 40 + "-"},
    {"range": "\xff"},
    {"if_none_match": '"a",' * 2000},
    {"authorization": "AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=, Signature="},
    {"authorization": "AWS \xff:\xff"},
    {"x_amz_target": "\xff"},
    {"content_length": "-1"},
    {"transfer_encoding": "other"},
    {f"x_{number}": "y" for number in range(20_000)},
    {"upgrade": "websocket", "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==", "sec_websocket_version": "13"},
]


@pytest.mark.parametrize("which", ["site_url", "api_url"])
def test_odd_requests_leave_no_trace(stack: RunningStack, which: str) -> None:
    url = getattr(stack, which)
    asked: list[tuple[str, str, dict]] = [(path, method, {}) for path in ODD_PATHS for method in ("GET", "HEAD")]
    asked += [("/", method, {}) for method in ODD_METHODS]
    asked += [("/photos/2009_inauguration/obama.jpg", "GET", headers) for headers in ODD_HEADERS]
    for path, method, headers in asked:
        answer = answer_to(url, path, method, **headers)
        assert answer[9:12] == b"501" or answer[9:10] in (b"2", b"3", b"4"), (path, method, headers, answer)
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Date=x&X-Amz-Expires=z&X-Amz-Signature=%ff"
    assert answer_to(url, f"/none/x?{query}&partNumber=x")[9:10] in (b"3", b"4")
    assert "Traceback" not in stack.log.read_text()


def test_hostile_bodies_are_refused_in_words(stack: RunningStack) -> None:
    outputs = stack.outputs
    invoke = f"/2015-03-31/functions/{outputs['SearchFunction']}/invocations"
    targets = [
        ("lambda", invoke),
        ("dynamodb", "DynamoDB_20120810.Query"),
        ("sqs", "AmazonSQS.SendMessage"),
        ("cognito-identity", "AWSCognitoIdentityService.GetId"),
        ("cognito-idp", "AWSCognitoIdentityProviderService.InitiateAuth"),
        ("rekognition", "RekognitionService.SearchFaces"),
        ("logs", "Logs_20140328.DescribeLogGroups"),
        ("sts", "/"),
        ("cloudformation", "/"),
        ("s3", f"/{outputs['ThumbnailsBucket']}?delete="),
    ]
    bodies = [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"TableName": "\\ud800", "QueueUrl": "\\ud800", "IdentityPoolId": "\\ud800", "ClientId": "\\ud800"}',
        b'{"Limit": NaN, "limit": 1e999, "DelaySeconds": 1e999}',
        b'{"Limit": ' + b"9" * 5000 + b"}",
        b'{"TableName": "\xff\xfe"}',
        b'{"QueueUrl": {}, "ClientId": [], "AuthFlow": {}, "logGroupNamePrefix": 5, "Limit": "x"}',
        b"null",
        b'{"cut": ',
    ]
    for service, target in targets:
        for body in bodies:
            for headers in ({}, {"content_encoding": "gzip"}):
                status, answer = signed(stack, service, target, body, **headers)
                told = (service, body[:40], headers, status, answer[:200])
                # A function answers for itself, and S3 says of each object what became of it.
                assert 400 <= status < 500 or (status == 200 and service in ("lambda", "s3")), told
                assert answer, told
    status, answer = signed(stack, "sqs", "AmazonSQS.SendMessage", b'{"QueueUrl": "http://[::1", "MessageBody": "x"}')
    assert (status, json.loads(answer)["__type"]) == (400, "QueueDoesNotExist")
    token = {"CollectionId": outputs["AlbumCollection"], "NextToken": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}
    status, answer = signed(stack, "rekognition", "RekognitionService.ListFaces", json.dumps(token).encode())
    assert (status, json.loads(answer)["__type"]) == (400, "InvalidPaginationTokenException")
    assert "Traceback" not in stack.log.read_text()


def memory(stack: RunningStack) -> int:
    """The resident memory of the stack's process, in MB."""
    with open(f"/proc/{stack.process.pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


def test_a_body_of_100_mb_is_refused_and_not_kept(stack: RunningStack) -> None:
    body = b'{"a": "' + b"x" * 100_000_000 + b'"}'
    before = memory(stack)
    invoke = f"/2015-03-31/functions/{stack.outputs['SearchFunction']}/invocations"
    for service, target in (("lambda", invoke), ("dynamodb", "DynamoDB_20120810.PutItem")):
        for chunked in (False, True):
            status, answer = signed(stack, service, target, body, chunked=chunked)
            assert (status, json.loads(answer)["__type"]) == (413, "RequestEntityTooLargeException")
    assert memory(stack) < before + 60


WRITER = """
import sys

def handler(event, context):
    print("ä" * event["length"])
    print(context.aws_request_id, file=sys.stderr)
    print("no end", end="")
    return 1 / event["length"]
"""


def test_the_tail_of_its_log_comes_with_an_invocation(stack: RunningStack) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("writer.py", WRITER)
    functions = stack.client("lambda")
    role = functions.list_functions()["Functions"][0]["Role"]
    code = {"Code": {"ZipFile": package.getvalue()}, "Runtime": "python3.13", "Handler": "writer.handler"}
    functions.create_function(FunctionName="writer", Role=role, **code)
    try:
        for length in (1, 2, 5000, 0, 3):
            event = json.dumps({"length": length}).encode()
            answer = functions.invoke(FunctionName="writer", LogType="Tail", Payload=event)
            log = base64.b64decode(answer["LogResult"]).decode(errors="replace")
            written, report = log.rstrip("\n").rpartition("\n")[::2]
            request_id = report.split()[2]
            assert report.startswith("REPORT RequestId: ")
            if length == 5000:
                assert len(base64.b64decode(answer["LogResult"])) == 4096
                assert f"ä\n{request_id}\nno end\nEND RequestId: {request_id}" in written
            elif length == 0:
                assert answer["FunctionError"] == "Unhandled"
                assert "ZeroDivisionError" in written
            else:
                lines = [f"START RequestId: {request_id} Version: $LATEST", "ä" * length, request_id, "no end"]
                assert written.split("\n") == [*lines, f"END RequestId: {request_id}"]
        assert "LogResult" not in functions.invoke(FunctionName="writer", Payload=event)
    finally:
        functions.delete_function(FunctionName="writer")
