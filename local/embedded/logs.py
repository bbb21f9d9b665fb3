"""What a function writes, told apart by invocation: ministack waits a while and takes what has come by then."""

import contextvars
import queue
import time
from typing import Any

from local.embedded.function_runs import INVOKE
from local.embedded.replacing import replace, replace_text

# A line that a function's process writes after each invocation, with the invocation's request id.
_END = "\x02kinpics end of "
# Invocations of each function whose logs are kept.
MAX_STREAMS = 1000
# A process that ended in the middle of an invocation writes none.
_MAX_WAIT = 0.25

_WRITES_ANSWER = "        _real_stdout.flush()\n\nrun()\n"
_WRITES_END = f"""        _real_stdout.flush()
        sys.stderr.write({_END!r} + str(_ms_ctx.get("request_id")) + "\\n")
        sys.stderr.flush()

run()
"""


def apply() -> None:
    """Make all fixes of this module."""
    _end_logs_with_invocations()
    _frame_tails()


def _end_logs_with_invocations() -> None:
    """ministack waits 50 ms for the log of a silent function, and may take one call's last lines for the next one's."""
    from ministack.core import lambda_runtime

    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _WRITES_ANSWER, _WRITES_END)

    def invoke(self: Any, event: Any, request_id: str, **others: Any) -> Any:
        self._kinpics_end = _END + request_id
        return original(self, event, request_id, **others)

    original = replace(lambda_runtime.Worker, "invoke", invoke, INVOKE)
    replace(
        lambda_runtime.Worker,
        "_drain_stderr_bounded",
        lambda self: written(self._stderr_queue, self._kinpics_end),
        "(self, first_line_wait=0.05, idle_confirm=0.005, hard_cap=0.25)",
    )


def written(lines: "queue.Queue[str]", end: str) -> str:
    """What was written up to the line that ends so."""
    found: list[str] = []
    deadline = time.monotonic() + _MAX_WAIT
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            break
        if line.endswith(end):
            return "\n".join([*found, *filter(None, [line.removesuffix(end)])])
        if _END not in line:  # of an invocation before, which was waited for long enough
            found.append(line)
    return "\n".join(found)


def forget_old(streams: dict[str, Any]) -> None:
    """Drop the oldest streams of a function's logs: ministack keeps one for each invocation, in memory."""
    for name in list(streams)[: max(0, len(streams) - MAX_STREAMS)]:
        streams.pop(name, None)  # another invocation may end at the same time


# What the invocation that has just ended wrote, as AWS frames it.
_framed: contextvars.ContextVar[str] = contextvars.ContextVar("kinpics_framed", default="")


def _frame_tails() -> None:
    """The log that LogType=Tail asks for has START, END and REPORT lines, as AWS's; a silent function's had none."""
    from ministack.services import cloudwatch_logs, lambda_svc

    def emit_lambda_logs(
        func: dict[str, Any], request_id: str, text: str, error: bool, milliseconds: int, log_source: str | None = None
    ) -> None:
        config = func.get("config") or func
        lines = [
            f"START RequestId: {request_id} Version: {config.get('Version', '$LATEST')}",
            *text.splitlines(),
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds} ms\tBilled Duration: {milliseconds} ms\t"
            f"Memory Size: {config.get('MemorySize', 128)} MB",
        ]
        _framed.set("\n".join(lines) + "\n")
        emit(func, request_id, text, error, milliseconds, log_source=log_source)
        name = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
        if group := cloudwatch_logs._log_groups.get(name):
            forget_old(group["streams"])

    def execute_function(*arguments: Any, **options: Any) -> Any:
        _framed.set("")
        result = execute(*arguments, **options)
        return {**result, "log": _framed.get()} if isinstance(result, dict) else result

    signature = "(func, request_id, log_text, error, duration_ms, *, log_source=None)"
    emit = replace(lambda_svc, "_emit_lambda_logs", emit_lambda_logs, signature)
    execute = replace(lambda_svc, "_execute_function", execute_function, "(func, event)")
