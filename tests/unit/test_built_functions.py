"""Functions are built again only if something they are made of has changed, and packaged again only then."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scripts.deployment import deploy
from scripts.deployment.archives import archive_functions
from scripts.deployment.deploy import ToolError, built_functions, package_template


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "search").mkdir(parents=True)
    for name in ("template.yaml", "functions/Makefile", "functions/keys.py", "functions/search/requirements.txt"):
        (tmp_path / name).write_text("as it was")
    return tmp_path


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The platforms that were built for: a variable of functions/Makefile, or its default."""
    made: list[str] = []

    def sam(command: str, *arguments: str, **environment: str) -> None:
        assert command == "build"
        made.append(environment.get("PLATFORM", "Lambda's"))
        folder = Path(arguments[arguments.index("--build-dir") + 1])
        (folder / "template.yaml").write_text(f"build {len(made)}")

    monkeypatch.setattr(deploy, "_sam", sam)
    return made


def built(checkout: Path, *, for_this_machine: bool = False) -> str:
    with built_functions(checkout, for_this_machine=for_this_machine) as template:
        return template.read_text()


def test_what_has_not_changed_is_not_built_again(checkout: Path, builds: list[str]) -> None:
    assert built(checkout) == "build 1"
    (checkout / "functions" / "search" / "keys.cpython-313.pyc").write_bytes(b"made by running it")
    os.utime(checkout / "functions" / "keys.py", (1, 1))
    assert built(checkout) == "build 1"
    assert builds == ["Lambda's"]


@pytest.mark.parametrize(
    "file", ["template.yaml", "functions/Makefile", "functions/keys.py", "functions/search/requirements.txt"]
)
def test_what_has_changed_is_built_again(checkout: Path, builds: list[str], file: str) -> None:
    assert built(checkout) == "build 1"
    (checkout / file).write_text("changed")
    assert built(checkout) == "build 2"
    (checkout / "functions" / "new.py").write_text("")
    assert built(checkout) == "build 3"
    (checkout / "functions" / "new.py").unlink()
    assert built(checkout) == "build 4"
    assert len(builds) == 4


def test_a_laptops_build_is_not_lambdas(checkout: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert [built(checkout), built(checkout, for_this_machine=True), built(checkout)] == [
        "build 1",
        "build 2",
        "build 1",
    ]
    assert builds == ["Lambda's", ""]
    monkeypatch.setattr(deploy.platform, "platform", lambda: "another machine")
    assert [built(checkout), built(checkout, for_this_machine=True)] == ["build 1", "build 3"]


def fail(*_: str, **__: str) -> None:
    raise ToolError("sam build failed")


def test_a_build_that_failed_or_is_gone_is_made_again(
    checkout: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert built(checkout) == "build 1"
    (checkout / "functions" / "keys.py").write_text("changed")
    with monkeypatch.context() as patch:
        patch.setattr(deploy, "_sam", fail)
        with pytest.raises(ToolError):
            built(checkout)
    (checkout / "functions" / "keys.py").write_text("as it was")
    assert built(checkout) == "build 2"
    (checkout / ".aws-sam" / "lambda" / "template.yaml").unlink()
    assert built(checkout) == "build 3"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys in every bucket, into which sam puts one for each time it packages something."""
    keys: list[str] = []

    def sam(command: str, *arguments: str, **_: str) -> None:
        if command == "build":
            (Path(arguments[arguments.index("--build-dir") + 1]) / "template.yaml").write_text("built")
            return
        name = arguments[arguments.index("--s3-bucket") + 1]
        keys.append(f"package-{len(keys) + 1}")
        Path(arguments[-1]).write_text(f"CodeUri: s3://{name}/{keys[-1]}\nDescription: text")

    monkeypatch.setattr(deploy, "_sam", sam)
    monkeypatch.setattr(deploy, "list_objects", lambda s3, name: [{"Key": key} for key in keys])
    return keys


def packaged(checkout: Path, bucket: str = "packages") -> str:
    with built_functions(checkout) as template:
        s3: Any = None
        return package_template(template, s3, bucket).read_text().split()[1]


def test_what_has_not_changed_is_not_packaged_again(checkout: Path, bucket: list[str]) -> None:
    assert packaged(checkout) == packaged(checkout) == "s3://packages/package-1"
    (checkout / "functions" / "keys.py").write_text("changed")
    assert packaged(checkout) == "s3://packages/package-2"
    assert packaged(checkout, "others") == "s3://others/package-3"


def test_what_has_left_the_bucket_is_packaged_again(checkout: Path, bucket: list[str]) -> None:
    assert packaged(checkout) == "s3://packages/package-1"
    bucket[0] = "another"
    assert packaged(checkout) == "s3://packages/package-2"


def test_archives_hold_what_was_built_and_are_alike_each_time(tmp_path: Path) -> None:
    template, folder = tmp_path / "template.yaml", tmp_path / "SearchFunction"
    (folder / "functions").mkdir(parents=True)
    (folder / "functions" / "keys.py").write_text("one = 1")
    (folder / "program").write_text("#!/bin/sh")
    (folder / "program").chmod(0o755)
    made = []
    for seconds in (1_000_000_000, 1_500_000_000):
        os.utime(folder / "program", (seconds, seconds))
        template.write_text(
            "Globals:\n  Function:\n    CodeUri: functions/\nResources:\n      CodeUri: SearchFunction\n"
        )
        archive_functions(template, 6)
        made.append((tmp_path / "SearchFunction.zip").read_bytes())
    assert made[0] == made[1]
    text = template.read_text()
    assert "CodeUri: SearchFunction.zip\n" in text
    assert "CodeUri: functions/\n" in text
    with zipfile.ZipFile(tmp_path / "SearchFunction.zip") as archive:
        assert sorted(archive.namelist()) == ["functions/keys.py", "program"]
        assert archive.read("functions/keys.py") == b"one = 1"
        assert archive.getinfo("program").external_attr >> 16 & 0o777 == 0o755
