"""Photos from browsers on a running stack: what S3 takes by a form and what it doesn't, and what comes of it."""

import hashlib
import io
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from running import RunningStack, new_guest

from functions.access.access_rows import EventRow
from functions.access.event_table import EventTable, event_id
from functions.access.passes import new_secret

SET = "2026_contributed"


def photo(number: int) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((300 + number, 200)).save(out, "JPEG")
    return out.getvalue()


class Event:
    """A guest's browser at an event of its own."""

    def __init__(self, stack: RunningStack, **more: Any):
        self.stack = stack
        self.events = EventTable(stack.table("AccessTable").meta.client, stack.outputs["AccessTable"])
        self.secret = new_secret()
        self.credentials = {"event": self.secret, "guest": uuid.uuid4().hex}
        self.events.put_event(EventRow(id=event_id(self.secret), set_name=SET, secret=self.secret, **more))
        _, session = new_guest(stack)
        self.functions = session.client("lambda", endpoint_url=stack.api_url)

    def ask(self, action: str, **fields: Any) -> dict:
        return invoke(self.functions, self.stack.outputs["UploadsFunction"], action, **fields, **self.credentials)

    def form_for(self, data: bytes, name: str = "a.jpg") -> dict:
        described = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "type": "image/jpeg"}
        (answer,) = self.ask("begin", files=[described])["files"]
        assert answer["do"] == "send", answer
        return answer["post"]

    def wait_for(self, state: str) -> dict:
        deadline = time.monotonic() + 60
        while True:
            (found,) = self.ask("mine")["photos"]
            if found["state"] == state:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.2)


def invoke(functions: Any, name: str, action: str, **fields: Any) -> dict:
    payload = functions.invoke(FunctionName=name, Payload=json.dumps({"action": action, **fields}))["Payload"]
    answer = json.loads(payload.read())
    assert answer["statusCode"] == 200, answer
    return answer["output"]


def post(event: Event, form: dict, data: bytes, **changes: str) -> int:
    """POST a form as a browser on the site does; the status."""
    site = event.stack.site_url
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (form["fields"] | changes).items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'.encode()
    body = b"".join([*parts, head, data, f"\r\n--{boundary}--\r\n".encode()])
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Origin": site}
    request = urllib.request.Request(form["url"], body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] in ("*", site)
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def event(stack: RunningStack) -> Iterator[Event]:
    made = Event(stack, at_once=False)
    yield made
    made.events.remove_event(event_id(made.secret))


def test_a_guests_photo_goes_from_the_form_to_the_set_and_out_again(stack: RunningStack, event: Event) -> None:
    data = photo(1)
    form = event.form_for(data)
    assert form["url"].startswith("http://localhost:"), "where pages call it"
    assert post(event, form, data) == 204
    waiting = event.wait_for("waiting")
    owner = stack.client("lambda")
    name = stack.outputs["ArrivalsFunction"]
    (listed,) = [found for found in invoke(owner, name, "waiting", set=SET)["photos"] if found["id"] == waiting["id"]]
    with urllib.request.urlopen(listed["look"]) as looked:
        assert looked.read() == data
    assert f"{SET}/{waiting['file']}\t" in stack.kinpics("waiting", "list").stdout
    assert stack.kinpics("waiting", "let-in", f"{SET}/{waiting['file']}").stdout == "1 photo let in\n"
    shown = event.wait_for("shown")
    stack.wait_for_queue("ProcessQueue")
    row = stack.table("PicsTable").get_item(Key={"primarykey": SET, "sortkey": shown["file"]})["Item"]
    assert row["sha256"] == hashlib.sha256(data).hexdigest()
    event.ask("take_back", ids=[shown["id"]])
    event.wait_for("taken_back")
    stack.wait_for_queue("ProcessQueue")
    assert "Item" not in stack.table("PicsTable").get_item(Key={"primarykey": SET, "sortkey": shown["file"]})
    pics = stack.client("s3").list_object_versions(Bucket=stack.outputs["PicsBucket"], Prefix=f"photos/{SET}/")
    assert not [entry for entry in pics.get("Versions", []) if entry["Key"].endswith(shown["file"])]
    incoming = stack.client("s3").list_objects_v2(Bucket=stack.outputs["IncomingBucket"])
    assert not [entry for entry in incoming.get("Contents", []) if waiting["id"] in entry["Key"]]


def test_a_form_takes_nothing_but_what_it_is_for(event: Event) -> None:
    data = photo(2)
    form = event.form_for(data)
    key = form["fields"]["key"]
    assert post(event, form, data + b"x") == 400, "one byte too large"
    assert post(event, form, data[:-1]) == 400, "one byte too small"
    assert post(event, form, data, key=f"{key}x") == 403
    assert post(event, form, data, key="photos/x") == 403
    assert post(event, form, data, **{"Content-Type": "text/html"}) == 403
    assert post(event, form, data, **{"x-amz-checksum-sha256": "A" * 43 + "="}) == 403
    assert post(event, form, data, **{"x-amz-meta-more": "x"}) == 403
    assert post(event, form, data) == 204


def test_a_form_that_is_out_of_date_takes_nothing(event: Event) -> None:
    """The clock can't be turned here; a form without its time left is one whose policy has other words."""
    import base64

    form = event.form_for(photo(3))
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    policy["expiration"] = "2020-01-01T00:00:00Z"
    forged = base64.b64encode(json.dumps(policy).encode()).decode()
    assert post(event, form, photo(3), policy=forged) == 403


def test_without_a_signature_nothing_comes_in(event: Event) -> None:
    form = event.form_for(photo(4))
    key = form["fields"]["key"]
    bare = {"url": form["url"], "fields": {"key": key, "Content-Type": "image/jpeg"}}
    assert post(event, bare, photo(4)) == 403
    unsigned = {name: value for name, value in form["fields"].items() if name != "x-amz-signature"}
    assert post(event, {"url": form["url"], "fields": unsigned}, photo(4)) in (400, 403)


def test_visitors_reach_neither_bucket_nor_table_nor_the_owners_function(stack: RunningStack, event: Event) -> None:
    _, session = new_guest(stack)
    s3 = session.client("s3", endpoint_url=stack.api_url.replace("localhost", "127.0.0.1"))
    tries = [
        lambda: s3.list_objects_v2(Bucket=stack.outputs["IncomingBucket"]),
        lambda: s3.get_object(Bucket=stack.outputs["IncomingBucket"], Key="waiting/x"),
        lambda: s3.put_object(Bucket=stack.outputs["IncomingBucket"], Key="incoming/x", Body=b"x"),
        lambda: session.client("dynamodb", endpoint_url=stack.api_url).scan(
            TableName=stack.outputs["ContributionsTable"]
        ),
        lambda: session.client("lambda", endpoint_url=stack.api_url).invoke(
            FunctionName=stack.outputs["ArrivalsFunction"], Payload=b"{}"
        ),
    ]
    for attempt in tries:
        with pytest.raises(Exception, match="AccessDenied"):
            attempt()


def test_browsers_may_ask_before_they_send(stack: RunningStack) -> None:
    url = f"{stack.api_url}/{stack.outputs['IncomingBucket']}"
    asked = {"Origin": stack.site_url, "Access-Control-Request-Method": "POST"}
    request = urllib.request.Request(url, method="OPTIONS", headers=asked)
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", stack.site_url)
