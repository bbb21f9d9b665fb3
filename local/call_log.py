"""A line for each call that the stack answers: `kinpics cost` is computed from it, and it shows what a page calls."""

import contextvars
import json
from pathlib import Path

from local.asgi import Message, Receive, Send

# What the call being answered does, in IAM actions (a transaction has several), and who makes it, as an ARN.
_noted: contextvars.ContextVar[tuple[list[str], list[str]] | None] = contextvars.ContextVar(
    "kinpics_noted", default=None
)


def note_action(action: str, caller: str) -> None:
    """Note what the call being answered does, and who makes it, as an ARN; outside of a call nothing is noted."""
    if noted := _noted.get():
        actions, callers = noted
        actions.append(action)
        callers[:] = [caller]


class CallLog:
    """Lines of JSON: ``actions`` (of IAM), ``caller`` (an ARN), ``status``, ``sent`` and ``received`` in bytes of the
    bodies."""

    def __init__(self, path: Path):
        self._file = open(path, "w", encoding="utf-8", buffering=1)  # noqa: SIM115 - open as long as the stack runs

    def watch(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """The call's own ``receive`` and ``send``, counting what goes through them."""
        actions: list[str] = []
        caller = [""]
        _noted.set((actions, caller))
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
                self._file.write(json.dumps({"actions": actions, "caller": caller[0], **counted}) + "\n")
            await send(message)

        return receive_counted, send_counted

    def close(self) -> None:
        """Close the file."""
        self._file.close()
