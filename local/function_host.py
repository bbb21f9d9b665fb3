"""A process that has loaded boto3 already and forks for each of the functions' processes: loading it takes as long as
all else that a function does before its first call.

It is itself forked from the stack, before that has threads. Nothing of what the stack has loaded is there for functions
but boto3, which Lambda's Python has too: a function's own code and packages are loaded in the function's process.
"""

import contextlib
import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import types
import weakref
from pathlib import Path
from typing import Any, NoReturn

from local.bytecode import keep_bytecode

# Of a program's arguments and environment, in bytes.
_MAX_REQUEST = 1 << 20
_FAILED = -1
# For programs that were killed; on a busy machine they take a while to be gone.
_MAX_SECONDS_TO_END = 10
# Beside the folders of functions' processes.
_BYTECODE = "bytecode"
# boto3 and what it needs.
_PACKAGES = {"boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six"}
# What functions call: reading the models is half of what a client costs.
_SERVICES = ("dynamodb", "s3", "sqs", "rekognition", "lambda", "cognito-idp")


class StoppedError(Exception):
    """The stack ends: nothing is started any more."""


class Program:
    """A Python program that was forked; it is used like a `subprocess.Popen` with pipes for text."""

    def __init__(self, pid: int, descriptors: list[int]):
        self.pid = pid
        self.returncode: int | None = None
        self._handle: int | None = None
        # It may have ended, and be gone, already.
        with contextlib.suppress(ProcessLookupError):
            self._handle = os.pidfd_open(pid)
            # Not sooner: another thread may be waiting for it.
            weakref.finalize(self, os.close, self._handle)
        stdin, stdout, stderr = descriptors
        self.stdin = os.fdopen(stdin, "w", buffering=1, encoding="utf-8")
        self.stdout, self.stderr = os.fdopen(stdout, encoding="utf-8"), os.fdopen(stderr, encoding="utf-8")

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Returns -1, whatever it ended with. Raises ``subprocess.TimeoutExpired``."""
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return ended

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self._handle is not None and self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and (self._handle is None or _is_readable(self._handle, timeout)):
            self.returncode = _FAILED
        return self.returncode


def _is_readable(descriptor: int, timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(None if timeout is None else timeout * 1000))


class Host:
    """Starts programs as forks of a process that is forked where this is made: have no threads there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._has_stopped = False
        self._running: list[Program] = []
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asked.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MAX_REQUEST)
        self._pid = os.fork()
        if not self._pid:
            self._asked.close()
            _serve(theirs)
        theirs.close()

    def start(self, program: str, folder: str, environment: dict[str, str]) -> Program:
        """Start a Python program in a folder. Raises ``StoppedError``, and ``OSError`` when somebody ended the host."""
        request = json.dumps([program, folder, environment]).encode()
        pipes = [os.pipe() for _ in range(3)]
        ours = [pipes[0][1], pipes[1][0], pipes[2][0]]
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        try:
            with self._lock:
                if self._has_stopped:
                    raise StoppedError
                socket.send_fds(self._asked, [request], theirs)
                answer = self._asked.recv(100)
                if not answer:
                    raise ConnectionResetError("the process that starts functions has ended")
                made = Program(int(answer), ours)
                self._running = [*(one for one in self._running if one.poll() is None), made]
            return made
        except (OSError, StoppedError):
            for descriptor in ours:
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def stop(self) -> None:
        """Start nothing any more, and end what was started: all of it is gone when this returns."""
        with self._lock:
            self._has_stopped = True
        for program in self._running:
            program.kill()
        for program in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(_MAX_SECONDS_TO_END)
        self._asked.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _serve(asked: socket.socket) -> NoReturn:
    """Fork for each request, until nobody can ask any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the stack, which ends its functions
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    is_loaded = False
    while True:
        message, descriptors, _, _ = socket.recv_fds(asked, _MAX_REQUEST, 3)
        if not message:
            os._exit(0)
        if not is_loaded:
            _load()
            is_loaded = True
        if not (pid := os.fork()):
            asked.close()
            _become(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        asked.send(b"%d" % pid)


# What the stack had loaded: it is not taken apart.
_left: list[types.ModuleType] = []


def _load() -> None:
    """Load boto3, have all sessions share what they read of AWS's models, and leave everything else behind."""
    import boto3  # noqa: F401
    import botocore.loaders
    import botocore.session

    known = sys.stdlib_module_names | _PACKAGES | {"__main__"}
    _left.extend(sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] not in known)
    loader = functools.cache(botocore.loaders.create_loader)
    botocore.session.create_loader = botocore.loaders.create_loader = loader
    session = botocore.session.Session()
    for name in _SERVICES:
        session.create_client(name, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106
    gc.collect()
    gc.freeze()  # the collectors of functions leave these pages alone: they stay shared


def _become(request: list[Any], descriptors: list[int]) -> NoReturn:
    """Be the program, to the end of this process."""
    program, folder, environment = request
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        gc.enable()
        keep_bytecode(Path(folder), Path(folder).parents[1] / _BYTECODE)
        sys.path.insert(0, str(Path(program).parent))
        runpy.run_path(program, run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
