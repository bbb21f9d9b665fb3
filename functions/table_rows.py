"""What every row of a table shares: how it is read, written and documented.

Its dataclass converts itself: ``to_item`` gives what boto3's DynamoDB *resource* layer takes (``Decimal`` for numbers),
``from_item`` reads what it returns.

Other programs write these tables too: the album this project follows (its rows hold only ``data``), older and newer
releases, the owner. So reading never fails: what is missing or has another type is None or empty, numbers may come as
text, and unknown attributes are kept when a row is written again.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Self, get_args, get_origin

from boto3.dynamodb.types import Binary


def described(help_text: str, **kwargs: Any) -> Any:
    """A dataclass field with the sentence that documents it."""
    return field(metadata={"help": help_text}, **kwargs)


def to_dynamodb(value: Any) -> Any:
    """``value`` with floats as ``Decimal``, which is the only number type boto3 stores."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: to_dynamodb(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_dynamodb(item) for item in value]
    return value


def from_dynamodb(value: Any) -> Any:
    """``value`` with ``Decimal`` as int where it is whole, else float, and bytes without boto3's wrapper."""
    if isinstance(value, Binary):
        return bytes(value)  # type: ignore[call-overload]  # its stub lacks __bytes__
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: from_dynamodb(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_dynamodb(item) for item in value]
    return value


def attributes(shape: "type[Row]") -> dict[str, "Field[Any]"]:
    """The attributes of a row, by name: the fields with a help sentence."""
    if shape not in _attributes:
        _attributes[shape] = {entry.name: entry for entry in fields(shape) if "help" in entry.metadata}
    return _attributes[shape]


# Looking at a class's fields takes longer than reading a row.
_attributes: "dict[type, dict[str, Field[Any]]]" = {}


def _read(value: Any, annotation: Any) -> Any:
    """A value of boto3's as a field of this type holds it. Raises ``ValueError`` for one of another type."""
    kind = next(iter(get_args(annotation)), annotation) if isinstance(annotation, UnionType) else annotation
    kind = get_origin(kind) or kind
    if kind is int and isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{value!r} is not a number") from None
    if isinstance(value, Decimal) and (kind is not int or not value.is_finite()):
        raise ValueError(f"{value!r} is of the wrong type")
    value = from_dynamodb(value)
    if isinstance(value, bool) != (kind is bool) or not isinstance(value, kind):
        raise ValueError(f"{value!r} is of the wrong type")
    return value


@dataclass(frozen=True, kw_only=True)
class Row:
    """Conversion that every row shares; a field that is None has no attribute."""

    # The item this row was read from, as boto3 gave it; empty for a new row.
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    # Names of attributes that are there but have the wrong type.
    unread: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """The row of an item; a key that is missing is a ``KeyError``: every row of a table has its key."""
        values: dict[str, Any] = {}
        unread = []
        for name, entry in attributes(cls).items():
            if item.get(name) is None:
                continue
            try:
                values[name] = _read(item[name], entry.type)
            except ValueError:
                unread.append(name)
        return cls(**values, source=item, unread=tuple(unread))

    def to_item(self) -> dict[str, Any]:
        values = ((name, getattr(self, name)) for name in attributes(type(self)))
        return self.unknown | {name: to_dynamodb(value) for name, value in values if value is not None}

    @property
    def unknown(self) -> dict[str, Any]:
        """Attributes without a field, as boto3 gave them."""
        known = attributes(type(self))
        return {name: value for name, value in self.source.items() if name not in known}
