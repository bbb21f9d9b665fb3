"""What the functions that visitors invoke share: who they answer, how they refuse, and what they log.

Whoever invokes a function can get the last 4 KB of its log with the answer (`LogType=Tail`), and no condition of IAM
forbids it: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html. So the log says of a
failure only what its caller may see: its kind and the places in the code it passed through; no message, no value.
"""

import json
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import code_of, is_busy
from functions.errors import KinpicsError

# What AWS calls its errors and operations.
_AWS_NAME = re.compile(r"[A-Za-z0-9.]{1,80}")
_PACKAGE = PurePath(__file__).parent
# A pass has at most about 1,300 characters (functions/access/passes.py).
MAX_PASS = 4_096


class RequestError(KinpicsError):
    """The request can't be answered: ``status`` 4xx, ``code`` for programs, the message for people.

    ``until`` is when it can be, where that is known (seconds since 1970); ``told`` is what else the answer says of it,
    among it the ``values`` of a `KinpicsError`.
    """

    def __init__(self, status: int, code: str, message: str, until: float | None = None, **told: object):
        super().__init__(message, code=code)
        self.status = status
        self.until = until
        self.told = {name: value for name, value in told.items() if value is not None}


def visitor_of(context: Any) -> str | None:
    """The caller's Cognito identity; the owner, with IAM credentials, has none."""
    return getattr(getattr(context, "identity", None), "cognito_identity_id", None)


def action_of(event: Any, fields: Mapping[str, Iterable[str]]) -> str:
    """The action that a call names, after a look at the names of its fields; ``fields`` are each action's own.

    Raises ``RequestError``.
    """
    if not isinstance(event, dict):
        raise RequestError(400, "InvalidRequest", "the request must be a JSON object")
    action = event.get("action")
    if not isinstance(action, str) or action not in fields:
        raise RequestError(400, "InvalidRequest", f"action must be one of {', '.join(fields)}")
    unknown = sorted(set(map(str, event)) - {"action", *fields[action]})
    if unknown:
        # As ASCII: half a surrogate pair can't be answered.
        raise RequestError(400, "InvalidRequest", f"unknown field: {unknown[0][:50]!a}")
    return action


def parse_pass(event: dict[str, Any]) -> str:
    """The pass that a call shows; empty if it shows none. Whether it is good, `Sight` says. Raises ``RequestError``."""
    shown = event.get("pass", "")
    if not isinstance(shown, str) or len(shown) > MAX_PASS:
        raise RequestError(400, "InvalidParameter", f"pass must be a text of at most {MAX_PASS} characters")
    return shown


def answer_visitor(work: Callable[[], dict[str, Any]], code: str, sorry: str) -> dict[str, Any]:
    """Answer with what ``work`` returns; errors are answers too.

    ``code`` and ``sorry`` answer for whatever is not a ``RequestError``, which is logged without its values; where AWS
    has no room for a call just now, the code is TooManyRequests.
    """
    try:
        return {"statusCode": 200, **work()}
    except RequestError as error:
        until = {} if error.until is None else {"until": datetime.fromtimestamp(error.until, UTC).isoformat()}
        return {"statusCode": error.status, "err": {"code": error.code, "message": str(error), **until, **error.told}}
    except Exception as error:
        if isinstance(error, ClientError) and is_busy(error):
            return {"statusCode": 429, "err": {"code": "TooManyRequests", "message": sorry}}
        print(json.dumps({"level": "ERROR", "failed": code, **without_values(error)}))
        return {"statusCode": 500, "err": {"code": code, "message": sorry}}


def without_values(error: BaseException) -> dict[str, Any]:
    """What may be logged about a failure: its kind, AWS's name for it, and where it passed, innermost last."""
    told: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, ClientError):
        names = (error.operation_name, code_of(error))
        told["aws"] = [name if _AWS_NAME.fullmatch(name) else "?" for name in names]
    told["at"] = [_place(frame) for frame in traceback.extract_tb(error.__traceback__)]
    if error.__context__ is not None and not error.__suppress_context__:
        told["after"] = without_values(error.__context__)
    return told


def _place(frame: traceback.FrameSummary) -> str:
    """File and line: our files from the package on, others with just their folder."""
    path = PurePath(frame.filename)
    shown = path.relative_to(_PACKAGE.parent) if path.is_relative_to(_PACKAGE) else PurePath(*path.parts[-2:])
    return f"{shown}:{frame.lineno}"
