"""A boto3 client whose service is in memory. How calls are tried again is botocore's own code, on the world's clock."""

import functools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.hooks import HierarchicalEmitter, first_non_none_response
from botocore.paginate import Paginator
from botocore.retries import adaptive, standard

from bench.simulated.world import KilledError, World

# botocore waits this long for an answer.
_READ_TIMEOUT = 60.0


class RefusedError(Exception):
    """A service's refusal: AWS's code, and its HTTP status."""

    def __init__(self, code: str, message: str = "", status: int = 400, **more: Any):
        super().__init__(code)
        self.parsed = {"Error": {"Code": code, "Message": message or code}, "ResponseMetadata": {}, **more}
        self.status = status


@dataclass(frozen=True)
class Faults:
    """Shares of calls, or of messages and photos, that go wrong."""

    # Refused although the rate would allow it; failed inside AWS; never answered, whether or not it was done.
    throttled: float = 0.0
    failed: float = 0.0
    unanswered: float = 0.0
    # The function ends in the middle: before the call's effect, or after it.
    crashed: float = 0.0
    # S3 reports an object twice; SQS gives out a message twice at once.
    reported_twice: float = 0.0
    given_out_twice: float = 0.0


@dataclass
class Tally:
    """What was called, refused and billed."""

    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    # Units by the table they are of.
    tables: Counter[str] = field(default_factory=Counter)


class Client:
    """One service's client in one environment of a function."""

    def __init__(self, world: World, service: str, backend: Any, retries: int, faults: Faults, mode: str = "adaptive"):
        model = _model(service)
        self._world, self._backend, self._faults = world, backend, faults
        self._service = service
        self._hyphenized = model.service_id.hyphenize()
        self._emitter = HierarchicalEmitter()
        made = SimpleNamespace(meta=SimpleNamespace(service_model=model, events=self._emitter))
        if mode == "adaptive":
            limiter = adaptive.register_retry_handler(made)
            # Its own would stop the whole process, not the world's clock.
            limiter._token_bucket._new_fill_rate_condition = _Condition()
        # botocore counts the first try too.
        standard.register_retry_handler(made, max_attempts=retries + 1)

    def __getattr__(self, name: str) -> Any:
        call = functools.partial(self._call, name)
        setattr(self, name, call)
        return call

    def get_paginator(self, name: str) -> Paginator:
        model, pages = _pages(self._service, name)
        return Paginator(getattr(self, name), pages, model)

    def _call(self, name: str, **arguments: Any) -> Any:
        operation = _operations(self._service)[name]
        event = f"{self._hyphenized}.{operation.name}"
        context: dict[str, Any] = {}
        for attempts in range(1, 1000):
            self._emitter.emit(f"before-send.{event}", request=None)
            http, parsed, caught = self._send(name, arguments)
            delay = first_non_none_response(
                self._emitter.emit(
                    f"needs-retry.{event}",
                    response=(http, parsed) if caught is None else None,
                    endpoint=None,
                    operation=operation,
                    attempts=attempts,
                    caught_exception=caught,
                    request_dict={"context": context},
                )
            )
            if delay is None:
                break
            time.sleep(delay)
        if caught is not None:
            raise caught
        self._emitter.emit(f"after-call.{event}", http_response=http, parsed=parsed, context=context)
        if http.status_code >= 300:
            raise ClientError(parsed, operation.name)
        return parsed

    def _send(self, name: str, arguments: dict[str, Any]) -> tuple[Any, dict[str, Any], Exception | None]:
        """One request and its answer; either may be lost, and the function may end before or after it."""
        faults, luck = self._faults, random.random()
        tally: Tally = self._backend.tally
        tally.calls[name] += 1
        if luck < faults.crashed / 2:
            raise KilledError
        luck -= faults.crashed / 2
        if 0 <= luck < faults.throttled:
            tally.refused[name] += 1
            return self._refusal(RefusedError("ThrottlingException"))
        luck -= faults.throttled
        if 0 <= luck < faults.failed:
            return self._refusal(RefusedError("InternalServerError", status=500))
        luck -= faults.failed
        if 0 <= luck < faults.unanswered:
            if luck < faults.unanswered / 2:
                self._try(name, arguments)
            time.sleep(_READ_TIMEOUT)
            return None, {}, ReadTimeoutError(endpoint_url=f"https://{self._service}")
        luck -= faults.unanswered
        answer = self._try(name, arguments)
        if 0 <= luck < faults.crashed / 2:
            raise KilledError
        if isinstance(answer, RefusedError):
            return self._refusal(answer)
        time.sleep(self._backend.seconds(name))
        return _OK, answer, None

    def _try(self, name: str, arguments: dict[str, Any]) -> Any:
        try:
            return getattr(self._backend, name)(**arguments)
        except RefusedError as error:
            if error.parsed["Error"]["Code"] in _THROTTLES:
                self._backend.tally.refused[name] += 1
            return error

    def _refusal(self, error: RefusedError) -> tuple[Any, dict[str, Any], None]:
        time.sleep(self._backend.refusal_seconds)
        return SimpleNamespace(status_code=error.status, headers={}), error.parsed, None


_OK = SimpleNamespace(status_code=200, headers={})
_THROTTLES = {"ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown"}


class _Condition:
    """What botocore's token bucket waits on; each environment has one thread, so nobody ever notifies."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def notify(self) -> None:
        pass


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


@functools.cache
def _operations(service: str) -> dict[str, Any]:
    model = _model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


@functools.cache
def _pages(service: str, name: str) -> tuple[Any, Any]:
    model = _operations(service)[name]
    pages = botocore.session.get_session().get_paginator_model(service).get_paginator(model.name)
    return model, pages
