"""Fixes to how ministack runs functions: what they know of their caller, how many run at once, when they end."""

import contextlib
import inspect
import subprocess
import sys
import types
from typing import Any

from local.embedded.replacing import replace, replace_text, replace_value
from local.embedded.turns import Slot, Turns
from local.function_host import Host, Program
from local.tether import end_with_parent

# Of Worker.invoke, which `logs` replaces too.
INVOKE = "(self, event, request_id, *, trace_id=None, depth=None, durable=None, invoked_function_arn=None)"
# The start of the program that runs functions; what is put before it needs nothing from outside itself.
_START = "\ndef _ms_install_invoke_depth():\n"

_IDENTITY_SCRIPT = """
def _kinpics_identity(told):
    if "identity" not in told:
        return None
    names = ("cognito_identity_id", "cognito_identity_pool_id")
    return type("CognitoIdentity", (), dict(zip(names, told["identity"])))()

"""


def apply() -> None:
    """Make all fixes of this module."""
    _tell_functions_who_calls()
    _keep_reserved_concurrency()
    _end_functions_with_the_stack()
    _let_functions_load_without_looking_for_garbage()
    _read_concurrency_as_a_number()


def fork_functions(host: Host) -> None:
    """ministack starts an interpreter for each of a function's processes, which loads boto3 before it does anything."""
    from ministack.core import lambda_runtime

    def popen(command: list[str], **options: Any) -> "subprocess.Popen[str] | Program":
        if command[0] == sys.executable and options.get("stdin") == subprocess.PIPE:
            with contextlib.suppress(OSError):  # somebody has ended the host
                return host.start(command[1], options["cwd"], options["env"])
        return subprocess.Popen(command, **options)  # noqa: S603 - ministack's own

    forking = types.ModuleType(subprocess.__name__)
    vars(forking).update(vars(subprocess) | {"Popen": popen})
    replace_value(lambda_runtime, "subprocess", forking, "module")


def _tell_functions_who_calls() -> None:
    """A function called with a guest's credentials has a Cognito identity in its context, as on AWS."""
    from ministack.core import iam_evaluator, lambda_runtime
    from ministack.services import lambda_svc

    # Beside its event a call brings values for durable executions, which nothing here uses: a place for the identity.
    known = '"identity": _kinpics_identity(_ms_ctx.get("durable") or {}),'
    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", '"identity": None,', known)
    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _START, _IDENTITY_SCRIPT + _START)

    def invoke(self: Any, event: Any, request_id: str, *, durable: dict[str, Any] | None = None, **others: Any) -> Any:
        caller = iam_evaluator.resolve_caller_identity(lambda_svc._request_access_key.get()) or {}
        session = caller.get("session") or {}
        if session.get("_identity_id"):
            durable = {**(durable or {}), "identity": [session["_identity_id"], session.get("_identity_pool_id")]}
        return original(self, event, request_id, durable=durable, **others)

    original = replace(lambda_runtime.Worker, "invoke", invoke, INVOKE)


def _keep_reserved_concurrency() -> None:
    """ministack leaves out a template's ReservedConcurrentExecutions, so that any number of calls start a process
    each. Where it is set otherwise, it refuses calls beyond it at once: see `turns`."""
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import provisioners

    def reserve(name: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        reserved = new.get("ReservedConcurrentExecutions")
        if reserved != old.get("ReservedConcurrentExecutions"):  # what the owner has set otherwise stays, as on AWS
            lambda_svc._functions[name]["concurrency"] = None if reserved is None else int(reserved)

    def create_function(logical_id: str, properties: dict[str, Any], *rest: Any) -> Any:
        made = create(logical_id, properties, *rest)
        reserve(made[0], {}, properties)
        return made

    def update_function(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **others: Any) -> Any:
        made = update(physical_id, old, new, *rest, **others)
        reserve(made[0], old, new)
        return made

    def acquire(function: dict[str, Any], config: dict[str, Any]) -> Slot:
        if lambda_svc._reserved_concurrency(function, config) == 0:
            return None, "function"  # it is switched off: there is no turn to wait for
        return turns.acquire(lambda_svc._inflight_key(config), function, config)

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create = replace(handlers, "create", create_function, "(logical_id, props, stack_name)")
    signature = "(physical_id, old_props, new_props, stack_name, logical_id=None)"
    update = replace(handlers, "update", update_function, signature)
    turns = Turns(
        replace(lambda_svc, "_acquire_execution_slot", acquire, "(func, config)"),
        replace(lambda_svc, "_release_execution_slot", lambda key: turns.release(key), "(key)"),
    )


def _end_functions_with_the_stack() -> None:
    """A function at work when the stack was killed went on, calling a stack that is gone or the next one; and Ctrl-C in
    a terminal ended functions before the stack knew that it should stop."""
    from ministack.core import lambda_runtime

    ignore = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    tether = f"{inspect.getsource(end_with_parent)}\n{end_with_parent.__name__}()\n"
    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _START, ignore + tether + _START)


def _let_functions_load_without_looking_for_garbage() -> None:
    """Python looks for garbage after every 700 objects made: among all that a function loads, a sixth of its start."""
    from ministack.core import lambda_runtime

    seldom = "import gc\ngc.set_threshold(20_000)\n"
    replace_text(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _START, seldom + _START)


def _read_concurrency_as_a_number() -> None:
    """A number that comes to a queue's mapping through a template parameter stayed text, which stopped the poller."""
    from ministack.services import lambda_svc

    def sqs_esm_concurrency(mapping: dict[str, Any], *rest: Any) -> Any:
        scaling = mapping.get("ScalingConfig") or {}
        if isinstance(scaling.get("MaximumConcurrency"), str):
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return original(mapping, *rest)

    original = replace(lambda_svc, "_sqs_esm_concurrency", sqs_esm_concurrency, "(esm, func_rec, config, queue=None)")
