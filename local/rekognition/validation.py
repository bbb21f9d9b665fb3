"""Checks requests against botocore's service model: types, required fields, limits, patterns.

AWS's API reference gives one error for all of these, InvalidParameterException; here the message names the field.
"""

import functools
import re
from typing import Any

from botocore import loaders
from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape

from local.rekognition.exceptions import InvalidParameterException

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "blob": str,  # base64 on the wire
    "integer": int,
    "long": int,
    "float": (int, float),
    "boolean": bool,
    "list": list,
    "map": dict,
    "structure": dict,
    "timestamp": (int, float),
}


@functools.cache
def service_model() -> ServiceModel:
    """Rekognition's service model."""
    return ServiceModel(loaders.create_loader().load_service_model("rekognition", "service-2"), "rekognition")


def check_request(operation: str, request: Any) -> dict[str, Any]:
    """The request without empty fields. Raises ``InvalidParameterException`` for what its shape does not allow."""
    shape = service_model().operation_model(operation).input_shape
    if shape is None:
        return {}
    answer: dict[str, Any] = _checked(shape, request, "the request")
    return answer


def _checked(shape: Shape, value: Any, name: str) -> Any:
    if not _is_of(_TYPES[shape.type_name], value):
        raise InvalidParameterException(f"{name} must be a {shape.type_name}")
    if isinstance(shape, StructureShape):
        present = {field: inner for field, inner in value.items() if inner is not None}
        missing = [field for field in shape.required_members if field not in present]
        if missing:
            raise InvalidParameterException(f"{name} lacks {', '.join(missing)}")
        return {
            field: _checked(member, present[field], field)
            for field, member in shape.members.items()
            if field in present
        }
    if isinstance(shape, ListShape):
        _check_range(shape, len(value), f"the number of {name}")
        return [_checked(shape.member, inner, f"{name}[{number}]") for number, inner in enumerate(value)]
    if isinstance(shape, StringShape):
        _check_range(shape, len(value), f"the length of {name}")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            raise InvalidParameterException(f"{name} must match {pattern}")
        if shape.enum and value not in shape.enum:
            raise InvalidParameterException(f"{name} must be one of {', '.join(shape.enum)}")
    elif shape.type_name in ("integer", "long", "float"):
        _check_range(shape, value, name)
    return value


def _is_of(expected: type | tuple[type, ...], value: Any) -> bool:
    return isinstance(value, expected) and (expected is bool or not isinstance(value, bool))


def _check_range(shape: Shape, value: float, name: str) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and value < low) or (high is not None and value > high):
        allowed = f"at least {low}" if high is None else f"from {low or 0} to {high}"
        raise InvalidParameterException(f"{name} must be {allowed}")
