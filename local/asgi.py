"""The types of ASGI applications, with their messages as dictionaries: https://asgi.readthedocs.io/en/latest/specs/."""

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# What a service answers: a status, headers by names in small letters, a body.
Answer = tuple[int, dict[str, str], bytes]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
