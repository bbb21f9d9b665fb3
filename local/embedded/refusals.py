"""Requests that no service should have to read: too large, not JSON, nested too deep, of types the model does not have.

ministack reads a body of any size and answers 500 to what it did not expect. AWS refuses such requests before it looks
at what they ask for, and so does this module; what a request asks for is left to the service.
"""

import base64
import binascii
import functools
import gzip
import io
import json
import re
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore import loaders
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from functions.errors import KinpicsError
from local.asgi import Message, Receive

_MB = 1024 * 1024

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; the numbers are those of AWS's own messages.
MAX_INVOKE = 6 * _MB
MAX_EVENT = _MB
MAX_FUNCTION = 69_905_067
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MAX_DYNAMODB = 16 * _MB
# Two pictures of 5 MB as base64: CompareFaces. https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_REKOGNITION = 16 * _MB
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
MAX_OBJECT = 5 * 1024 * _MB
# All others. A message of SQS and a batch of logs have 1 MB at most, of which JSON's escapes make up to three.
MAX_OTHER = 4 * _MB
# Nested lists and objects. DynamoDB takes 32 levels, each of two in JSON; Python's parser ends at about 900.
MAX_DEPTH = 128

# Services whose requests are JSON with an X-Amz-Target: checked against their models here. Rekognition does it itself.
_MODELLED = {"dynamodb", "sqs", "cognito-identity", "cognito-idp", "logs"}
# Where ministack reads a number without checking that it is one: parameters of addresses, its tokens of pages.
_NUMBERS = {
    "s3": ("max-keys", "max-uploads", "max-parts", "max-buckets", "part-number-marker", "partNumber"),
    "lambda": ("MaxItems",),
}
_TOKENS = {"sqs": "InvalidParameterValue", "cognito-identity": "InvalidParameterException"}
_TOKENS["cognito-idp"] = _TOKENS["cognito-identity"]
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_RANGES = {"integer": 2**31, "long": 2**63}
# How many values DynamoDB's older conditions compare with.
_COMPARED = {"NULL": range(1), "NOT_NULL": range(1), "BETWEEN": range(2, 3), "IN": range(1, 101)}
_CONDITIONS = ("KeyConditions", "QueryFilter", "ScanFilter")
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "blob": str,  # base64 on the wire
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "timestamp": (int, float, str),
    "list": list,
    "map": dict,
    "structure": dict,
}

Answer = tuple[int, dict[str, str], bytes]


class RefusedError(KinpicsError):
    """A request that can't be read: ``status`` 4xx, ``code`` for programs, the message for people."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status = status
        self.code = code

    def answer(self, service: str) -> Answer:
        """What AWS's clients of a service understand."""
        if service in ("s3", "sts", "iam", "cloudformation"):
            code, message = escape(self.code), escape(str(self))
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            text = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
            return self.status, {"Content-Type": "application/xml"}, text.encode()
        body = json.dumps({"__type": self.code, "message": str(self), "Message": str(self)}).encode()
        return self.status, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": self.code}, body


def limit_body(receive: Receive, service: str, path: str, headers: dict[str, str]) -> Receive:
    """``receive`` that raises ``RefusedError`` once a body is larger than its service takes, and keeps none of it.

    The rest is read and thrown away, because a client that is still sending does not see its answer.
    """
    limit, error = _limit(service, path, headers)
    size = 0

    async def receive_limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size <= limit:
            return message
        while message["type"] == "http.request" and message.get("more_body"):
            message = await receive()
        raise error

    return receive_limited


def _limit(service: str, path: str, headers: dict[str, str]) -> tuple[int, RefusedError]:
    """How many bytes a body may have, and what is answered to a larger one."""
    if service == "s3":
        text = "Your proposed upload exceeds the maximum allowed size"
        return MAX_OBJECT, RefusedError(400, "EntityTooLarge", text)
    name = "RequestEntityTooLargeException"
    if service == "lambda" and path.endswith("/invocations"):
        if headers.get("x-amz-invocation-type") == "Event":
            text = f"payload is too large for the Event invocation type (limit {MAX_EVENT} bytes)"
            return MAX_EVENT, RefusedError(413, name, text)
        text = f"Request must be smaller than {MAX_INVOKE} bytes for the InvokeFunction operation"
        return MAX_INVOKE, RefusedError(413, name, text)
    limits = {"lambda": MAX_FUNCTION, "dynamodb": MAX_DYNAMODB, "rekognition": MAX_REKOGNITION}
    limit = limits.get(service, MAX_OTHER)
    return limit, RefusedError(413, name, f"The request must be smaller than {limit} bytes")


def check_query(service: str, query: dict[str, list[str]]) -> None:
    """Raise ``RefusedError`` if a parameter of the address should be a number and isn't."""
    code = "InvalidArgument" if service == "s3" else "InvalidParameterValueException"
    for name in _NUMBERS.get(service, ()):
        if any(not _NUMBER.fullmatch(value) for value in query.get(name, [])):
            raise RefusedError(400, code, f"Provided {name} not an integer or within integer range")


