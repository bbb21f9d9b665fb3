"""The service that `kinpics service install` writes, for systemd and for launchd."""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from local.home.passwords import PasswordFile
from scripts.cli import main
from scripts.laptop.service_files import (
    KINDS,
    Kind,
    Service,
    ServiceError,
    data_of,
    find_kind,
    install,
    render_unit,
    uninstall,
)

AWKWARD = "My photos 100% $HOME -- <x> & \"y\" 'z' \\n é"


def service_in(folder: Path, program: str = "/usr/bin/true") -> Service:
    command = (program, "-m", "scripts", "--data", str(folder), "local", "--host", "laptop.local")
    return Service(command, folder, (folder / "logs",), "/usr/bin:/opt/my tools/bin")


@pytest.fixture(params=["linux", "darwin"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def test_launchd_gets_every_word_as_it_is() -> None:
    folder = Path("/home/me") / AWKWARD
    agent = plistlib.loads(KINDS["darwin"].render(service_in(folder)))
    assert agent["ProgramArguments"] == list(service_in(folder).command)
    assert agent["EnvironmentVariables"] == {"PATH": "/usr/bin:/opt/my tools/bin"}
    assert (agent["RunAtLoad"], agent["KeepAlive"], agent["Umask"]) == (True, {"SuccessfulExit": False}, 0o077)


def unquoted(text: str) -> list[str]:
    """The words of a line as systemd reads them: its manual, systemd.syntax(7)."""
    words: list[str] = []
    word, position, quoted = "", 0, False
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
            word += {"n": "\n"}.get(text[position], text[position])
        elif char == '"':
            quoted = not quoted
        elif char == " " and not quoted:
            words.append(word)
            word = ""
        else:
            word += char
        position += 1
    assert not quoted
    return [one.replace("%%", "%") for one in [*words, word]]


def lines_of(unit: bytes) -> dict[str, str]:
    return dict(line.split("=", 1) for line in unit.decode().splitlines() if "=" in line and not line.startswith("#"))


def test_systemd_gets_every_word_as_it_is() -> None:
    service = service_in(Path("/home/me") / AWKWARD)
    lines = lines_of(KINDS["linux"].render(service))
    assert tuple(word.replace("$$", "$") for word in unquoted(lines["ExecStart"])) == service.command
    assert unquoted(lines["ReadWritePaths"]) == [str(service.data), str(service.data / "logs")]
    assert unquoted(lines["Environment"]) == ["PATH=/usr/bin:/opt/my tools/bin"]
    assert (lines["NoNewPrivileges"], lines["ProtectSystem"], lines["Restart"]) == ("yes", "strict", "on-failure")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd to ask")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    folder = tmp_path / AWKWARD
    program = (
        tmp_path / "My tools 100% $HOME -- é" / "python"
    )  # it says so if it doesn't find it under the name that it read
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "kinpics.service"
    unit.write_bytes(KINDS["linux"].render(service_in(folder, str(program))))
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    command = ["systemd-analyze", "--user", "verify", unit]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.stdout + result.stderr == ""
    assert result.returncode == 0


def test_a_program_that_systemd_would_not_run_is_refused() -> None:
    with pytest.raises(ServiceError, match="without quotes"):
        render_unit(service_in(Path("/home/me"), "/home/my 'tools'/python"))


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\udcffb", "a\x1bb"])
def test_a_name_that_such_a_file_cannot_hold_is_refused(kind: Kind, name: str) -> None:
    with pytest.raises(ServiceError, match="rename it"):
        kind.render(service_in(Path("/home") / name))


def test_installing_again_changes_nothing_and_other_options_replace_it(kind: Kind, tmp_path: Path) -> None:
    file = tmp_path / kind.place
    first, second = (kind.render(service_in(tmp_path / name)) for name in ("a", AWKWARD))
    assert [install(file, content) for content in (first, first, second, second)] == [True, False, True, False]
    assert data_of(file) == tmp_path / AWKWARD
    assert list(file.parent.iterdir()) == [file]
    if kind.added:
        (file.parent / kind.added).parent.mkdir()
        (file.parent / kind.added).symlink_to(file)
    assert [uninstall(file, kind) for _ in range(2)] == [True, False]
    assert [path for path in file.parent.rglob("*") if not path.is_dir()] == []


def test_a_file_of_somebody_else_stays(kind: Kind, tmp_path: Path) -> None:
    file = tmp_path / kind.place
    file.parent.mkdir(parents=True)
    file.write_text("[Service]\nExecStart=/usr/bin/true\n")
    before = file.read_bytes()
    for change in (lambda: install(file, b"x"), lambda: uninstall(file, kind)):
        with pytest.raises(ServiceError, match="was not made by"):
            change()
    assert file.read_bytes() == before
    assert data_of(file) is None


def test_other_machines_are_told_why_not() -> None:
    for platform, has_systemd, reason in (
        ("linux", False, "systemd doesn't run here"),
        ("win32", True, "win32 has neither systemd nor launchd"),
        ("freebsd14", False, "freebsd14 has neither"),
    ):
        with pytest.raises(ServiceError, match=reason):
            find_kind(platform, has_systemd=has_systemd)
    assert find_kind("linux", has_systemd=True) is KINDS["linux"]
    assert find_kind("darwin", has_systemd=False) is KINDS["darwin"]


def kinpics(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="a Mac prints its own kind of file")
def test_the_service_runs_the_command_that_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    data = tmp_path / "my data"
    options = ("--site-port", "8123", "--host", "laptop.local", "--host", "192.168.1.20", "--call-log", "calls.log")
    shown = kinpics("--data", str(data), "service", "install", "--print", *options)
    assert shown.exit_code == 0, shown.output
    words = unquoted(lines_of(shown.stdout_bytes)["ExecStart"])
    given = [*options[:6], "--call-log", str(Path("calls.log").resolve())]
    assert words[1:6] == ["-m", "scripts", "--data", str(data), "local"]
    pairs = zip(words[6::2], words[7::2], strict=True)
    assert sorted(pairs) == sorted(zip(given[::2], given[1::2], strict=True))
    assert not (tmp_path / "home").exists(), "it was only shown"
    assert not data.exists()


def test_a_service_for_the_home_network_needs_a_password_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("scripts.commands.background._SYSTEMD", tmp_path)
    install_command = ("service", "install", "--data", str(tmp_path / "data"), "--host", "laptop.local")
    refused = kinpics(*install_command)
    assert (refused.exit_code, "local password" in refused.output) == (1, True)
    PasswordFile(tmp_path / "data", cost=2).write("four plain words here")
    done = kinpics(*install_command)
    assert done.exit_code == 0, done.output
    assert "Start it now" in done.output
    assert "Not running" in kinpics("service", "status").output
    assert "Removed" in kinpics("service", "uninstall").output
    assert "No service is installed" in kinpics("service", "status").output
