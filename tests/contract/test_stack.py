"""The laptop stack as a program: starting, stopping, coming back, and the site it serves."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.config import Config
from running import RunningStack, descendants, free_port, start_stack, still_there
from support import jpeg

from local.demo.preparing import version

ROOT = Path(__file__).parents[2]


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


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
    "path",
    ["/sets/none/", "/nothing.html", "/photos/none/a.jpg", "/thumbnails/photos/none/a.jpg", "/%ff", "/photos/%2e%2e/x"],
)
def test_what_is_not_there_is_answered_by_the_fallback_page(stack: RunningStack, path: str) -> None:
    status, _, body = get(stack.site_url + path)
    assert status == 404
    assert b"There's nothing at this address" in body


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


def start(data: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "scripts", "local", "--data", str(data), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


@pytest.mark.parametrize("option", ["--site-port", "--api-port"])
def test_a_busy_port_is_one_line_of_error(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        other = "--api-port" if option == "--site-port" else "--site-port"
        result = start(tmp_path / "data", option, str(port), other, str(free_port()))
    assert result.returncode == 1
    assert f"port {port} is in use" in result.stderr
    assert option in result.stderr
    assert result.stderr.count("\n") == 1


def test_two_stacks_do_not_share_a_folder(stack: RunningStack) -> None:
    result = start(stack.data, "--site-port", str(free_port()), "--api-port", str(free_port()))
    assert result.returncode == 1
    assert "another stack is using" in result.stderr


def test_an_unusable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = start(tmp_path / "file", "--site-port", str(free_port()), "--api-port", str(free_port()))
    assert result.returncode in (1, 2)
    assert "file" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stack_comes_back_as_it_was_and_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(jpeg())
    first = start_stack(tmp_path / "data")
    first.kinpics("upload", str(photos))
    first.kinpics("people", "rebuild")
    face = {"path": "photos/a.jpg", "box": [0.1, 0.1, 0.3, 0.4]}
    drafts = [{"kind": "name", "person": "new", "name": "Ann"}, {"kind": "box", "person": "new", "face": face}]
    event = json.dumps({"action": "decide", "events": drafts})
    answer = first.client("lambda").invoke(FunctionName=first.outputs["PeopleFunction"], Payload=event)
    assert b'"statusCode": 200' in answer["Payload"].read()
    assert descendants(first.process.pid), "the functions and the engine have processes of their own"
    while first.process.poll() is None:  # whoever is impatient presses Ctrl-C again and again
        first.process.send_signal(number)
        time.sleep(0.05)
    assert first.process.returncode == 0
    assert [line for line in descendants(0).values() if str(tmp_path) in line] == []
    assert not list((tmp_path / "data" / "tmp").glob("ministack-lambda-*"))
    second = start_stack(tmp_path / "data")
    try:
        assert second.environment["AWS_ACCESS_KEY_ID"] == first.environment["AWS_ACCESS_KEY_ID"]
        assert b"1 photo<" in get(second.site_url + "/sets/photos/")[2]
        assert get(second.site_url + "/thumbnails/photos/photos/a.jpg")[0] == 200
        assert '"already_there": 1' in second.kinpics("upload", str(photos), "--json").stdout
        assert second.kinpics("people", "list").stdout.startswith("Ann\t1 photo\t")
    finally:
        assert second.stop() == 0


def test_a_stack_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    stack = start_stack(tmp_path / "data")
    stack.client("s3").put_object(Bucket=stack.outputs["PicsBucket"], Key="photos/set/a.jpg", Body=jpeg())
    deadline = time.monotonic() + 30
    while not any("ProcessFunction" in line for line in descendants(stack.process.pid).values()):
        assert time.monotonic() < deadline, "no function is at work"
        time.sleep(0.05)
    found = descendants(stack.process.pid)
    stack.stop(signal.SIGKILL)
    assert still_there(found, 10) == []


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


def test_a_stack_keeps_working_on_other_ports(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(jpeg())
    first = start_stack(tmp_path / "data")
    first.kinpics("upload", str(photos))
    first.stop()
    second = start_stack(tmp_path / "data")
    try:
        assert second.api_url != first.api_url
        assert second.outputs["ProcessQueue"].startswith(second.api_url)
        assert second.api_url.encode() in get(second.site_url + "/")[2]
        (photos / "b.jpg").write_bytes(jpeg(color=(0, 0, 9)))
        assert '"processed": 1' in second.kinpics("upload", str(photos), "--json").stdout
        second.kinpics("delete", "photos/a.jpg", "--yes")
    finally:
        second.stop()


def test_the_ready_line(stack: RunningStack) -> None:
    assert f"kinpics is ready: {stack.site_url} (AWS API {stack.api_url})\n" in stack.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_stopped_during_its_upload_ends_cleanly_and_resumes(
    tmp_path: Path, demo_folders: list[Path], number: signal.Signals
) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_folders[0].parent, data / "demo-photos", ignore=shutil.ignore_patterns(".*"))
    (data / "demo-photos" / ".version").write_text(version())
    (data / "demo-photos" / "gallery").mkdir()
    shutil.copy(demo_folders[0] / "biden.jpg", data / "demo-photos" / "gallery" / "Joe Biden.jpg")
    command = [sys.executable, "-m", "scripts", "demo", "--data", str(data)]
    command += ["--site-port", str(free_port()), "--api-port", str(free_port())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 180
        while not any(" upload " in line for line in descendants(process.pid).values()):
            assert time.monotonic() < deadline, "no upload was seen"
            time.sleep(0.02)
        time.sleep(1)  # somewhere in the middle of it
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, output, errors) == (0, "", "")
    assert [line for line in descendants(0).values() if str(tmp_path) in line] == []
    again = start_stack(data, command="demo")
    try:
        assert b"6 photos<" in get(again.site_url + "/")[2]
    finally:
        assert again.stop() == 0


def test_throttling_by_rekognition_costs_time_and_loses_nothing(tmp_path: Path, demo_folders: list[Path]) -> None:
    stack = start_stack(tmp_path / "data", options=("--rekognition-tps", "1"))
    try:
        told = json.loads(stack.kinpics("upload", *map(str, demo_folders), "--json").stdout)["sets"]
        assert [report["processed"] for report in told] == [4, 4, 6]
        assert len(stack.kinpics("collection", "faces").stdout.splitlines()) == sum(one["faces"] for one in told)
        client = stack.session().client(
            "rekognition", endpoint_url=stack.api_url, config=Config(retries={"total_max_attempts": 1})
        )
        client.list_collections()
        with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
            client.list_collections()
    finally:
        assert stack.stop() == 0
