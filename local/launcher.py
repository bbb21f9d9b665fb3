"""The launcher: one process with the embedded AWS on one port and the site on another, until it is told to stop."""

import asyncio
import contextlib
import functools
import gc
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework

from functions.access.edge_entries import narrowest_of
from functions.errors import KinpicsError
from functions.site_access import SiteAccess
from local.connections import steady_connections
from local.edge.edge_process import EdgeProcess, EdgeState
from local.embedded import EmbeddedAws
from local.embedded.authorization import is_visitors_key
from local.embedded.environment import REGION, configure
from local.function_host import Host
from local.home.front_door import Rooms
from local.home.laptop_page import HomePages, LaptopPage
from local.home.network import HomeNetwork, HomeOptions
from local.journal import DamagedError
from local.port_guard import PortGuard
from local.rekognition.own_engine import OwnEngineError
from local.rekognition.state import State
from local.response_headers import response_headers
from local.site_server import SiteServer, SiteState, kept_while_unchanged
from local.state_folder import STACK_NAME, Running, StateFolder, StateFolderError


class PortBusyError(KinpicsError):
    """A port is taken; the message names it and the option that chooses another."""


@dataclass(frozen=True)
class Options:
    """Where a stack keeps its data and listens (ports on 127.0.0.1), and what it does with calls.

    ``rekognition_tps`` bounds the calls a second of each Rekognition operation; ``call_log`` gets a line about each.
    With ``home``, the site is in the home network too.
    """

    data: Path
    site_port: int = 8000
    api_port: int = 4566
    rekognition_tps: float | None = None
    call_log: Path | None = None
    home: HomeOptions | None = None

    @property
    def api_url(self) -> str:
        return f"http://localhost:{self.api_port}"


@dataclass(frozen=True)
class Deployed:
    """What the site server needs of a deployed stack: two buckets, the table of who may see what, what finds out
    whether the site is closed, and what reads the entries by which the gate lets visitors in.
    """

    site_bucket: str
    thumbnails_bucket: str
    access_table: str
    site_access: Callable[[], SiteAccess]
    read_entries: Callable[[], dict[str, str]]


@dataclass(frozen=True)
class Project:
    """What the launcher deploys and serves.

    ``deploy`` brings the stack up to ``template`` with ``parameters``; ``gate_code`` is the code of its CloudFront
    function. ``prepare`` fills and publishes the site. ``home_pages`` are those about the home network.
    """

    template: dict[str, Any]
    parameters: dict[str, str]
    gate_code: str
    deploy: Callable[[boto3.Session], Deployed]
    prepare: Callable[[Running], Awaitable[None]]
    home_pages: HomePages


def run(options: Options, project: Project) -> None:
    """Run the stack of a project until SIGINT or SIGTERM.

    ``prepare`` is awaited once the template is deployed and all is served, and cancelled when the stack is told to
    stop meanwhile. Raises ``PortBusyError``, ``StateFolderError``, ``HomeError``, and what the project's functions
    raise.
    """
    if options.site_port == options.api_port:
        raise PortBusyError(
            f"--site-port and --api-port are both {options.site_port}: choose another port for one of them"
        )
    gc.disable()  # it would look through all that is loaded, again and again
    # While there are no threads. What macOS's libraries have begun doesn't outlive a fork.
    host = Host() if sys.platform == "linux" else None
    folder = StateFolder(options.data)
    with folder.locked():
        _check_port(options.site_port, "--site-port")
        _check_port(options.api_port, "--api-port")
        home = HomeNetwork(options.home, options.data) if options.home else None
        journal = folder.open_journal(_tell)
        access_key, secret_key = folder.keys(journal)
        running = Running(
            pid=os.getpid(),
            api_url=options.api_url,
            site_url=f"http://localhost:{options.site_port}",
            access_key=access_key,
            secret_key=secret_key,
            region=REGION,
            home_urls=home.reach.addresses if home else (),
        )
        configure(options.data, options.api_port, access_key, secret_key, running.home_url or running.site_url)
        try:
            own = folder.own_engine()
            faces = folder.open_faces(journal, own)
            aws = EmbeddedAws(options.data, journal, faces, options.rekognition_tps, options.call_log, own, host)
            try:
                _check_engine(aws, faces)
                asyncio.run(_serve(aws, options, project, folder, running, home))
            finally:
                aws.close()
        except DamagedError as error:
            raise folder.damaged(error) from None
        finally:
            journal.close()


def _check_engine(aws: EmbeddedAws, faces: State) -> None:
    try:
        aws.engine.check()
    except OwnEngineError as error:
        raise StateFolderError(str(error)) from None
    if count := faces.foreign_faces:
        _tell(f"{count:,} faces were described by another engine, and aren't found until `kinpics reprocess` has run")


