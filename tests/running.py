"""A laptop stack started as a person would, for contract and browser tests."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import boto3
import botocore.session
import zygote
from botocore import UNSIGNED
from botocore.config import Config
from botocore.loaders import create_loader
from zygote import Program

from local.state_folder import StateFolder

T = TypeVar("T")
_MODELS = create_loader()
# What the home network's login takes, of the stack that tests share.
HOME_PASSWORD = "four plain words here"
# Seconds that a command may take on a machine with much else to do.
_LONGEST = 600
# How long the process function may work at a photo, and a little more.
_LEASE_SECONDS = 130
# The gate knows of what changes within a second here.
GATE_SECONDS = 10


def until(test: Callable[[], T], seconds: float = _LEASE_SECONDS) -> T:
    """What the test returns, once that is true; however busy the machine is, a photo takes less time than a lease."""
    deadline = time.monotonic() + seconds
    while not (result := test()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return result


@dataclass(eq=False)
class RunningStack:
    """A stack started as a person would, with the variables that point AWS clients at it."""

    process: Program
    data: Path
    site_url: str
    api_url: str
    environment: dict[str, str]
    log: Path

    def kinpics(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run a command against it."""
        result = run_kinpics("--data", str(self.data), *arguments, environment=self.environment)
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result

    def session(self) -> boto3.Session:
        """A boto3 session with the keys of the stack's owner."""
        return session_of(self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"])

    def client(self, name: str) -> Any:
        return self.session().client(name, endpoint_url=self.api_url)

    def table(self, logical_id: str) -> Any:
        return self.session().resource("dynamodb", endpoint_url=self.api_url).Table(self.outputs[logical_id])

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The deployed stack's outputs."""
        found = self.client("cloudformation").describe_stacks(StackName="kinpics")["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}

    @cached_property
    def home_url(self) -> str:
        """Where the home network finds it."""
        return StateFolder(self.data).running().home_urls[0]

    @property
    def authority(self) -> Path:
        """What devices in the home network trust."""
        return self.data / "home" / "authority.pem"

    @property
    def region(self) -> str:
        return self.session().region_name

    @cached_property
    def _sqs(self) -> Any:
        return self.client("sqs")

    def queue_length(self, logical_id: str) -> int:
        """How many messages a queue holds, those being worked on and those still to come included."""
        asked = {"QueueUrl": self.outputs[logical_id], "AttributeNames": ["All"]}
        attributes = self._sqs.get_queue_attributes(**asked)["Attributes"]
        return sum(int(value) for name, value in attributes.items() if name.startswith("ApproximateNumberOf"))

    def wait_for_queue(self, logical_id: str) -> None:
        """Wait until a queue holds nothing, as long as it gets shorter.

        However busy the machine is, a message takes less time than a worker that died may keep its photo.
        """
        shortest, deadline = sys.maxsize, time.monotonic() + _LEASE_SECONDS
        while length := self.queue_length(logical_id):
            if length < shortest:
                shortest, deadline = length, time.monotonic() + _LEASE_SECONDS
            assert time.monotonic() < deadline, f"{length} messages stay in the queue: {self.log.read_text()}"
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(120)


class DeployedStack(RunningStack):
    """A stack on real AWS, found by the standard variables: those who run the tests say that it may be used."""

    def __init__(self, name: str):
        self.name = name
        self.api_url = None
        self.environment = {}

    def kinpics(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        result = run_kinpics("--stack", self.name, *arguments)
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result

    def session(self) -> boto3.Session:
        return boto3.Session()

    @cached_property
    def outputs(self) -> dict[str, str]:
        found = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def session_of(access_key: str, secret_key: str, token: str | None = None, region: str = "us-east-1") -> boto3.Session:
    """A boto3 session; all of them share what they have read of AWS's models, most of what a client costs."""
    core = botocore.session.Session()
    core.register_component("data_loader", _MODELS)
    return boto3.Session(access_key, secret_key, token, region_name=region, botocore_session=core)


def run_kinpics(
    *arguments: str, environment: Mapping[str, str] = MappingProxyType({}), typed: str = ""
) -> subprocess.CompletedProcess:
    """Run a command, with these variables beside this process's own, and ``typed`` at its standard input."""
    with contextlib.ExitStack() as files:
        stdin, stdout, stderr = (files.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3))
        stdin.write(typed)
        stdin.seek(0)
        streams = [file.fileno() for file in (stdin, stdout, stderr)]
        process = zygote.start(list(arguments), {**os.environ, **environment}, *streams)
        try:
            returncode = process.wait(_LONGEST)
        except BaseException:
            process.kill()
            raise
        for file in (stdout, stderr):
            file.seek(0)
        return subprocess.CompletedProcess(arguments, returncode, stdout.read(), stderr.read())


def new_guest(stack: RunningStack) -> tuple[str, boto3.Session]:
    """The identity and the credentials that a visitor's browser gets."""
    unsigned = Config(signature_version=UNSIGNED)
    cognito = stack.session().client("cognito-identity", endpoint_url=stack.api_url, config=unsigned)
    identity = cognito.get_id(IdentityPoolId=stack.outputs["IdentityPool"])["IdentityId"]
    keys = cognito.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    session = session_of(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"], stack.region)
    return identity, session


def descendants(pid: int) -> dict[int, str]:
    """The processes that a process has started, and theirs, with their command lines and the folders that they run in;
    none that has ended."""
    parents, commands = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(path.name)] = int(parent)
                command = (path / "cmdline").read_text().replace("\0", " ")
                commands[int(path.name)] = f"{command} in {(path / 'cwd').readlink()}"
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {child: commands.get(child, "") for child in found - {pid}}


def still_there(found: dict[int, str], seconds: float) -> list[str]:
    """The command lines of those processes that have not ended after so many seconds."""
    deadline = time.monotonic() + seconds
    while (left := found.keys() & descendants(0).keys()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [found[pid] for pid in left]


def free_port() -> int:
    """A port that nothing listens on, below those from which the system takes one for each connection."""
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311 - any will do
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def start_stack(data: Path, command: str = "local", options: tuple[str, ...] = ()) -> RunningStack:
    """Start `kinpics local`, or another such command, and wait for its ready line."""
    while True:
        with contextlib.suppress(PortTakenError):
            return _start_stack(data, command, options)


class PortTakenError(Exception):
    """Another test's stack was faster."""


def _start_stack(data: Path, command: str, options: tuple[str, ...]) -> RunningStack:
    site_port, api_port = free_port(), free_port()
    log = data.with_suffix(".log")
    arguments = [command, "--data", str(data)]
    arguments += ["--site-port", str(site_port), "--api-port", str(api_port), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COV_"))}
    with open(os.devnull, encoding="utf-8") as devnull, open(log, "w", encoding="utf-8") as output:
        process = zygote.start(arguments, environment, devnull.fileno(), output.fileno(), output.fileno(), leads=True)
    deadline = time.monotonic() + 180  # on a machine with much else to do
    while "kinpics is ready" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            if any(f"port {port} is in use" in log.read_text() for port in (site_port, api_port)):
                raise PortTakenError
            raise AssertionError(f"the stack did not start: {log.read_text()}")
        time.sleep(0.05)
    stack = RunningStack(process, data, f"http://localhost:{site_port}", f"http://localhost:{api_port}", {}, log)
    stack.environment = StateFolder(data).running().environment()
    return stack
