"""A line for each call that the stack answers: `kinpics cost` is computed from it, and it shows what a page calls."""

import contextvars
import json
from pathlib import Path

from local.asgi import Message, Receive, Send

# The IAM actions of the call being answered: a transaction has several.
_actions: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("kinpics_actions", default=None)


def note_action(action: str) -> None:
    """Note what the call being answered does; outside of a call nothing is noted."""
    actions = _actions.get()
    if actions is not None:
        actions.append(action)


class CallLog:
    """Lines of JSON: ``actions`` (of IAM), ``status``, ``sent`` and ``received`` in bytes of the bodies."""

    def __init__(self, path: Path):
        self._file = open(path, "w", encoding="utf-8", buffering=1)  # noqa: SIM115 - open as long as the stack runs

    def watch(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """The call's own ``receive`` and ``send``, counting what goes through them."""
        actions: list[str] = []
        _actions.set(actions)
        counted = {"status": 0, "sent": 0, "received": 0}

        async def receive_counted() -> Message:
            message = await receive()
            counted["sent"] += len(message.get("body", b""))
            return message

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                counted["status"] = message["status"]
            counted["received"] += len(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._file.write(json.dumps({"actions": actions, **counted}) + "\n")
            await send(message)

        return receive_counted, send_counted

    def close(self) -> None:
        """Close the file."""
        self._file.close()
