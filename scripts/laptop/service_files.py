"""What makes the album run in the background every day: a systemd user unit, or a launchd agent on a Mac."""

import json
import plistlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from functions.errors import KinpicsError

UNIT = "kinpics.service"
LABEL = "local.kinpics"
_MARK = "Made by `kinpics service install`; the next install writes it again."
_DATA = re.compile(r"Data folder: (\".*\")")
# Where systemd keeps what starts with the user.
_WANTS = "default.target.wants"


class ServiceError(KinpicsError):
    """The service can't be installed; the message says why and what to do."""


@dataclass(frozen=True)
class Service:
    """A command to run, the folder it keeps its data in, other folders it writes to, and the PATH it needs."""

    command: tuple[str, ...]
    data: Path
    writes: tuple[Path, ...]
    search_path: str


@dataclass(frozen=True)
class Kind:
    """A way to run services: where its file is below the user's home, what is in it, and the commands that the user
    types, with the file and the user's id filled in."""

    place: Path
    render: Callable[[Service], bytes]
    enable: str
    stop: str
    note: str = ""
    # What enabling adds, to be removed with the file; relative to it.
    added: Path | None = None


def render_unit(service: Service) -> bytes:
    """A unit for systemd's user manager. Raises ``ServiceError``."""
    program, *arguments = service.command
    if re.search(r"[\"'\\]", program):  # systemd takes no such name for a program, however it is written
        raise ServiceError(f"systemd can't run {program}: set kinpics up in a folder without quotes or backslashes")
    words = [_quoted(program), *(_quoted(argument).replace("$", "$$") for argument in arguments)]
    writable = " ".join(_quoted(str(path)) for path in (service.data, *service.writes))
    return f"""\
# {_MARK}
# {_data_line(service)}

[Unit]
Description=kinpics, the photo album on this machine
# The network may come later, or another program may still hold a port.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={" ".join(words)}
Environment={_quoted(f"PATH={service.search_path}")}
Restart=on-failure
RestartSec=10
TimeoutStopSec=30
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={writable}
PrivateTmp=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
""".encode()


def render_agent(service: Service) -> bytes:
    """An agent for launchd. Raises ``ServiceError``."""
    for text in (*service.command, str(service.data), service.search_path):
        _check(text)
    log = str(service.data / "service.log")
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(service.command),
        "EnvironmentVariables": {"PATH": service.search_path},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 30,
        "Umask": 0o077,
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    head, _, rest = plistlib.dumps(agent).partition(b"<plist")
    return head + f"<!-- {_MARK} {_data_line(service)} -->\n<plist".encode() + rest


KINDS = {
    "linux": Kind(
        Path(".config/systemd/user") / UNIT,
        render_unit,
        enable=f"systemctl --user daemon-reload && systemctl --user enable --now {UNIT}",
        stop=f"systemctl --user stop {UNIT} && systemctl --user daemon-reload",
        note="To keep it running when you aren't logged in: loginctl enable-linger",
        added=Path(_WANTS) / UNIT,
    ),
    "darwin": Kind(
        Path("Library/LaunchAgents") / f"{LABEL}.plist",
        render_agent,
        enable="launchctl bootstrap gui/{user} {file}",
        stop=f"launchctl bootout gui/{{user}}/{LABEL}",
    ),
}


def find_kind(platform: str, *, has_systemd: bool) -> Kind:
    """The way that this machine has. Raises ``ServiceError``."""
    kind = KINDS.get(platform)
    if kind is None or (platform == "linux" and not has_systemd):
        lacks = "systemd doesn't run here" if platform == "linux" else f"{platform} has neither systemd nor launchd"
        raise ServiceError(f"{lacks}: let whatever starts programs on this machine start `kinpics local`")
    return kind


def install(file: Path, content: bytes) -> bool:
    """Write a service's file; returns whether that changed anything. Raises ``ServiceError``, ``OSError``."""
    there = file.read_bytes() if file.exists() else None
    if there == content:
        return False
    if there is not None:
        _check_own(file, there)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.new")
    temporary.write_bytes(content)
    temporary.replace(file)
    return True


def uninstall(file: Path, kind: Kind) -> bool:
    """Remove a service's file, and what enabling it added; returns whether it was there. Raises ``ServiceError``."""
    if not file.exists():
        return False
    _check_own(file, file.read_bytes())
    file.unlink()
    if kind.added:
        (file.parent / kind.added).unlink(missing_ok=True)
    return True


def data_of(file: Path) -> Path | None:
    """The data folder that an installed service uses; None if the file isn't ours."""
    text = file.read_text(encoding="utf-8", errors="replace")
    found = _DATA.search(text) if _MARK in text else None
    return Path(json.loads(found[1])) if found else None


def _check_own(file: Path, content: bytes) -> None:
    if _MARK.encode() not in content:
        raise ServiceError(f"{file} was not made by `kinpics service install`: move it away first")


def _data_line(service: Service) -> str:
    text = json.dumps(str(service.data))
    for special in ("&", "<", ">", "--"):  # in XML's comments
        text = text.replace(special, f"\\u{ord(special[0]):04x}{special[1:]}")
    return f"Data folder: {text}"


def _quoted(text: str) -> str:
    """A word of a unit: https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting."""
    _check(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if re.search(r"[^\w./:=@%+,-]", text) else escaped


def _check(text: str) -> None:
    if not text.isprintable():
        raise ServiceError(f"{text!r} has characters that a service's file can't hold: rename it")
