"""A process that has loaded the project's modules already and forks for each command: half of a short one is loading.

The tests ask it through `start`. Each command is a process of its own, with its own arguments, environment and streams,
as if it had been started with `python -m scripts`; ministack is loaded by none but the stack that runs it.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import botocore.session
from botocore import loaders

_MAX_MESSAGE = 1 << 20
# What the commands load, most of it when they need it, and what ministack needs of others.
_MODULES = (
    "build",
    "scripts.cli",
    "scripts.health.doctor",
    "scripts.laptop.laptop_deployment",
    "scripts.laptop.laptop_site",
    "scripts.upload.uploader",
    "local.launcher",
    "local.rekognition.engine",
    "boto3.dynamodb.transform",
    "boto3.s3.inject",
    "cryptography.x509",
    "defusedxml.ElementTree",
    "docker",
    "encodings.idna",
    "jinja2.ext",
    "samtranslator.translator.transform",
)
# The services that they call, whose models are large.
_SERVICES = ("cloudformation", "cognito-identity", "cognito-idp", "dynamodb", "iam", "lambda", "rekognition", "s3")
_SERVICES += ("sqs", "sts")


class Program:
    """A command that was started; it is used like a `subprocess.Popen`."""

    def __init__(self, status: BinaryIO):
        self._status = status
        self.pid = int(status.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._returncode(0)

    def wait(self, timeout: float | None = None) -> int:
        found = self._returncode(timeout)
        if found is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return found

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _returncode(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], timeout)[0]:
            self.returncode = int(self._status.readline())
            self._status.close()
        return self.returncode


def start(
    arguments: list[str], environment: dict[str, str], stdin: int, stdout: int, stderr: int, *, leads: bool = False
) -> Program:
    """Start `kinpics` with these arguments and file descriptors; ``leads`` gives it a session of its own."""
    request = {"arguments": arguments, "environment": environment, "folder": os.getcwd(), "leads": leads}
    reader, writer = os.pipe()
    socket.send_fds(_zygote(), [json.dumps(request).encode()], [stdin, stdout, stderr, writer])
    os.close(writer)
    return Program(os.fdopen(reader, "rb", buffering=0))


@functools.cache
def _zygote() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MAX_MESSAGE)
    process = subprocess.Popen([sys.executable, __file__], stdin=theirs, cwd=Path(__file__).parents[1])
    theirs.close()

    def stop() -> None:
        ours.close()
        process.wait()

    atexit.register(stop)
    return ours


def _serve() -> None:
    """Fork for each request, until nobody can ask any more; what still runs then is ended."""
    sys.path[0] = os.getcwd()
    for module in _MODULES:
        importlib.import_module(module)
    _read_models()
    _read_languages()
    _read_template()
    gc.freeze()  # the collectors of its children leave these pages alone: they stay shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asks
    asked = socket.socket(fileno=0)
    keepers: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(asked, _MAX_MESSAGE, 4)
        with contextlib.suppress(ChildProcessError):
            while ended := os.waitpid(-1, os.WNOHANG)[0]:
                keepers.discard(ended)
        if not message:
            for keeper in keepers:
                os.kill(keeper, signal.SIGTERM)
            return
        keeper = os.fork()
        if keeper == 0:
            asked.detach()
            _keep(json.loads(message), descriptors)
        keepers.add(keeper)
        for descriptor in descriptors:
            os.close(descriptor)


def _read_models() -> None:
    """Read AWS's models once: all sessions of a process, and of those forked from it, share what they have read."""
    botocore.session.create_loader = loaders.create_loader = functools.cache(loaders.create_loader)
    session = botocore.session.Session()
    for name in _SERVICES:
        session.create_client(name, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
        loaders.create_loader().load_service_model(name, "service-2")


def _read_languages() -> None:
    """Read what pages say and how dates look in all languages, and which packages render them."""
    from functions.languages import LANGUAGES
    from scripts.site.fingerprints import versions
    from scripts.site.translations import Translator

    for language in LANGUAGES:
        translator = Translator(language)
        translator.for_scripts("visitors")
        translator.date(date(2000, 1, 1))
    versions()


def _read_template() -> None:
    """Parse the template, once for all."""
    from scripts.common.template import load_template

    load_template()


def _keep(request: dict[str, Any], descriptors: list[int]) -> None:
    """Run a command in a process of its own, and tell first its pid and then how it ended."""
    *streams, status = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(status)
        _become(request, streams)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    for descriptor in (0, 1, 2, *streams):
        os.close(descriptor)
    os.write(status, b"%d\n" % pid)
    _, ended = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):
        os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def _become(request: dict[str, Any], streams: list[int]) -> None:
    """Be the command, to the end of this process."""
    if request["leads"]:
        os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["kinpics", *request["arguments"]]
    from scripts.__main__ import run

    code = 1
    try:
        run()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        # What an interpreter does at its end, but for taking apart all that was loaded: half a second.
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
