"""The journal's cells, in which ministack's state is kept. A key of several parts is made by `encode_key`.

=============  ==========================================================  =============================================
kind of cell   key                                                         value
=============  ==========================================================  =============================================
``service``    ministack's name of a service                               its state without what has its own cells
``item``       table id, partition key, sort key                           an item of DynamoDB
``entry``      table id, name of the index, its partition and sort key,    what the index holds of the item
               the item's own two keys
``index``      table id, name of the index                                 what its entries were made by
``message``    account, region, queue URL, message id                      a message of SQS
``object``     account, bucket, key                                        an object of S3 with its versions and tags;
                                                                           their bytes are in ``Bodies``
``session``    access key                                                  a role session of STS
``unused``     name of a body                                              nothing: no object has it any more, and its
                                                                           file goes, at the next start at the latest
=============  ==========================================================  =============================================
"""

import json
from dataclasses import dataclass, field
from typing import Any

from local.bodies import list_records_with_bodies
from local.embedded import tries

# A queue: account, region, URL.
Queue = tuple[str, str, str]
# What changes of a message while it is in a queue: how often it was given out, and whether a function has it now.
Delivery = tuple[int, bool]


@dataclass
class Kept:
    """ministack's modules by its names for them, and what the journal holds of services and messages, by message id."""

    modules: dict[str, Any]
    services: dict[str, bytes] = field(default_factory=dict)
    messages: dict[Queue, dict[str, Delivery]] = field(default_factory=dict)


def encode_value(content: Any) -> bytes:
    """What ministack holds as the value of a cell, with its own types in it."""
    from ministack.core import persistence

    return json.dumps(content, default=persistence._json_default).encode()


def encode_if_any(content: Any) -> bytes | None:
    """The same, or None for what is not there any more."""
    return None if content is None else encode_value(content)


def decode_value(value: bytes) -> Any:
    """What ministack held, from the value of a cell."""
    from ministack.core import persistence

    return json.loads(value, object_hook=persistence._json_object_hook)


def list_body_names(value: bytes | None) -> set[str]:
    """The names of the bodies that an object's cell refers to."""
    return set() if value is None else {record["body_name"] for record in list_records_with_bodies(json.loads(value))}


def read_delivery(message: dict[str, Any]) -> Delivery:
    """What changes of a message while it is in a queue."""
    return message["receive_count"], tries.is_given(message)
