"""The one module that touches ministack's insides; the pin in pyproject.toml is exact because of it.

ministack brings S3, DynamoDB, SQS, Lambda, Cognito, IAM and CloudFormation. Each private touch below says why it is
needed; tests/contract shows through boto3 that what it is for still works.
"""

import asyncio
import contextlib
import contextvars
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.rekognition import errors
from local.rekognition.engine import Engine
from local.rekognition.service import Service
from local.rekognition.state import State

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"

# What a stack of ours uses; everything else answers that it is not there, instead of costing memory at the first call.
SERVICES = "s3,dynamodb,sqs,lambda,cognito-identity,iam,sts,cloudformation,logs,rekognition"

# ministack's own, answered without a signature: one of them forgets all state.
_ADMIN_PATHS = ("/_ministack", "/_localstack", "/_aws")

_DENIED_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
]


def configure(data: Path, api_port: int, access_key: str, secret_key: str) -> None:
    """Set the environment ministack reads while it is imported; call before `load`."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # a developer's own profile or endpoint must not reach the functions
    temporary = data / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(api_port),
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(data / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "s3"),
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{api_port}",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": os.environ.get("KINPICS_LOG_LEVEL", "ERROR"),
        # Functions are unpacked here; see `clean`.
        "TMPDIR": str(temporary),
        "OPENBLAS_NUM_THREADS": "1",
    }


# The access key of the request being answered.
_caller: contextvars.ContextVar[str] = contextvars.ContextVar("kinpics_caller", default="")


class EmbeddedAws:
    """ministack as an ASGI application, with Rekognition in it."""

    def __init__(self, data: Path, rekognition_tps: float | None = None):
        from ministack import app as ministack

        self._ministack = ministack
        self._state = State(data / "faces.sqlite")
        self.engine = Engine()
        arn_prefix = f"arn:aws:rekognition:{REGION}:{ACCOUNT_ID}"
        self._service = Service(self._state, self.engine, _read_object, arn_prefix, rekognition_tps)
        self._changed = False
        self._mount_rekognition()
        self._teach_cloudformation()
        _know_one_root()
        _name_queues_by_one_port()
        _give_out_again_what_was_at_work()
        _do_not_wait_for_silent_functions()
        _read_concurrency_as_a_number()
        _keep_services(ministack)

    async def app(self, scope: dict, receive: Callable, send: Callable) -> None:
        """The ASGI application.

        Denials get the CORS headers that ministack leaves out: without them a browser hides the reason.
        """
        if scope["type"] != "http":
            await self._ministack.app(scope, receive, send)
            return
        if scope["path"].startswith(_ADMIN_PATHS):
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This stack has no administration over HTTP.\n"})
            return
        self._changed = self._changed or scope["method"] not in ("GET", "HEAD", "OPTIONS")

        async def send_readable(message: dict) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                names = {name.lower() for name, _ in message.get("headers", [])}
                if b"access-control-allow-origin" not in names:
                    message = {**message, "headers": [*message.get("headers", []), *_DENIED_CORS]}
            await send(message)

        await self._ministack.app(scope, receive, send_readable)

    async def save_regularly(self, seconds: float) -> None:
        """Write ministack's state whenever it changed: it does so itself only at a clean stop."""
        while True:
            await asyncio.sleep(seconds)
            if self._changed:
                self._changed = False
                self._ministack.save_all(self._ministack._build_persistence_save_dict())

    def close(self) -> None:
        """Stop the engine's workers and the functions' processes, and close the face database."""
        from ministack.core import lambda_runtime

        # Its idle workers are children of this process and would outlive it by a moment.
        with contextlib.suppress(Exception):
            lambda_runtime.reset()
        self.engine.stop()
        self._state.close()

    def _mount_rekognition(self) -> None:
        """Route, authorise and answer Rekognition: ministack has no public way to add a service."""
        from ministack.core import iam_actions, router

        async def handle(method: str, path: str, headers: dict, body: bytes, query: dict) -> tuple[int, dict, bytes]:
            _caller.set(router.extract_access_key_id(headers, query))
            status, answer = await self._service.handle(headers.get("x-amz-target", ""), body)
            return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()

        self._ministack.SERVICE_HANDLERS["rekognition"] = handle
        router.SERVICE_PATTERNS["rekognition"] = {
            "target_prefixes": ["RekognitionService"],
            "host_patterns": [r"rekognition\."],
        }
        iam_actions.SERVICE_TO_IAM_NAMESPACE["rekognition"] = "rekognition"
        original = iam_actions.extract_resource_arn

        def extract_resource_arn(service: str, method: str, path: str, headers: dict, body: bytes, *rest: Any) -> str:
            if service == "rekognition":
                return _collection_arn(body)
            return original(service, method, path, headers, body, *rest)

        iam_actions.extract_resource_arn = extract_resource_arn

    def _teach_cloudformation(self) -> None:
        """Provision `AWS::Rekognition::Collection`, which the template asks for."""
        from ministack.services.cloudformation import provisioners

        def create(logical_id: str, properties: dict, stack_name: str) -> tuple[str, dict]:
            collection = properties["CollectionId"]
            # A collection kept from a stack before (DeletionPolicy: Retain) is taken over.
            with contextlib.suppress(errors.ResourceAlreadyExistsException):
                self._state.create_collection(collection)
            return collection, {"Arn": f"arn:aws:rekognition:{REGION}:{ACCOUNT_ID}:collection/{collection}"}

        def delete(physical_id: str, properties: dict) -> None:
            with contextlib.suppress(errors.ResourceNotFoundException):
                self._state.delete_collection(physical_id)

        provisioners._RESOURCE_HANDLERS["AWS::Rekognition::Collection"] = {"create": create, "delete": delete}


