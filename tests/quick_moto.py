"""moto without what it works out again at each call, and without a wire: most of what the tests on it take.

It answers as before. As it comes, it looks in each attribute of a row for ten kinds of value, each under all the names
that any service may give it, though its tables hand out attributes as DynamoDB writes them; to pick some attributes of
a row it goes through the whole row for each; and for each call it puts together anew the addresses that it answers at.
"""

import base64
import copy
import functools
import io
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.compat import HTTPHeaders
from botocore.handlers import BUILTIN_HANDLERS
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.response import StreamingBody
from moto import backend_index
from moto.core import DEFAULT_ACCOUNT_ID, responses
from moto.core.base_backend import BaseBackend
from moto.core.models import botocore_stubber
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import AttributePickerContext, BaseJSONSerializer, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import S3Backend

_SERVICES = ("dynamodb", "s3", "sqs")
# Whoever asks without is a stranger.
_SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request"}


def quicken() -> None:
    """Make moto in this process serve the tests' services alone, and keep what it has worked out."""
    backend_index.backend_url_patterns = [
        entry for entry in backend_index.backend_url_patterns if entry[0] in _SERVICES
    ]
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    S3Backend._url_module = BaseBackend._url_module
    addresses = BaseBackend.urls.fget

    @functools.cache
    def addresses_of(kind: type[BaseBackend]) -> Any:
        return addresses(kind.__new__(kind))

    BaseBackend.urls = property(lambda backend: addresses_of(type(backend)))
    names = XFormedAttributePicker.get_possible_keys
    kept: dict[Any, tuple[str, ...]] = {}

    def kept_names(picker: XFormedAttributePicker, context: AttributePickerContext) -> tuple[str, ...]:
        asked = context.key, context.shape, type(context.obj)
        if asked not in kept:
            kept[asked] = tuple(dict.fromkeys(names(picker, context)))
        return kept[asked]

    XFormedAttributePicker.get_possible_keys = kept_names
    structure = BaseJSONSerializer._serialize_type_structure

    def write(serializer: BaseJSONSerializer, written: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue":
            written[key] = _as_json(value)
        else:
            structure(serializer, written, value, shape, key)

    BaseJSONSerializer._serialize_type_structure = write
    project = Item.project

    def pick(item: Item, wanted: list[list[str]]) -> Item:
        if any(len(path) > 1 or path[0].endswith("]") for path in wanted):
            return project(item, wanted)
        picked = copy.copy(item)
        picked.attrs = type(item.attrs)()
        for (name,) in wanted:
            if name in item.attrs:
                dict.__setitem__(picked.attrs, name, item.attrs[name])
        return picked

    Item.project = pick
    BUILTIN_HANDLERS.append(("before-call.dynamodb", _answer_from_tables))
    BUILTIN_HANDLERS.append(("before-call.s3", _answer_unsent))
    BUILTIN_HANDLERS.append(("before-call.sqs", _answer_unsent))


def _answer_from_tables(model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    """Let moto answer what was to be signed and sent, without routing it either."""
    if not botocore_stubber.enabled:
        return None
    asked = DynamoHandler()
    asked.current_account, asked.region, asked.partition = DEFAULT_ACCOUNT_ID, context["client_region"], "aws"
    asked.headers, asked.querystring, asked.response_headers = params["headers"], {}, {}
    parser = PROTOCOL_PARSERS["json"](get_service_model("dynamodb").operation_model(model.name))
    asked.params = parser.parse({"headers": params["headers"], "body": params["body"], "url_params": {}, "values": {}})
    return _read(model, *asked.call_action())


def _answer_unsent(model: OperationModel, params: dict[str, Any], **_: Any) -> Any:
    """Let moto answer what was to be signed and sent. Nothing is lost on the way, so there are no checksums either."""
    if not botocore_stubber.enabled:
        return None
    headers = HTTPHeaders()
    for name, value in (params["headers"] | _SIGNED).items():
        headers[name] = value.decode() if isinstance(value, bytes) else value
    body = params["body"]
    body = body.read() if hasattr(body, "read") else body
    answer = botocore_stubber.process_request(AWSPreparedRequest(params["method"], params["url"], headers, body, False))
    return _read(model, *answer) if answer else None


def _read(model: OperationModel, status: int, headers: dict[str, Any], body: bytes | str) -> Any:
    """What botocore makes of an answer."""
    content = body.encode() if isinstance(body, str) else body
    told = {"status_code": status, "headers": HeadersDict(headers), "body": content}
    if model.has_streaming_output and status < 300:
        told["body"] = StreamingBody(io.BytesIO(content), len(content))
    read = create_parser(model.service_model.protocol).parse
    parsed = read(told, model.output_shape)
    if status >= 300 and (error := model.service_model.shape_for_error_code(parsed.get("Error", {}).get("Code"))):
        parsed |= read(told, error)
    return SimpleNamespace(status_code=status), parsed


def _as_json(attribute: dict[str, Any]) -> dict[str, Any]:
    """An attribute as DynamoDB writes it, whose bytes are in base 64."""
    ((kind, value),) = attribute.items()
    match kind:
        case "M":
            value = {name: _as_json(part) for name, part in value.items()}
        case "L":
            value = [_as_json(part) for part in value]
        case "B":
            value = base64.b64encode(value).decode()
        case "BS":
            value = [base64.b64encode(part).decode() for part in value]
    return {kind: value}
