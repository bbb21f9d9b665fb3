"""Uploads by a form, as a page or a script sends one that somebody with credentials has signed."""

import base64
import hashlib
import http.client
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from running import RunningStack, new_guest

BUCKET = "forms"
Answer = tuple[int, dict[str, str], bytes]


def form(fields: dict[str, str], file: bytes | None, name: str = "a.jpg") -> tuple[bytes, str]:
    """The body of a form and its type."""
    boundary = uuid.uuid4().hex
    parts = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    if file is not None:
        parts.append(f'name="file"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + file)
    lead = b"--" + boundary.encode()
    body = b"".join(lead + b"\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return body + lead + b"--\r\n", f"multipart/form-data; boundary={boundary}"


@pytest.fixture(scope="module")
def s3(stack: RunningStack) -> Iterator[Any]:
    config = Config(signature_version="s3v4")
    client = stack.session().client("s3", endpoint_url=stack.api_url, config=config)
    client.create_bucket(Bucket=BUCKET)
    yield client
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def send(stack: RunningStack) -> Callable[..., Answer]:
    def send(fields: dict[str, str], file: bytes | None = b"12345", name: str = "a.jpg", **at: str) -> Answer:
        body, kind = form(fields, file, name)
        host = stack.api_url.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=60)
        headers = {"Content-Type": at.get("kind", kind), "Host": at.get("host", host)}
        connection.request("POST", at.get("path", f"/{BUCKET}"), body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}, content

    return send


def code(answer: Answer) -> tuple[int, str]:
    found = re.search(rb"<Code>(.*?)</Code>", answer[2])
    return answer[0], found[1].decode() if found else ""


def test_what_was_signed_is_kept(stack: RunningStack, s3: Any, send: Callable[..., Answer]) -> None:
    signed = s3.generate_presigned_post(
        BUCKET,
        "up/${filename}",
        Fields={"Content-Type": "image/jpeg", "x-amz-meta-by": "guest"},
        Conditions=[{"Content-Type": "image/jpeg"}, {"x-amz-meta-by": "guest"}, ["content-length-range", 1, 10]],
    )
    assert signed["url"] == f"{stack.api_url}/{BUCKET}"
    status, headers, body = send(signed["fields"], b"12345", "C:\\\\photos\\\\ü 1.jpg")
    assert (status, body) == (204, b"")
    assert headers["location"] == f"{stack.api_url}/{BUCKET}/up/%C3%BC%201.jpg"
    kept = s3.get_object(Bucket=BUCKET, Key="up/ü 1.jpg")
    assert (kept["Body"].read(), kept["ContentType"], kept["Metadata"]) == (b"12345", "image/jpeg", {"by": "guest"})
    host = f"{BUCKET}.{stack.api_url.removeprefix('http://')}"
    assert send(signed["fields"], name="there.jpg", host=host, path="/")[0] == 204
    assert s3.head_object(Bucket=BUCKET, Key="up/there.jpg")["ContentLength"] == 5


def test_a_form_says_how_it_is_answered(s3: Any, send: Callable[..., Answer]) -> None:
    for wanted, status in (("200", 200), ("201", 201), ("204", 204), ("999", 204)):
        field = {"success_action_status": wanted}
        signed = s3.generate_presigned_post(BUCKET, "answered.jpg", Fields=field, Conditions=[field])
        answer = send(signed["fields"])
        assert answer[0] == status
        assert (b"<Key>answered.jpg</Key>" in answer[2]) == (status == 201)
    field = {"success_action_redirect": "http://localhost/thanks?a=b"}
    signed = s3.generate_presigned_post(BUCKET, "answered.jpg", Fields=field, Conditions=[field])
    status, headers, _ = send(signed["fields"])
    assert status == 303
    assert headers["location"].startswith("http://localhost/thanks?a=b&bucket=forms&key=answered.jpg&etag=%22")


def test_what_was_not_signed_is_refused(stack: RunningStack, s3: Any, send: Callable[..., Answer]) -> None:
    conditions = [["content-length-range", 2, 10], ["starts-with", "$key", "up/"], {"Content-Type": "image/jpeg"}]
    signed = s3.generate_presigned_post(
        BUCKET, "up/b.jpg", Fields={"Content-Type": "image/jpeg"}, Conditions=conditions
    )
    fields = signed["fields"]
    denied = (403, "AccessDenied")
    assert code(send(fields, b"x" * 11)) == (400, "EntityTooLarge")
    assert code(send(fields, b"x")) == (400, "EntityTooSmall")
    assert code(send({**fields, "key": "elsewhere/b.jpg"})) == denied
    assert code(send({**fields, "Content-Type": "text/html"})) == denied
    assert code(send({**fields, "acl": "public-read"})) == denied
    assert code(send({**fields, "x-amz-signature": "0" * 64})) == (403, "SignatureDoesNotMatch")
    wider = base64.b64encode(base64.b64decode(fields["policy"]).replace(b"10]", b"99]")).decode()
    assert code(send({**fields, "policy": wider})) == (403, "SignatureDoesNotMatch")
    assert code(send({**fields, "x-amz-credential": fields["x-amz-credential"].replace("AKIA", "AKIB")}))[0] == 403
    past = s3.generate_presigned_post(BUCKET, "up/b.jpg", ExpiresIn=-1)
    assert code(send(past["fields"])) == denied
    assert b"Policy expired" in send(past["fields"])[2]
    # No signature, or half of one.
    assert code(send({"key": "up/b.jpg"})) == denied
    assert code(send({"key": "up/b.jpg", "policy": fields["policy"]})) == denied
    assert code(send({"key": "up/b.jpg", "x-amz-signature": "0" * 64})) == denied
    # A guest may sign what a guest likes, but not write.
    _, guest = new_guest(stack)
    theirs = guest.client("s3", endpoint_url=stack.api_url).generate_presigned_post(BUCKET, "up/b.jpg")
    assert code(send(theirs["fields"])) == denied
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix="up/b")


