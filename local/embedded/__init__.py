"""The one package that touches ministack's insides; the pin in pyproject.toml is exact because of it.

ministack brings S3, DynamoDB, SQS, Lambda, Cognito, IAM and CloudFormation. `mounting` adds Rekognition, `durable`
keeps the state, and a module for each subject makes the fixes to ministack's behaviour: `authorization`, `identities`,
`function_runs`, `provisioning`, `queues`, `forms`, `logs`, `dispatch`. Each fix says why it is needed. All of them go
through `replacing`, which stops the start when ministack is not what they were written for; tests/contract shows
through boto3 that they work.
"""

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

from local.asgi import Answer, Message, Receive, Scope, Send
from local.call_log import CallLog
from local.embedded import (
    authorization,
    dispatch,
    forms,
    function_runs,
    identities,
    logs,
    provisioning,
    queues,
    refusals,
)
from local.embedded.durable import Durable
from local.embedded.environment import ACCOUNT_ID, REGION, SERVICES
from local.embedded.insides import check_insides
from local.embedded.mounting import mount, read_object
from local.function_host import Host
from local.journal import Compactor, Journal
from local.rekognition.engine import Engine
from local.rekognition.own_engine import OwnEngine
from local.rekognition.service import Service
from local.rekognition.state import State

# ministack's own, answered without a signature: one of them forgets all state.
_ADMIN_PATHS = ("/_ministack", "/_localstack", "/_aws")

_DENIED_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
]


class EmbeddedAws:
    """ministack as an ASGI application, with Rekognition in it."""

    def __init__(
        self,
        data: Path,
        journal: Journal,
        faces: State,
        rekognition_tps: float | None = None,
        call_log: Path | None = None,
        own_engine: OwnEngine | None = None,
        host: Host | None = None,
    ):
        from ministack import app as ministack

        self._ministack = ministack
        self._state = faces
        self._compactor = Compactor([data / "state.sqlite", data / "faces.sqlite"])
        self.engine = Engine(own=own_engine)
        arn_prefix = f"arn:aws:rekognition:{REGION}:{ACCOUNT_ID}"
        self._service = Service(
            self._state, self.engine, read_object, arn_prefix, rekognition_tps, label_model=data / "models"
        )
        self._durable = Durable(data, journal)
        self._call_log = CallLog(call_log) if call_log else None
        check_insides()
        mount(self._service, self._state, arn_prefix)
        for fixes in (authorization, identities, function_runs, provisioning, queues, forms, logs):
            fixes.apply()
        dispatch.apply(SERVICES)
        self._host = host
        if host:
            function_runs.fork_functions(host)

    def start(self, failed: Callable[[Exception], None], told: Callable[[list[str]], None]) -> None:
        """Load what is kept; call in the event loop that serves `app`, before it does. Raises ``DamagedError``.

        ``failed`` is told, once, when something could not be written: from then on no change is acknowledged. ``told``
        gets a few lines about objects that can't be read, to be shown where the stack runs: at once, or with many
        objects later, in a thread.
        """
        self._durable.start(failed, told)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application.

        What a call changed is kept before it is answered. Denials get the CORS headers that ministack leaves out:
        without them a browser hides the reason.
        """
        if scope["type"] != "http":
            await self._ministack.app(scope, receive, send)
            return
        if scope["path"].startswith(_ADMIN_PATHS):
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This stack has no administration over HTTP.\n"})
            return

        if self._call_log:
            receive, send = self._call_log.watch(receive, send)

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and not self._durable.keep():
                message = {**message, "status": 503}
            if message["type"] == "http.response.start" and message["status"] >= 400:
                names = {name.lower() for name, _ in message.get("headers", [])}
                if b"access-control-allow-origin" not in names:
                    message = {**message, "headers": [*message.get("headers", []), *_DENIED_CORS]}
            if scope["method"] == "OPTIONS" and message["type"] == "http.response.start":
                message = _allowing_by_name(message, scope)
            await send(message)

        service, headers, query = _service_of(scope)
        try:
            refusals.check_query(service, query)
            await self._ministack.app(scope, refusals.limit_body(receive, service, scope["path"], headers), send_kept)
        except refusals.RefusedError as error:
            status, answered, body = error.answer(service)
            told = [(name.encode(), value.encode()) for name, value in answered.items()]
            await send_kept({"type": "http.response.start", "status": status, "headers": told})
            await send_kept({"type": "http.response.body", "body": body})

    def count_changes(self, table: str) -> int:
        """A number that grows whenever stacks, roles or a DynamoDB table's items change."""
        return self._durable.count_changes(("cloudformation", "iam"), (table,))

    async def get_object(self, bucket: str, key: str, headers: dict[str, str]) -> Answer:
        """What S3 answers to its owner's GetObject with these headers, in small letters: the way through HTTP costs
        several times as much."""
        from ministack.services import s3

        if not key:
            return 404, {}, b""  # that would list the bucket
        answer = await s3.handle_request("GET", f"/{bucket}/{key}", headers, b"", {}, internal=True)
        self._durable.keep()  # as at each call's end
        status, answered, body = answer
        return status, {name.lower(): value for name, value in answered.items()}, body

    def close(self) -> None:
        """Write what is left, stop the engine's workers and the functions' processes, and close the face database."""
        from ministack.core import lambda_runtime

        # A function that ends because the stack ends has not failed.
        logging.getLogger("lambda").setLevel(logging.CRITICAL)
        self._durable.prepare_to_stop()
        # Its idle workers are children of this process and would outlive it by a moment.
        with contextlib.suppress(Exception):
            lambda_runtime.reset()
        if self._host:
            self._host.stop()
        self._durable.stop()
        self.engine.stop()
        self._compactor.close()
        self._state.close()
        if self._call_log:
            self._call_log.close()


def _allowing_by_name(message: Message, scope: Scope) -> Message:
    """A preflight's answer that names the headers asked for, as AWS's do, where ministack says ``*``.

    That doesn't cover Authorization: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name. Browsers
    still take it, with a warning.
    """
    wildcard = (b"access-control-allow-headers", b"*")
    asked = dict(scope["headers"]).get(b"access-control-request-headers", b"*")
    headers = [(name.lower(), value) for name, value in message.get("headers", [])]
    return {**message, "headers": [(wildcard[0], asked) if header == wildcard else header for header in headers]}


def _service_of(scope: Scope) -> tuple[str, dict[str, str], dict[str, list[str]]]:
    """The service that a request is for, as far as its body need not tell, its headers and its address's parameters."""
    from ministack.app import _extract_s3_vhost_bucket
    from ministack.core import router, sigv4

    headers = {name.decode("latin-1").lower(): sigv4.decode_header_value(value) for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    service = router.detect_service(scope["method"], scope["path"], headers, query)
    bucket = _extract_s3_vhost_bucket(headers.get("host", ""))
    forms.note_form(scope, headers, bucket)
    if service == "s3" and scope["path"] == "/" and not bucket:
        service = "sts"  # a form without a signature; S3 takes no body there
    return service, headers, query