def check_body(service: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """The body of a request that its service can read, inflated where it was sent compressed.

    Raises ``RefusedError``. Bodies for S3 are not read here, nor those for Lambda's old InvokeAsync, which the stack
    does not have.
    """
    if service == "s3" or not body or "/invoke-async" in path:
        return body
    if "gzip" in headers.get("content-encoding", "").lower():
        body = _inflated(body, *_limit(service, path, headers))
        del headers["content-encoding"]
    if "x-amz-target" not in headers and service in ("sqs", "sts", "iam", "cloudformation"):
        _check_form(body)
    elif service == "lambda" and path.endswith("/invocations"):
        _parsed(body, "InvalidRequestContentException", "Could not parse request body into json")
    else:
        request = _parsed(body, "SerializationException", "The request can't be read")
        if not isinstance(request, dict):
            raise RefusedError(400, "SerializationException", "The request must be a JSON object")
        if service in _MODELLED and (shape := _input_shape(service, headers.get("x-amz-target", ""))):
            typed = _typed(shape, request, "the request")
            _check_token(service, shape, typed)
            _check_comparisons(shape, typed)
            if b"null" in body:
                body = json.dumps(typed).encode()
    return body


def _inflated(body: bytes, limit: int, error: RefusedError) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            inflated = file.read(limit + 1)
    except (OSError, EOFError):
        raise RefusedError(400, "SerializationException", "The request's body is not gzip, as it says") from None
    if len(inflated) > limit:
        raise error
    return inflated


def _check_form(body: bytes) -> None:
    # Whatever the headers say, ministack reads as JSON what begins like it.
    if body.lstrip()[:1] in (b"[", b"{") or "Action" not in parse_qs(body.decode("latin-1")):
        raise RefusedError(400, "MissingAction", "The request must contain the parameter Action.")


def _parsed(body: bytes, code: str, message: str) -> Any:
    def refused(reason: str) -> RefusedError:
        return RefusedError(400, code, f"{message}: {reason}")

    def refuse_constant(name: str) -> None:
        raise refused(f"{name} is not a number in JSON")

    too_deep = refused(f"it is nested deeper than {MAX_DEPTH} levels")
    try:
        value = json.loads(body.decode(), parse_constant=refuse_constant)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()  # two of them make a character, one does not
    except UnicodeDecodeError:
        raise refused("it is not UTF-8") from None
    except UnicodeEncodeError:
        raise refused("a string holds half a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise refused(f"{error.msg} at character {error.pos}") from None
    except ValueError:
        raise refused("a number has too many digits") from None
    except RecursionError:
        raise too_deep from None
    if _is_deeper(value, MAX_DEPTH):
        raise too_deep
    return value


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


@functools.cache
def _service_model(service: str) -> ServiceModel:
    return ServiceModel(loaders.create_loader().load_service_model(service, "service-2"), service)


def _input_shape(service: str, target: str) -> StructureShape | None:
    model, operation = _service_model(service), target.rpartition(".")[2]
    return model.operation_model(operation).input_shape if operation in model.operation_names else None


def _typed(shape: Shape, value: Any, name: str) -> Any:
    """A value without the empty fields of its structures, which AWS treats as absent.

    Raises ``RefusedError`` if its type is not the shape's. Missing fields are left to the service.
    """
    kind = shape.type_name
    if not _is_of(kind, value):
        raise RefusedError(400, "SerializationException", f"{name[:80]} must be a {kind}")
    if isinstance(shape, StructureShape):
        fields = {member.serialization.get("name", field): member for field, member in shape.members.items()}
        present = {field: inner for field, inner in value.items() if inner is not None}
        return {
            field: _typed(fields[field], inner, field) if field in fields else inner for field, inner in present.items()
        }
    if isinstance(shape, ListShape):
        return [_typed(shape.member, inner, name) for inner in value]
    if isinstance(shape, MapShape):
        return {key: _typed(shape.value, inner, key) for key, inner in value.items()}
    return value


def _is_of(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind in _RANGES:
        return isinstance(value, int | float) and value == value // 1 and -_RANGES[kind] <= value < _RANGES[kind]
    if kind == "blob" and isinstance(value, str):
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return False
    return isinstance(value, _TYPES[kind])


def _check_token(service: str, shape: StructureShape, request: dict[str, Any]) -> None:
    token = request.get("NextToken") if "NextToken" in shape.members else None
    if service in _TOKENS and token and not _NUMBER.fullmatch(token):
        raise RefusedError(400, _TOKENS[service], "NextToken is not one that was given out")


def _check_comparisons(shape: StructureShape, request: dict[str, Any]) -> None:
    for field in _CONDITIONS:
        conditions = request.get(field, {}) if field in shape.members else {}
        for condition in conditions.values():
            operator, values = condition.get("ComparisonOperator"), condition.get("AttributeValueList", [])
            if len(values) not in _COMPARED.get(operator, range(1, 2)):
                text = f"Invalid number of argument(s) for the {operator} ComparisonOperator"
                raise RefusedError(400, "ValidationException", f"One or more parameter values were invalid: {text}")
