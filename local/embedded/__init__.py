"""The one package that touches ministack's insides; the pin in pyproject.toml is exact because of it.

ministack brings S3, DynamoDB, SQS, Lambda, Cognito, IAM and CloudFormation. Rekognition is mounted into it here, its
state is kept by `durable`, and `patches` changes what it does otherwise than a stack that is trusted should. Each
private touch says why it is needed; tests/contract shows through boto3 that what it is for still works.
"""

import contextlib
import contextvars
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from local.call_log import CallLog
from local.embedded import forms, identities, logs, patches, refusals
from local.embedded.durable import Durable
from local.journal import Compactor, Journal
from local.rekognition import exceptions
from local.rekognition.engine import Engine
from local.rekognition.service import Service
from local.rekognition.state import State

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"

# What a stack of ours uses; everything else answers that it is not there, instead of costing memory at the first call.
SERVICES = "s3,dynamodb,sqs,lambda,cognito-identity,cognito-idp,iam,sts,cloudformation,logs,rekognition"

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
        # Its own way of keeping state is not used (see `durable`), but for the functions' code in STATE_DIR.
        "PERSIST_STATE": "0",
        "STATE_DIR": str(data),
        # Makes it hand objects over to be kept; it makes empty folders here.
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(temporary / "s3"),
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
        # Functions are unpacked here; see `StateFolder`.
        "TMPDIR": str(temporary),
    }


# The access key of the request being answered.
_caller: contextvars.ContextVar[str] = contextvars.ContextVar("kinpics_caller", default="")


class EmbeddedAws:
    """ministack as an ASGI application, with Rekognition in it."""

    def __init__(
        self,
        data: Path,
        journal: Journal,
        faces: State,
        rekognition_tps: float | None = None,
        call_log: Path | None = None,
    ):
        from ministack import app as ministack

        self._ministack = ministack
        self._state = faces
        self._compactor = Compactor([data / "state.sqlite", data / "faces.sqlite"])
        self.engine = Engine()
        arn_prefix = f"arn:aws:rekognition:{REGION}:{ACCOUNT_ID}"
        self._service = Service(
            self._state, self.engine, _read_object, arn_prefix, rekognition_tps, label_model=data / "models"
        )
        self._durable = Durable(data, journal)
        self._call_log = CallLog(call_log) if call_log else None
        self._mount_rekognition()
        self._teach_cloudformation()
        patches.know_one_root()
        patches.know_leading_keys()
        patches.know_the_visitors_own_identity()
        patches.refuse_guests_of_a_pool_that_has_none()
        patches.let_nobody_sign_up_where_only_the_owner_may()
        patches.print_mails()
        patches.tell_functions_who_calls()
        patches.keep_reserved_concurrency()
        patches.end_functions_with_the_stack()
        patches.let_buckets_be_taken_over()
        patches.refuse_what_has_no_action()
        patches.name_queues_by_one_port()
        patches.know_no_bad_queue_urls()
        patches.read_shallow_json()
        forms.let_forms_sign_for_themselves()
        identities.give_credentials_to_known_identities()
        identities.keep_the_classic_flow_off()
        identities.verify_web_identities()
        logs.end_with_invocations()
        logs.frame_tails()
        patches.read_concurrency_as_a_number()
        patches.refuse_what_can_not_be_read(ministack)
        patches.keep_services(ministack, SERVICES)

    def start(self, failed: Callable[[Exception], None]) -> None:
        """Load what is kept; call in the event loop that serves `app`, before it does. Raises ``DamagedError``.

        ``failed`` is told, once, when something could not be written: from then on no change is acknowledged.
        """
        self._durable.start(failed)

    async def app(self, scope: dict, receive: Callable, send: Callable) -> None:
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

        async def send_kept(message: dict) -> None:
            if message["type"] == "http.response.start" and not self._durable.keep():
                message = {**message, "status": 503}
            if message["type"] == "http.response.start" and message["status"] >= 400:
                names = {name.lower() for name, _ in message.get("headers", [])}
                if b"access-control-allow-origin" not in names:
                    message = {**message, "headers": [*message.get("headers", []), *_DENIED_CORS]}
            await send(message)

        service, headers, query = _service_of(scope)
        try:
            refusals.check_query(service, query)
            await self._ministack.app(scope, refusals.limited(receive, service, scope["path"], headers), send_kept)
        except refusals.RefusedError as error:
            status, answered, body = error.answer(service)
            told = [(name.encode(), value.encode()) for name, value in answered.items()]
            await send_kept({"type": "http.response.start", "status": status, "headers": told})
            await send_kept({"type": "http.response.body", "body": body})

    def close(self) -> None:
        """Write what is left, stop the engine's workers and the functions' processes, and close the face database."""
        from ministack.core import lambda_runtime

        # A function that ends because the stack ends has not failed.
        logging.getLogger("lambda").setLevel(logging.CRITICAL)
        self._durable.prepare_to_stop()
        # Its idle workers are children of this process and would outlive it by a moment.
        with contextlib.suppress(Exception):
            lambda_runtime.reset()
        self._durable.stop()
        self.engine.stop()
        self._compactor.close()
        self._state.close()
        if self._call_log:
            self._call_log.close()

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
            with contextlib.suppress(exceptions.ResourceAlreadyExistsException):
                self._state.create_collection(collection)
            return collection, {"Arn": f"arn:aws:rekognition:{REGION}:{ACCOUNT_ID}:collection/{collection}"}

        def delete(physical_id: str, properties: dict) -> None:
            with contextlib.suppress(exceptions.ResourceNotFoundException):
                self._state.delete_collection(physical_id)

        provisioners._RESOURCE_HANDLERS["AWS::Rekognition::Collection"] = {"create": create, "delete": delete}


def _service_of(scope: dict) -> tuple[str, dict[str, str], dict[str, list[str]]]:
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
        raise exceptions.InvalidS3ObjectException(
            "Unable to get object metadata from S3. Check object key, region and/or access permissions."
        )
    return data