def test_a_form_is_held_against_its_checksum(s3: Any, send: Callable[..., Answer]) -> None:
    for content, status in ((b"12345", 204), (b"other", 400)):
        sums = {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(content).digest()).decode()}
        fields = {**sums, "x-amz-checksum-algorithm": "SHA256"}
        conditions = [{name: value} for name, value in fields.items()]
        signed = s3.generate_presigned_post(BUCKET, "summed.jpg", Fields=fields, Conditions=conditions)
        answer = send(signed["fields"])
        assert code(answer) == (status, "BadDigest" if status == 400 else ""), answer


def test_a_form_that_isnt_one_is_refused(stack: RunningStack, s3: Any, send: Callable[..., Answer]) -> None:
    fields = s3.generate_presigned_post(BUCKET, "up/c.jpg")["fields"]
    assert code(send(fields, None)) == (400, "InvalidArgument")
    assert code(send({name: value for name, value in fields.items() if name != "key"})) == (400, "InvalidArgument")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=other"):
        assert code(send(fields, kind=kind))[0] in (400, 403)
    assert code(send(fields, path="/none-such"))[0] in (403, 404)
    # Only an upload is let in unsigned: nothing that a parameter or a key makes another operation.
    for path in (f"/{BUCKET}?delete", f"/{BUCKET}?delete=", f"/{BUCKET}/key?uploads", f"/{BUCKET}/key", "/"):
        assert 400 <= send(fields, path=path)[0] < 500, path
    deep = base64.b64encode(b"[" * 100_000).decode()
    assert 400 <= send({**fields, "policy": deep})[0] < 500
    junk = base64.b64encode(json.dumps({"expiration": 5}).encode()).decode()
    assert 400 <= send({**fields, "policy": junk})[0] < 500
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix="up/c")
    assert "Traceback" not in stack.log.read_text()