async def _serve(
    aws: EmbeddedAws,
    options: Options,
    project: Project,
    folder: StateFolder,
    running: Running,
    home: HomeNetwork | None,
) -> None:
    stop = asyncio.Event()
    closing = asyncio.Event()  # the servers outlast what is still at work when the stack is told to stop
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        stop.set()

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_report_but_cancellation)

    def told_to_stop() -> None:
        """Stop, once: a second Ctrl-C must not break off what is being closed."""
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_stop)

    def told(lines: list[str]) -> None:
        for line in filter(None, [*lines, folder.set_aside()]):
            _tell(line)

    aws.start(failed, told)
    steady_connections()
    api_guard = PortGuard(aws.app, options.api_port, options.site_port, buckets=True)
    api = asyncio.create_task(_served(api_guard, _bind(options.api_port, "--api-port"), closing))
    sites: list[asyncio.Task[None]] = []
    edge = EdgeProcess(project.gate_code)
    try:
        await _listening(options.api_port, api)
        session = boto3.Session()  # `configure` has set the environment it reads
        # It takes a second and is finished even when the stack is told to stop.
        stack = await asyncio.to_thread(project.deploy, session)
        folder.announce(running)
        buckets = {"site": stack.site_bucket, "thumbnails": stack.thumbnails_bucket}
        # Made when the first page is asked for.
        site_access = functools.cache(stack.site_access)
        cloudformation = functools.cache(lambda: session.client("cloudformation"))
        count_changes = functools.partial(aws.count_changes, stack.access_table)
        await edge.start()

        def site_server(api_url: str | None) -> SiteServer:
            """The site, whose pages call AWS at ``api_url``, or at their own origin."""

            def read_state() -> SiteState:
                """What `kinpics deploy` and other commands may have changed since the start."""
                described = cloudformation().describe_stacks(StackName=STACK_NAME)["Stacks"][0]
                now = {entry["ParameterKey"]: entry["ParameterValue"] for entry in described["Parameters"]}
                entries = stack.read_entries()
                gate = EdgeState(site_access().is_closed(), now["Language"], entries)
                # What a deployment on AWS finds out, at once.
                now["Audience"] = narrowest_of(entries)
                return SiteState(now["Downloads"], response_headers(project.template, api_url, now), gate)

            return SiteServer(aws.get_object, buckets, edge, kept_while_unchanged(read_state, count_changes))

        laptop_page = LaptopPage(site_server(options.api_url).app, project.home_pages, home.reach if home else None)
        site_guard = PortGuard(laptop_page.app, options.site_port, options.site_port)
        site = asyncio.create_task(_served(site_guard, _bind(options.site_port, "--site-port"), closing))
        sites.append(site)
        await _listening(options.site_port, site)
        if home:
            rooms = Rooms(site_server(None).app, aws.app, is_visitors_key, f"localhost:{options.api_port}")
            sites.append(asyncio.create_task(home.serve(rooms, project.home_pages, closing.wait)))
        # What was loaded stays: from here on the collector need not look at it.
        gc.freeze()
        gc.enable()
        if await _finished(project.prepare(running), stop):
            await stop.wait()
    finally:
        closing.set()
        for task in (*sites, api):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await edge.close()
        if failures and isinstance(failures[0], DamagedError):
            raise failures[0]
        if failures:
            raise StateFolderError(
                f"could not write to {options.data} ({failures[0]}): make room on the disk or repair it and start"
                " again; everything acknowledged so far is kept"
            ) from None


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _report_but_cancellation(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Up to Python 3.11, asyncio reports a connection that ends with its server as an error.

    It also reports whatever a stranger sends instead of a TLS handshake.
    """
    if not isinstance(context.get("exception"), asyncio.CancelledError | ssl.SSLError | ConnectionError):
        loop.default_exception_handler(context)


async def _finished(work: Awaitable[None], stop: asyncio.Event) -> bool:
    """Whether ``work`` came to its end before the stack was told to stop, which cancels it. Raises what it raises."""
    task = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    task.cancel()  # without effect where it is done
    try:
        await task
    except asyncio.CancelledError:
        return False
    return not stop.is_set()


async def _served(guard: PortGuard, bound: socket.socket, closing: asyncio.Event) -> None:
    # Hypercorn's type for each message is a class of its own; here they are dictionaries, as at run time.
    await serve(cast(ASGIFramework, guard.app), _config(bound), shutdown_trigger=closing.wait)


def _config(bound: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{bound.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.shutdown_timeout = 5.0
    config.errorlog = logging.getLogger("hypercorn.error")
    config.loglevel = "ERROR"
    return config


async def _listening(port: int, server: asyncio.Task[None]) -> None:
    """Wait until a server accepts connections. Raises the server's own error if it ends first."""
    while True:
        if server.done():
            server.result()
            raise PortBusyError(f"nothing listens on port {port}")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.02)


def _check_port(port: int, option: str) -> None:
    """Raise ``PortBusyError`` where something listens on a port already."""
    _bind(port, option).close()


def _bind(port: int, option: str) -> socket.socket:
    """Take a port of this machine. Raises ``PortBusyError``: somebody may have taken it since it was checked."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen()  # until then, others may bind it too
    except OSError as error:
        bound.close()
        if isinstance(error, PermissionError):
            reason = f"port {port} is not open to this user: choose one above 1023 with {option}"
        else:
            reason = f"port {port} is in use: stop whatever listens there, or choose another with {option}"
        raise PortBusyError(reason) from None
    return bound
