"""What the laptop stack answers over HTTP to those who are not its page: foreign names, closed connections."""

import os
import socket
import time
from typing import Any

import pytest
from botocore.config import Config
from running import RunningStack


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def ask(url: str, request: bytes, *, read: bool = True) -> bytes:
    """Send bytes and close the connection: after the answer's first piece, or at once."""
    with socket.create_connection(("127.0.0.1", port_of(url)), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(65536) if read else b""


def answer_to(url: str, path: str, method: str = "GET", **headers: str) -> bytes:
    """A whole answer."""
    with socket.create_connection(("127.0.0.1", port_of(url)), timeout=20) as connection:
        connection.sendall(request(url, path, method, **headers, connection="close"))
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(url: str, path: str, method: str = "GET", **headers: str) -> bytes:
    """A request without a body, whose connection would be kept."""
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in {"host": url[7:], **headers}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


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
    deadline = time.monotonic() + 20
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
