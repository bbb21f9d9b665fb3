"""A viewer's request as CloudFront hands it to a function, and the function's response as HTTP has it.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
"""

import re
from collections.abc import Iterable
from typing import Any

from local.asgi import Scope

_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def viewer_event(scope: Scope) -> dict[str, Any]:
    """The event of a request."""
    path = scope["raw_path"].partition(b"?")[0]
    named = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    cookies = [part.strip() for name, value in named if name == "cookie" for part in value.split(";")]
    fields = scope["query_string"].decode("latin-1").split("&")
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": (scope.get("client") or ("",))[0]},
        "request": {
            "method": scope["method"],
            "uri": _NOT_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], path).decode("ascii"),
            "querystring": _grouped(_pair(field) for field in fields if field),
            "headers": _grouped(pair for pair in named if pair[0] != "cookie"),
            "cookies": _grouped(_pair(cookie) for cookie in cookies if cookie),
        },
    }


def response_headers_of(response: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers and cookies of a response that a function made."""
    headers = [(name.encode(), field["value"].encode("latin-1")) for name, field in response["headers"].items()]
    for name, cookie in response.get("cookies", {}).items():
        headers.append((b"set-cookie", f"{name}={cookie['value']}; {cookie['attributes']}".encode("latin-1")))
    return headers


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Values by their name; of a name that comes more than once, all of them."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = {"value": value}
        else:
            found[name].setdefault("multiValue", [{"value": found[name]["value"]}]).append({"value": value})
    return found
