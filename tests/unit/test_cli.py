"""The command line without a stack: what is refused in words before anything is asked of AWS, and quiet ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import boto3
import click
import pytest
from click.testing import CliRunner, Result
from fakes import stack_outputs

from local.state_folder import Running
from scripts.cli import Commands, main
from scripts.commands import deployment
from scripts.commands.laptop import local_command
from scripts.commands.options import DATA, Context
from scripts.common import config as config_module
from scripts.common import stack as stacks
from scripts.common.config import load_config
from scripts.common.template import load_defaults
from scripts.common.terminal import echo
from scripts.deployment.deploy import Target
from scripts.photos.originals import PhotoNotFoundError, find_photos

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["upload", ""],
        ["upload", ".", "--set", ""],
        ["upload", ".", "--set="],
        ["upload", ".", "--title", ""],
        ["delete", "", "--yes"],
        ["reprocess", ""],
        ["export", ""],
        ["gallery", "remove", "", "--yes"],
        ["--stack=", "publish"],
        ["--data", "", "env"],
        ["dead-letters", "redrive", ""],
    ],
)
def test_an_empty_argument_is_refused(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "an argument is empty: check that your shell variables are set" in result.stderr


def test_advice_names_the_data_folder_unless_it_is_the_usual_one(tmp_path: Path) -> None:
    refused = run("--data", str(tmp_path / "my data"), "local", "--host", "laptop.local")
    command = f"kinpics --data '{tmp_path / 'my data'}' local"
    assert refused.output == f"Error: --host needs a password: set one with `{command} password`\n"
    assert local_command(DATA) == "kinpics local"


@pytest.mark.parametrize("name", ["", "/", "/a.jpg", "set/"])
def test_half_a_name_selects_nothing(name: str) -> None:
    with pytest.raises(PhotoNotFoundError, match="is neither a set nor a photo"):
        find_photos(None, name)


@pytest.mark.parametrize("address", ["localhost:4566", "http://", "ftp://localhost", "//localhost"])
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_malformed_endpoint_is_one_line_of_error(
    variable: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, address)
    result = run("publish")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert f"{variable} is {address!r}" in result.stderr


def test_one_port_for_both_is_one_line_of_error(tmp_path: Path) -> None:
    result = run("--data", str(tmp_path / "data"), "local", "--site-port", "5001", "--api-port", "5001")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "--site-port and --api-port are both 5001" in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("option", ["--site-port", "--api-port"])
@pytest.mark.parametrize("port", ["0", "-1", "65536", "http", ""])
def test_an_invalid_port_is_refused(option: str, port: str) -> None:
    result = run("local", option, port)
    assert result.exit_code == 2


def test_programs_get_a_number_and_browsers_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(1, "http://localhost:4567", "http://localhost:8000", "key", "secret", "us-east-1")
    environment = running.environment()
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4567"
    assert environment["KINPICS_HOME_URL"] == "", "not that of a stack before"
    named = replace(running, home_urls=("https://laptop.local:8443", "https://192.168.1.20:8443"))
    assert named.environment()["KINPICS_HOME_URL"] == "https://laptop.local:8443"
    alone = replace(running, home_urls=("https://localhost:8443", "https://127.0.0.1:8443", "https://[::1]:8443"))
    assert alone.home_url is None, "nobody else can open these"
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert stacks._endpoint_of_pages() == "http://localhost:4567"
    monkeypatch.delenv("KINPICS_API_URL")
    assert stacks._endpoint_of_pages() == "http://127.0.0.1:4567"
    monkeypatch.setenv("KINPICS_API_URL", "http://localhost:4567")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert stacks._endpoint_of_pages() is None


class Collection:
    """A Rekognition of one collection with two faces."""

    deleted = ()

    def describe_collection(self, CollectionId: str) -> dict:  # noqa: N803 - AWS's name
        return {"FaceCount": 2}

    def delete_collection(self, CollectionId: str) -> None:  # noqa: N803 - AWS's name
        self.deleted += (CollectionId,)


@pytest.mark.parametrize(("answer", "deleted"), [("n", ()), ("y", ("friends",))])
def test_deleting_a_collection_asks_first(
    answer: str, deleted: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = stacks.Stack("kinpics", "us-east-1", "CREATE_COMPLETE", stack_outputs(), {}, None, None)
    stack.__dict__["rekognition"] = rekognition = Collection()
    monkeypatch.setattr(Context, "stack", stack)
    result = CliRunner().invoke(main, ["collection", "delete", "friends"], input=answer)
    assert "Delete friends with 2 faces?" in result.stderr
    assert rekognition.deleted == deleted
    assert result.exit_code == (not deleted)


def failing(action: Callable[[], object]) -> click.Group:
    group = Commands("kinpics")
    group.add_command(click.Command("do", callback=action))
    return group


def raise_(error: BaseException) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def test_an_error_does_not_steer_the_terminal() -> None:
    result = CliRunner().invoke(failing(raise_(OSError("can't read \x1b[2Ja.jpg"))), ["do"])
    assert result.stderr == "Error: can't read \\x1b[2Ja.jpg\n"


def test_invalid_unicode_is_one_line_of_error() -> None:
    result = CliRunner().invoke(failing(lambda: "\udcff".encode()), ["do"])
    assert result.stderr == "Error: '\\udcff' is not valid Unicode\n"


def test_ctrl_c_says_how_to_continue_and_ends_with_130() -> None:
    result = CliRunner().invoke(failing(raise_(KeyboardInterrupt())), ["do"])
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "Stopped. Run the same command again to continue.\n"


LOADING = """
import importlib.abc, runpy, sys