def _collection_arn(body: bytes) -> str:
    try:
        collection = json.loads(body).get("CollectionId")
    except (ValueError, AttributeError):
        collection = None
    return f"arn:aws:rekognition:{REGION}:{ACCOUNT_ID}:collection/{collection}" if collection else "*"


async def _read_object(bucket: str, key: str) -> bytes:
    """An S3 object, if the caller of the current request may read it: a mounted service is asked after IAM's check of
    its own action alone, so the object's is made here."""
    from ministack.core import iam_evaluator
    from ministack.services import s3

    access_key = _caller.get()
    denied = iam_evaluator.enforce(
        access_key, "s3:GetObject", "s3", REGION, resource_arn=f"arn:aws:s3:::{bucket}/{key}"
    )
    data = None if denied else s3._get_object_data(bucket, key)
    if data is None:
        raise errors.InvalidS3ObjectException(
            "Unable to get object metadata from S3. Check object key, region and/or access permissions."
        )
    return data


def _know_one_root() -> None:
    """ministack takes no key, `test` and any account id for root too, and no root key's signature is checked."""
    from ministack.core import iam_evaluator
    from ministack.services import sts

    def is_root_access_key(access_key: str) -> bool:
        return access_key == os.environ["AWS_ACCESS_KEY_ID"]

    iam_evaluator.is_root_access_key = sts.is_root_access_key = is_root_access_key
    # This one decides whose signatures are left unchecked: nobody's.
    iam_evaluator._is_root_key = lambda access_key: False
    original = iam_evaluator.enforce

    def enforce(access_key: str, action: str, service: str, *rest: Any, **others: Any) -> Any:
        # Calls that AWS serves unsigned, such as a guest's GetId, were allowed because no key was root.
        if not access_key and iam_evaluator._served_unsigned(service, action):
            return None
        return original(access_key, action, service, *rest, **others)

    iam_evaluator.enforce = enforce


def _name_queues_by_one_port() -> None:
    """A queue's URL is its name, kept in the stack and in the functions' environment: it must outlive a change of port.

    Clients send to the endpoint they were given, not to the URL's.
    """
    from ministack.services import sqs

    sqs.DEFAULT_PORT = "4566"


def _give_out_again_what_was_at_work() -> None:
    """No function outlives the stack, so a message that was with one when it stopped is with none when it starts: not
    to be waited for until its visibility timeout ends."""
    from ministack.services import sqs

    original = sqs._restore_state

    def restore_state(data: dict | None) -> None:
        original(data)
        for queue in sqs._queues._data.values():
            for message in queue["messages"]:
                if message["receipt_handle"] is not None:
                    message["visible_at"] = time.time()

    sqs._restore_state = restore_state


def _do_not_wait_for_silent_functions() -> None:
    """ministack waits 50 ms for the log of a function that wrote none: a tenth of a search."""
    from ministack.core import lambda_runtime

    worker = lambda_runtime.Worker
    original = worker._drain_stderr_bounded
    worker._drain_stderr_bounded = lambda self: original(self, first_line_wait=0.003)


def _read_concurrency_as_a_number() -> None:
    """A number that comes to a queue's mapping through a template parameter stays text, which stops the poller."""
    from ministack.services import lambda_svc

    original = lambda_svc._sqs_esm_concurrency

    def sqs_esm_concurrency(mapping: dict, *rest: Any) -> int:
        scaling = mapping.get("ScalingConfig") or {}
        if isinstance(scaling.get("MaximumConcurrency"), str):
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return original(mapping, *rest)

    lambda_svc._sqs_esm_concurrency = sqs_esm_concurrency


def _keep_services(ministack: Any) -> None:
    wanted = set(SERVICES.split(","))
    for name in list(ministack.SERVICE_HANDLERS):
        if name not in wanted:
            del ministack.SERVICE_HANDLERS[name]
