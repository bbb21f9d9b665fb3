import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from functions.people.decisions import KINDS, Event, read_event
from functions.people.face_refs import FaceRef
from functions.thresholds import DEFAULT_SITE_THRESHOLD
from local.rekognition.operations import OPERATIONS
from local.rekognition.validation import service_model
from scripts.cli import main
from scripts.commands.deployment import SETTINGS
from scripts.common.template import load_defaults, load_template
from scripts.reference import costs_page, data_page

ROOT = Path(__file__).parents[2]
PAGES = list(
    subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
)


def test_the_page_on_data_is_what_the_code_says() -> None:
    assert data_page.PATH.read_text() == data_page.render(), "run python -m scripts.reference.data_page"


def test_the_page_on_costs_is_what_the_figures_say() -> None:
    assert costs_page.PATH.read_text() == costs_page.render(), "run python -m scripts.reference.costs_page"


def commands(group: click.Group, path: str = "kinpics") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{path} {name}", command


@pytest.mark.parametrize(
    ("path", "command"), list(commands(main)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_and_option_is_explained(path: str, command: click.Command) -> None:
    assert f"`{path}" in (ROOT / "docs" / "commands.md").read_text()
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_help_is_never_cut_off() -> None:
    for group in (main, *(command for command in main.commands.values() if isinstance(command, click.Group))):
        context = click.Context(group, info_name="kinpics", terminal_width=80, max_content_width=80)
        assert "..." not in group.get_help(context).partition("ARGS]...")[2]


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), f"{page} links to {target}, which is not there"


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_paths_that_pages_name_exist(page: str) -> None:
    folders = "bench|docs|functions|local|policies|requirements|scripts|site|tests"
    named = set(re.findall(rf"(?<![\w./-])(?:{folders})/[\w./-]*[\w/]", (ROOT / page).read_text()))
    # What `make bench` makes, and a folder of a package that the demo's photos come from.
    named -= {"bench/.work", "tests/test_images/"}
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_path_in_the_guide_for_contributors_exists() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text()
    named = [
        path
        for path in re.findall(r"`([\w.-]+(?:/[\w./-]*|\.(?:yaml|toml|json)))`", page)
        if not path.startswith(".venv/")
    ]
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_notice_names_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    required = [*project["dependencies"], *extras.get("local", [])]
    packages = {re.split(r"[=\[]", requirement)[0] for requirement in required}
    packages |= set(json.loads((ROOT / "package.json").read_text())["dependencies"])
    assert {package for package in packages if package not in (ROOT / "NOTICE").read_text()} == set()


def test_the_page_on_deploying_has_the_templates_defaults() -> None:
    defaults = load_defaults()
    table = (ROOT / "docs" / "deploying.md").read_text().partition("| option | default |")[2].partition("\n\n")[0]
    told = {}
    for options, values in re.findall(r"^\| (`--[^|]*) \| ([^|]*) \|", table, re.MULTILINE):
        names = re.findall(r"--([a-z-]+)", options)
        told |= dict(zip(names, values.split(", ") if "," in values else [values] * len(names), strict=True))
    parameters = {option.replace("_", "-"): parameter for option, parameter, _, _ in SETTINGS}
    assert told == {option: defaults[parameter] or "none" for option, parameter in parameters.items()} | {
        "audience": "asked",
        "cloudfront-plan": "by use",
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_field_of_the_laptops_rekognition_is_listed(operation: str) -> None:
    page = (ROOT / "docs" / "rekognition.md").read_text()
    (row,) = re.findall(rf"^\| {operation} \|.*$", page, re.MULTILINE)
    _, _, request, answer, _ = row.split("|")
    model = service_model().operation_model(operation)
    assert set(model.input_shape.members) - set(re.findall(r"\w+", request)) == set()
    assert set(model.output_shape.members) - set(re.findall(r"\w+", answer)) == set()


def test_every_field_of_faces_is_listed() -> None:
    page = (ROOT / "docs" / "rekognition.md").read_text().partition("## Fields of faces")[2]
    for shape in ("Face", "FaceDetail", "FaceMatch", "User", "UnindexedFace", "ComparedFace"):
        told = set(re.findall(r"\w+", page)) | {"Face", "FaceDetail"}
        assert set(service_model().shape_for(shape).members) - told == set()


def test_the_page_on_rekognition_says_the_default_threshold() -> None:
    page = (ROOT / "docs" / "rekognition.md").read_text()
    assert f"the site's default is **{DEFAULT_SITE_THRESHOLD:g}**" in page


def test_the_page_on_people_lists_every_kind_of_decision() -> None:
    page = (ROOT / "docs" / "people.md").read_text()
    table = page.partition("| kind | fields | means |")[2].partition("\n\n")[0]
    told = {
        kind: set(re.findall(r"`(\w+)`", told_fields.replace("each with a `name`", "")))
        for kinds, told_fields in re.findall(r"^\| (`[^|]*) \|([^|]*)\|", table, re.MULTILINE)
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    common = {field.name for field in fields(Event)}
    assert told == {kind: {field.name for field in fields(shape)} - common for kind, shape in KINDS.items()}
    face = page.partition("A face:")[2].partition("\n\nImports")[0]
    assert set(re.findall(r"^\| `(\w+)`", face, re.MULTILINE)) == set(FaceRef._fields)
    assert read_event(page.partition("```\n")[2].partition("\n")[0]).kind == "name"


def test_a_deleted_original_is_kept_as_long_as_it_says_everywhere() -> None:
    rules = load_template()["Resources"]["PicsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (days,) = [rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules if "Noncurrent" in str(rule)]
    for path, words in {
        "docs/deploying.md": "A deleted or replaced original stays in its bucket for {} days",
        "docs/commands.md": "the old versions that S3 keeps for {} days",
        "scripts/commands/photos.py": "the old versions S3 keeps for {} days",
        "scripts/photos/delete_originals.py": "S3 keeps a deleted original for {} days",
        "template.yaml": "a-deleted-photo-can-be-brought-back-for-{}-days",
    }.items():
        assert words.format(days) in (ROOT / path).read_text(), path
