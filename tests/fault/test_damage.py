"""A state folder that something else has damaged, and a disk that takes no more: told in one line, nothing replaced."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from running import free_port, start_stack
from support import jpeg


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stack with one photo, stopped."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "photos").mkdir()
    (folder / "photos" / "a.jpg").write_bytes(jpeg())
    stack = start_stack(folder / "data")
    stack.kinpics("upload", str(folder / "photos"))
    stack.stop()
    return folder / "data"


def files(folder: Path) -> dict[str, bytes]:
    """All that is kept there; SQLite makes an empty log beside a file that it reads."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = (path for path in paths if path.parts[0] != "tmp" and not path.name.endswith(("-wal", "-shm")))
    return {str(path): (folder / path).read_bytes() for path in kept}


def garble(path: Path) -> None:
    path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:])


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("pattern", "damage", "told"),
    [
        ("state.sqlite", garble, "state.sqlite is damaged"),
        ("state.sqlite", halve, "state.sqlite is damaged"),
        ("state.sqlite", Path.unlink, "state.sqlite is missing"),
        ("faces.sqlite", garble, "faces.sqlite is damaged"),
        ("faces.sqlite", halve, "faces.sqlite is damaged"),
        ("faces.sqlite", Path.unlink, "faces.sqlite is missing"),
        ("objects/??/*", Path.unlink, "are missing from the folder objects"),
        ("lambda-blobs/*.zip", Path.unlink, "the code of the function"),
    ],
)
def test_damage_is_told_in_one_line_and_nothing_replaced(
    kept: Path, tmp_path: Path, pattern: str, damage: Callable, told: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    damage(sorted(data.glob(pattern))[0])
    before = files(data)
    command = [sys.executable, "-m", "scripts", "local", "--data", str(data)]
    command += ["--site-port", str(free_port()), "--api-port", str(free_port())]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert told in result.stderr
    assert f"restore {data} from a copy, or move it away" in result.stderr
    assert result.stderr.count("\n") == 1
    assert files(data) == before


def test_a_full_disk_stops_the_stack_and_what_was_acknowledged_stays(kept: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    stack = start_stack(data)
    bucket = "mine"
    s3 = stack.session().client("s3", endpoint_url=stack.api_url, config=Config(retries={"total_max_attempts": 1}))
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="before", Body=b"x" * 1000)
    s3.put_object(Bucket=bucket, Key="replaced", Body=b"old")
    resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    with pytest.raises((ClientError, HTTPClientError)):
        s3.put_object(Bucket=bucket, Key="replaced", Body=b"x" * (2 << 20))
    assert stack.process.wait(30) == 1
    lines = [line for line in stack.log.read_text().splitlines() if line]
    assert lines[0].startswith("kinpics is ready")
    assert len(lines) == 2
    assert "could not write to" in lines[1]
    assert "File too large" in lines[1]
    again = start_stack(data)
    try:
        s3 = again.client("s3")
        assert s3.get_object(Bucket=bucket, Key="before")["Body"].read() == b"x" * 1000
        assert s3.get_object(Bucket=bucket, Key="replaced")["Body"].read() == b"old"
    finally:
        again.stop()


def test_a_folder_of_another_format_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "credentials.json").write_text("{}")
    command = [sys.executable, "-m", "scripts", "local", "--data", str(tmp_path / "data")]
    command += ["--site-port", str(free_port()), "--api-port", str(free_port())]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "state.sqlite is missing" in result.stderr
