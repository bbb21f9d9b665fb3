"""The site that a laptop stack serves, and how it answers."""

import json
import os
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.config import Config
from running import RunningStack, descendants, free_port, run_kinpics
from serving import get

ROOT = Path(__file__).parents[2]


def test_pages_are_asked_for_again_and_assets_are_kept(stack: RunningStack) -> None:
    stack.kinpics("publish")
    status, headers, body = get(stack.site_url + "/")
    assert status == 200
    # By browsers each time; by CloudFront once a day, or when it is told.
    assert {"max-age=0", "must-revalidate", "s-maxage=86400"} <= set(headers["cache-control"].split(", "))
    asset = body.decode().split('rel="stylesheet" href="')[1].split('"')[0]
    status, headers, _ = get(stack.site_url + asset)
    assert status == 200
    assert "immutable" in headers["cache-control"]
    etag = headers["etag"]
    assert get(stack.site_url + asset, if_none_match=etag)[0] == 304


def test_licences_of_what_scripts_contain_come_with_the_site(stack: RunningStack) -> None:
    status, _, body = get(stack.site_url + "/notice.txt")
    assert status == 200
    packages = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert [name for name in packages if name not in body.decode()] == []
    assert "The above copyright notice and this permission notice shall be included" in body.decode()


def test_parts_of_a_photo_can_be_asked_for(stack: RunningStack) -> None:
    url = stack.site_url + "/photos/2009_inauguration/obama.jpg"
    whole = get(url)[2]
    status, headers, part = get(url, range="bytes=10-19")
    assert (status, part) == (206, whole[10:20])
    assert headers["content-range"] == f"bytes 10-19/{len(whole)}"


@pytest.mark.parametrize(
    "path", ["/sets/none/", "/nothing.html", "/photos/none/a.jpg", "/thumbnails/photos/none/a.jpg"]
)
def test_what_is_not_there_is_answered_by_the_fallback_page(stack: RunningStack, path: str) -> None:
    status, _, body = get(stack.site_url + path)
    assert status == 404
    assert b"There's nothing at this address" in body


@pytest.mark.parametrize("path", ["/%ff", "/photos/%2e%2e/x", "//sets/none/"])
def test_what_is_no_path_is_refused_by_the_gate(stack: RunningStack, path: str) -> None:
    status, _, body = get(stack.site_url + path)
    assert (status, body) == (404, b"")


def test_a_preflight_names_the_headers_it_allows(stack: RunningStack) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,x-amz-target"}
    request = urllib.request.Request(stack.api_url + "/", method="OPTIONS", headers={"Origin": stack.site_url, **asked})
    with urllib.request.urlopen(request) as response:
        assert response.headers["access-control-allow-headers"] == "authorization,x-amz-target"


def test_a_page_without_its_slash_is_found(stack: RunningStack) -> None:
    status, _, body = get(stack.site_url + "/sets/2009_inauguration")
    assert status == 200
    assert b"2009 inauguration" in body


@pytest.mark.parametrize(
    "path", ["/", "/nothing.html", "/photos/2009_inauguration/obama.jpg", "/sets/2009_inauguration/"]
)
def test_every_answer_has_the_security_headers(stack: RunningStack, path: str) -> None:
    for encoding in ("identity", "gzip"):
        headers = get(stack.site_url + path, accept_encoding=encoding)[1]
        policy = headers["content-security-policy"]
        assert f"connect-src 'self' {stack.api_url};" in policy
        assert "script-src 'self';" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["permissions-policy"].startswith("camera=(self)")
        assert headers["x-robots-tag"] == "noindex"
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("page", ["people", "faces", "selfie", "lookalike", "account"])
def test_a_persons_page_is_never_for_search_engines(stack: RunningStack, page: str) -> None:
    """Whatever the header says."""
    assert b'<meta name="robots" content="noindex">' in get(f"{stack.site_url}/{page}/")[2]


def test_a_site_that_is_not_open_to_search_engines_says_so_on_its_front_page(stack: RunningStack) -> None:
    assert b'<meta name="robots" content="noindex">' in get(f"{stack.site_url}/")[2]


def test_only_reading_is_allowed(stack: RunningStack) -> None:
    request = urllib.request.Request(stack.site_url + "/", data=b"x", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 405


def test_nothing_listens_beyond_this_machine(stack: RunningStack) -> None:
    listening = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        address, port = local.split(":")
        if state == "0A":
            listening.add((int(port, 16), address))
    for url in (stack.site_url, stack.api_url):
        port = int(url.rsplit(":", 1)[1])
        assert {address for number, address in listening if number == port} == {"0100007F"}


def test_two_stacks_do_not_share_a_folder(stack: RunningStack) -> None:
    ports = ("--site-port", str(free_port()), "--api-port", str(free_port()))
    result = run_kinpics("local", "--data", str(stack.data), *ports)
    assert result.returncode == 1
    assert "another stack is using" in result.stderr


def test_searches_beyond_the_reserved_concurrency_wait_for_their_turn(stack: RunningStack) -> None:
    function = stack.outputs["SearchFunction"]
    client = stack.session().client("lambda", endpoint_url=stack.api_url, config=Config(max_pool_connections=40))
    reserved = client.get_function_concurrency(FunctionName=function)["ReservedConcurrentExecutions"]
    assert reserved == max(2, os.cpu_count() or 1)

    def search(number: int) -> str:
        payload = json.dumps({"faceid": f"00000000-0000-0000-0000-{number:012}"}).encode()
        return json.loads(client.invoke(FunctionName=function, Payload=payload)["Payload"].read())["err"]["code"]

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(search, range(40))) == {"FaceNotFound"}
    running = [line for line in descendants(stack.process.pid).values() if "SearchFunction" in line]
    assert len(running) <= reserved


def test_the_ready_line(stack: RunningStack) -> None:
    assert f"kinpics is ready: {stack.site_url} (AWS API {stack.api_url})\n" in stack.log.read_text()
