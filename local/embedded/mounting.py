"""Rekognition's place in ministack, which has no public way to add a service: calls, rights, collections."""

import contextlib
import contextvars
import json
from typing import Any

from local.bodies import UnreadableBodyError
from local.embedded.environment import REGION
from local.embedded.replacing import add, replace
from local.rekognition.exceptions import (
    InvalidS3ObjectException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from local.rekognition.service import Service
from local.rekognition.state import State

# The access key of the request being answered.
_caller: contextvars.ContextVar[str] = contextvars.ContextVar("kinpics_caller", default="")


def mount(service: Service, state: State, arn_prefix: str) -> None:
    """Answer Rekognition's calls with ``service``. ``arn_prefix`` is ``arn:aws:rekognition:<region>:<account>``."""
    _route(service)
    _authorize(arn_prefix)
    _provision_collections(state, arn_prefix)


def _route(service: Service) -> None:
    from ministack import app as ministack
    from ministack.core import router

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> tuple[int, dict[str, str], bytes]:
        _caller.set(router.extract_access_key_id(headers, query))
        status, answer = await service.handle(headers.get("x-amz-target", ""), body)
        return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()

    add(ministack, "SERVICE_HANDLERS", "rekognition", handle)
    patterns = {"target_prefixes": ["RekognitionService"], "host_patterns": [r"rekognition\."]}
    add(router, "SERVICE_PATTERNS", "rekognition", patterns)


def _authorize(arn_prefix: str) -> None:
    from ministack.core import iam_actions

    def extract_resource_arn(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any
    ) -> Any:
        if service == "rekognition":
            return _collection_arn(arn_prefix, body)
        return original(service, method, path, headers, body, *rest)

    add(iam_actions, "SERVICE_TO_IAM_NAMESPACE", "rekognition", "rekognition")
    signature = "(service, method, path, headers, body, query_params, region, account_id)"
    original = replace(iam_actions, "extract_resource_arn", extract_resource_arn, signature)


def _collection_arn(arn_prefix: str, body: bytes) -> str:
    try:
        collection = json.loads(body).get("CollectionId")
    except (ValueError, AttributeError):
        collection = None
    return f"{arn_prefix}:collection/{collection}" if collection else "*"


def _provision_collections(state: State, arn_prefix: str) -> None:
    """CloudFormation makes and deletes `AWS::Rekognition::Collection`, which the template asks for."""
    from ministack.services.cloudformation import provisioners

    def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, str]]:
        collection = properties["CollectionId"]
        # A collection kept from an earlier stack (DeletionPolicy: Retain) is taken over.
        with contextlib.suppress(ResourceAlreadyExistsException):
            state.create_collection(collection)
        return collection, {"Arn": f"{arn_prefix}:collection/{collection}"}

    def delete(physical_id: str, properties: dict[str, Any]) -> None:
        with contextlib.suppress(ResourceNotFoundException):
            state.delete_collection(physical_id)

    handlers = {"create": create, "delete": delete}
    add(provisioners, "_RESOURCE_HANDLERS", "AWS::Rekognition::Collection", handlers)


async def read_object(bucket: str, key: str) -> bytes:
    """An S3 object, if the caller of the current request may read it. Raises ``InvalidS3ObjectException``.

    IAM checks only the operation's own action for a mounted service, so the object's is checked here.
    """
    from ministack.core import iam_evaluator
    from ministack.services import s3

    arn = f"arn:aws:s3:::{bucket}/{key}"
    denied = iam_evaluator.enforce(_caller.get(), "s3:GetObject", "s3", REGION, resource_arn=arn)
    try:
        data: bytes | None = None if denied else s3._get_object_data(bucket, key)
    except UnreadableBodyError as error:
        raise InvalidS3ObjectException(f"Unable to get object from S3: {error}") from None
    if data is None:
        raise InvalidS3ObjectException(
            "Unable to get object metadata from S3. Check object key, region and/or access permissions."
        )
    return data