class Stopped(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "botocore":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stopped())
runpy.run_module("scripts", run_name="__main__")
"""


def test_ctrl_c_while_modules_load_is_quiet() -> None:
    result = subprocess.run([sys.executable, "-c", LOADING], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_a_reader_that_goes_away_causes_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "scripts", "cost", "--photos", "1", "--visitors", "1", "--searches", "1"]
    with open(writing, "wb") as pipe:
        result = subprocess.run(command, cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert result.stderr == ""


def test_a_first_deployment_proposes_the_templates_defaults() -> None:
    parameters: dict[str, str] = {}

    @click.command()
    def command() -> None:
        deployment._ask(Target(boto3.Session(), is_laptop=True), parameters)

    assert CliRunner().invoke(command, input="\n\n\n").exit_code == 0
    assert parameters == {name: load_defaults()[name] for name in ("DailySearches", "DailyIndexing", "SignUp")}


def test_the_worst_case_takes_no_usage() -> None:
    result = CliRunner().invoke(main, ["cost", "--worst", "--photos", "1000", "--people", "0"])
    assert result.exit_code == 2
    assert "--worst depends only on the stack's limits: leave out --photos, --people" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audience", "2024_party", "friends"], "'friends' is not one of 'public', 'link', 'members', 'site'"),
        (["audience", "--site", "site"], "'site' is not one of 'public', 'link', 'members'"),
        (["audience", "2024_party", "--site", "link"], "say either a set or --site"),
        (["link", "--new", "--revoke"], "say either --new or --revoke"),
        (["members", "invite"], "give email addresses, or a file of them with --file"),
        (["members", "invite", "--file", "/nowhere"], "'/nowhere' does not exist"),
        (["members", "change", "ann@example.org"], "say what to change"),
        (["members", "change", "ann@example.org", "--set", "a", "--all-sets"], "say either --set or --all-sets"),
        (["members", "remove"], "Missing argument 'MAIL...'"),
        (["audience", ""], "an argument is empty"),
    ],
)
def test_who_may_see_what_is_said_in_full(arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kinpics.toml that doesn't say who may see the site."""
    path = tmp_path / "kinpics.toml"
    path.write_text("[site]\ntitle = 'x'\n")
    monkeypatch.setattr(config_module, "CONFIG", path)
    return path


def test_nobody_but_the_owner_decides_who_may_see_a_site_on_aws(settings: Path) -> None:
    on_aws = Target(boto3.Session(), is_laptop=False)
    with pytest.raises(click.UsageError, match="--audience"):
        deployment._settle_who(on_aws, None, asks=False)
    assert "audience" not in settings.read_text()
    assert deployment._settle_who(on_aws, "members", asks=False) == "members"
    assert load_config(settings).audience == "members"
    assert deployment._settle_who(on_aws, None, asks=False) == "members", "it is asked for only once"
    assert deployment._settle_who(on_aws, "link", asks=False) == "link"
    assert load_config(settings).audience == "link"


def test_who_may_see_a_site_is_asked_for_without_a_default(settings: Path) -> None:
    @click.command()
    def ask() -> None:
        echo(deployment._settle_who(Target(boto3.Session(), is_laptop=False), None, asks=True))

    result = CliRunner().invoke(ask, input="\n\nmembers\n")
    assert result.stdout.endswith("members\n")
    assert result.stderr.count("Who may see the site") == 3
    assert load_config(settings).audience == "members"


def test_a_laptops_site_stays_as_it_is_unless_the_file_says_otherwise(settings: Path) -> None:
    laptop = Target(boto3.Session(), is_laptop=True)
    assert deployment._settle_who(laptop, None, asks=True) == ""
    settings.write_text("[site]\naudience = 'link'\n")
    assert deployment._settle_who(laptop, None, asks=True) == "link"
