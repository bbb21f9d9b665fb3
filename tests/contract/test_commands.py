"""The commands, run as a person runs them, against a stack of their own state."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from running import RunningStack, run_kinpics, start_stack
from support import jpeg


def noise(seed: int, size: tuple[int, int] = (400, 300)) -> bytes:
    """A picture of its own: no two of them have the same digest."""
    return jpeg(color=(seed % 256, seed // 256 % 256, 90), size=size, quality=90)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / f"set {random.randrange(10**9)}"  # noqa: S311 - a name of its own for each test
    made.mkdir()
    for number in range(3):
        (made / f"{number}.jpg").write_bytes(noise(number))
    return made


def report(result: subprocess.CompletedProcess) -> dict:
    return json.loads(result.stdout)["sets"][0]


def page(stack: RunningStack, path: str) -> str:
    with urllib.request.urlopen(stack.site_url + path) as response:
        return response.read().decode()


def test_upload_puts_a_set_on_the_site_and_does_nothing_twice(stack: RunningStack, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    first = report(stack.kinpics("upload", str(folder), "--json", "--title", "A <b>title</b>"))
    assert (first["uploaded"], first["processed"], first["failures"]) == (3, 3, [])
    quoted = folder.name.replace(" ", "%20")
    assert first["url"] == f"{stack.site_url}/sets/{quoted}/"
    assert "A &lt;b&gt;title&lt;/b&gt;" in page(stack, f"/sets/{quoted}/")
    assert quoted in page(stack, "/")
    second = report(stack.kinpics("upload", str(folder), "--json"))
    assert (second["uploaded"], second["already_there"]) == (0, 3)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_changed_file_goes_up_again(stack: RunningStack, folder: Path) -> None:
    stack.kinpics("upload", str(folder), "--no-build")
    (folder / "1.jpg").write_bytes(noise(77))
    again = report(stack.kinpics("upload", str(folder), "--no-build", "--json"))
    assert (again["uploaded"], again["processed"], again["already_there"]) == (1, 1, 2)


def test_a_dry_run_does_nothing(stack: RunningStack, folder: Path) -> None:
    result = stack.kinpics("upload", "/no/such/folder", str(folder), "--dry-run", check=False)
    assert "3 to upload" in result.stdout, "one folder that is none holds up no other"
    assert (result.returncode, "there is no folder /no/such/folder" in result.stderr) == (1, True)
    assert stack.kinpics("delete", folder.name, "--yes", check=False).returncode == 1


def test_failures_are_named_with_a_reason_and_the_rest_goes_on(stack: RunningStack, folder: Path) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("no image")
    (folder / "half.jpg").write_bytes(noise(5, (800, 600))[:3000])
    (folder / "notes.txt").write_text("left out")
    assert stack.kinpics("upload", str(folder), "--dry-run", check=False).returncode == 1, "as the upload itself"
    result = stack.kinpics("upload", str(folder), "--no-build", "--json", check=False)
    assert result.returncode == 1
    told = report(result)
    assert told["processed"] == 3
    reasons = {item["file"]: item["reason"] for item in told["failures"]}
    assert set(reasons) == {"empty.jpg", "text.jpg", "half.jpg"}
    assert "empty" in reasons["empty.jpg"]
    assert "damaged" in reasons["half.jpg"]
    assert [item["file"] for item in told["left_out"]] == ["notes.txt"]
    again = stack.kinpics("upload", str(folder), "--no-build", check=False)
    assert again.returncode == 1, "what failed before is reported again"
    assert "text.jpg: the file is not an image" in again.stdout
    (folder / "text.jpg").write_bytes(noise(6))
    for name in ("empty.jpg", "half.jpg"):
        (folder / name).unlink()
    assert stack.kinpics("upload", str(folder), "--no-build").returncode == 0, "what was mended is fine"


def test_a_large_file_goes_up_in_parts(stack: RunningStack, tmp_path: Path) -> None:
    large = tmp_path / "large files"
    large.mkdir()
    padding = PngInfo()
    padding.add(b"xxXx", random.Random(1).randbytes(18_000_000))  # noqa: S311 - incompressible, no secret
    Image.new("RGB", (800, 600)).save(large / "large.png", pnginfo=padding)
    assert (large / "large.png").stat().st_size > 17_000_000
    told = report(stack.kinpics("upload", str(large), "--no-build", "--json"))
    assert (told["processed"], told["failures"]) == (1, [])
    assert report(stack.kinpics("upload", str(large), "--no-build", "--json"))["already_there"] == 1


def test_lost_events_are_made_up_for_by_the_same_command(stack: RunningStack, folder: Path) -> None:
    """As after a crash: the originals are there, their events and rows are not."""
    stack.kinpics("upload", str(folder), "--no-build")
    table = stack.table("PicsTable")
    for number in range(3):
        table.delete_item(Key={"primarykey": folder.name, "sortkey": f"{number}.jpg"})
    table.delete_item(Key={"primarykey": "/", "sortkey": folder.name})
    again = report(stack.kinpics("upload", str(folder), "--json"))
    assert (again["uploaded"], again["processed"], again["failures"]) == (0, 3, [])
    assert "3 photos" in page(stack, f"/sets/{folder.name.replace(' ', '%20')}/")


def test_ctrl_c_in_the_middle_and_again(stack: RunningStack, tmp_path: Path) -> None:
    many = tmp_path / f"many {random.randrange(10**9)}"  # noqa: S311
    many.mkdir()
    for number in range(12):
        (many / f"{number:03}.jpg").write_bytes(noise(1000 + number))
    command = [sys.executable, "-m", "scripts", "--data", str(stack.data), "upload", str(many), "--concurrency", "2"]
    process = subprocess.Popen(
        command, env={**os.environ, **stack.environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    s3, prefix = stack.client("s3"), f"photos/{many.name}/"
    deadline = time.monotonic() + 120
    while not s3.list_objects_v2(Bucket=stack.outputs["PicsBucket"], Prefix=prefix)["KeyCount"]:
        assert time.monotonic() < deadline, "nothing was uploaded"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert errors == "Stopped. Run the same command again to continue.\n"
    told = report(stack.kinpics("upload", str(many), "--no-build", "--json"))
    assert told["uploaded"] + told["resumed"] + told["already_there"] == 12
    assert told["processed"] == told["uploaded"] + told["resumed"], "each photo counts once"
    assert told["failures"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["upload", "/no/such/folder"], "there is no folder"),
        (["upload", __file__], "is not a folder"),
        (["upload", ".", "--set", "a/b"], "choose another with --set"),
        (["delete", "no such set", "--yes"], "there is no set"),
        (["reprocess", "no such set"], "there is no set"),
        (["collection", "delete", "none", "--yes"], "ResourceNotFoundException"),
        (["--stack", "other", "publish"], "there is no stack other"),
    ],
)
def test_mistakes_end_in_one_line_and_a_failure(stack: RunningStack, arguments: list[str], words: str) -> None:
    result = stack.kinpics(*arguments, check=False)
    assert result.returncode == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_empty_folder(stack: RunningStack, tmp_path: Path) -> None:
    result = stack.kinpics("upload", str(tmp_path), check=False)
    assert (result.returncode, "no photos" in result.stderr) == (1, True)


def test_reprocess_and_delete(stack: RunningStack, folder: Path) -> None:
    stack.kinpics("upload", str(folder), "--no-build")
    assert json.loads(stack.kinpics("reprocess", folder.name, "--json").stdout) == {"done": 3, "failures": {}}
    assert "1 photo deleted" in stack.kinpics("delete", f"{folder.name}/0.jpg", "--yes").stdout
    assert "2 photos" in page(stack, f"/sets/{folder.name.replace(' ', '%20')}/")
    stack.kinpics("delete", folder.name, "--yes")
    assert folder.name.replace(" ", "%20") not in page(stack, "/")


def test_deleting_asks_first(stack: RunningStack, folder: Path) -> None:
    stack.kinpics("upload", str(folder))
    assert stack.kinpics("delete", folder.name, check=False).returncode == 1
    assert "3 photos" in page(stack, f"/sets/{folder.name.replace(' ', '%20')}/")


def test_collections(stack: RunningStack) -> None:
    assert "kinpics-album\t" in stack.kinpics("collection", "list").stdout
    stack.kinpics("collection", "create", "friends")
    assert "friends\t0 faces" in stack.kinpics("collection", "list").stdout
    stack.kinpics("collection", "delete", "friends", "--yes")
    assert "2009_inauguration/biden.jpg" in stack.kinpics("collection", "faces").stdout


def test_without_a_stack_the_commands_say_what_to_do(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    for arguments in (["env"], ["publish"]):
        data = str(tmp_path / "none")
        command = [sys.executable, "-m", "scripts", "--data", data, *arguments]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 1
        assert f"kinpics --data {data} local" in result.stderr or "`kinpics local`" in result.stderr


def test_every_command_has_help_and_is_documented() -> None:
    from scripts.cli import main

    reference = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()

    def walk(command: object, name: str) -> None:
        for word, inner in getattr(command, "commands", {}).items():
            assert inner.help, f"{name} {word} has no help"
            assert f"`{name} {word}" in reference or hasattr(inner, "commands"), f"docs/commands.md lacks {name} {word}"
            for option in inner.params:
                if option.param_type_name == "option":
                    assert option.help, f"{name} {word} {option.opts[0]} has no help"
            walk(inner, f"{name} {word}")

    walk(main, "kinpics")


def test_a_watched_folder_is_on_the_site_as_it_is_on_disk(stack: RunningStack, tmp_path: Path) -> None:
    tree = tmp_path / f"tree{random.randrange(10**9)}"  # noqa: S311
    (tree / f"{tree.name} b").mkdir(parents=True)
    for number in range(3):
        (tree / f"{number}.jpg").write_bytes(noise(2000 + number))
    assert "3 added" in stack.kinpics("watch", str(tree), "--once", "--every", "0.2").stdout
    assert "3 photos" in page(stack, f"/sets/{tree.name}/")
    (tree / "0.jpg").rename(tree / f"{tree.name} b" / "moved.jpg")
    (tree / "1.jpg").unlink()
    told = stack.kinpics("watch", str(tree), "--once", "--every", "0.2", "--delete").stdout
    assert f"moved     {tree.name}/0.jpg to {tree.name} b/moved.jpg" in told
    assert f"deleted   {tree.name}/1.jpg" in told
    assert "1 photo" in page(stack, f"/sets/{tree.name}/")
    assert "1 photo" in page(stack, f"/sets/{tree.name}%20b/")
    assert stack.kinpics("watch", str(tree), "--once").stdout == ""


def test_a_backup_of_a_running_site_starts_elsewhere(stack: RunningStack, tmp_path: Path) -> None:
    assert "failed" not in stack.kinpics("backup", str(tmp_path / "backup")).stdout
    assert ", 0 wrong" in stack.kinpics("backup", str(tmp_path / "backup"), "--check").stdout
    told = run_kinpics("--data", str(tmp_path / "back"), "restore", str(tmp_path / "backup"))
    assert (told.returncode, "put back" in told.stdout) == (0, True), told.stderr
    restored = start_stack(tmp_path / "back")
    try:
        rows = [{row["sortkey"] for row in running.table("PicsTable").scan()["Items"]} for running in (stack, restored)]
        assert rows[0] == rows[1]
        thumbnail = "/thumbnails/photos/2009_inauguration/biden.jpg"
        with urllib.request.urlopen(restored.site_url + thumbnail) as response:
            assert response.status == 200
    finally:
        restored.stop()
